"""Each of our templates on trial, by the checks of `generator template test`."""

from collections.abc import Callable
from functools import cache

import pytest

from generator.rendering.conformance import TemplateTrial
from tests.support.rendered import SOURCE, Renderer


@pytest.fixture(scope="session")
def trial(
    renderer: Renderer, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], TemplateTrial]:
    """A template with its variants rendered, each once."""

    @cache
    def rendered(template: str) -> TemplateTrial:
        found = TemplateTrial(
            source=SOURCE,
            root=renderer.template_root,
            template=template,
            scratch=tmp_path_factory.mktemp(template),
        )
        assert found.render_variants() == ()
        return found

    return rendered
