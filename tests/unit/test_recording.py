"""The place and version of a template are recorded whatever they look like."""

from pathlib import Path

import pytest
import yaml

from generator.errors import TemplateError
from generator.rendering.render import _record_source
from generator.sources.model import TemplateSource

SOURCE = TemplateSource(
    root=Path(), url="/a place: with #signs/" + "and words " * 30, commit="", version="007"
)


@pytest.mark.parametrize("path", ["/a", "/on and on " * 40, "!odd: [place]"])
def test_a_line_of_any_length_is_replaced_whole(tmp_path: Path, path: str) -> None:
    before = {"_src_path": path, "description": "words " * 60, "template": "worker"}
    answers = tmp_path / ".copier-answers.yml"
    answers.write_text("# made by a machine\n" + yaml.safe_dump(before))
    _record_source(answers, SOURCE)
    recorded = {"_commit": "007", "_src_path": SOURCE.url}
    assert yaml.safe_load(answers.read_text()) == before | recorded
    assert answers.read_text().startswith("# made by a machine\n_commit: '007'\n")


def test_a_template_that_does_not_say_where_it_is_from_is_refused(tmp_path: Path) -> None:
    answers = tmp_path / ".copier-answers.yml"
    answers.write_text("template: worker\n")
    with pytest.raises(TemplateError, match="does not record where it came from"):
        _record_source(answers, SOURCE)
