"""The page on an organisation's own templates works as it is written."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.docs.test_docs import FIVE_MINUTES_SECONDS
from tests.support.checkout import PROJECT, git
from tests.support.cli import Cli

PAGE = PROJECT / "docs/how-to/your-own-templates.md"
FILE = re.compile(r"<!-- file: (?P<path>\S+) -->\n```\w*\n(?P<text>.*?)```\n", re.DOTALL)
COMMAND = re.compile(r"(?m)^\$ (?P<command>.*)$")


def steps() -> list[re.Match[str]]:
    """The files and the commands of the page, in its order."""
    text = PAGE.read_text(encoding="utf-8")
    found = [*FILE.finditer(text), *COMMAND.finditer(text)]
    return sorted(found, key=lambda step: step.start())


@pytest.mark.slow
@pytest.mark.timeout(FIVE_MINUTES_SECONDS)
def test_the_repository_of_the_page_is_made_tested_released_and_used(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "generator").symlink_to(PROJECT)
    own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    person = Cli(checkout=cli.checkout, environment={**cli.environment, **own})
    folder = tmp_path
    for step in steps():
        if "path" in step.groupdict():
            place = folder / step["path"]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(step["text"])
            continue
        match shlex.split(step["command"]):
            case ["cd", target]:
                folder = (folder / target).resolve()
            case ["mkdir", "-p", target]:
                (folder / target).mkdir(parents=True)
            case ["cp", "-r", source, target]:
                shutil.copytree(folder / source, folder / target / Path(source).name)
            case ["git", *arguments]:
                git(folder, *arguments)
            case ["generator", *arguments]:
                person(*arguments, cwd=folder, seconds=FIVE_MINUTES_SECONDS).ok()
            case _:
                pytest.fail(step["command"])
    service = tmp_path / "shop/services/daily-rates"
    assert 'CURRENCY = "CHF"' in (service / "src/app/features.py").read_text()
    assert (service / "src/app/history.py").exists()
    assert not (service / "answer-sets.yml").exists()
