"""Renders single files of generated text, such as the wiring, from the templates' tree."""

from collections.abc import Mapping
from pathlib import Path

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from generator.errors import TemplateError


class TextRenderer:
    """Renders Jinja files below a template tree with the filters that Copier offers."""

    def __init__(self, root: Path) -> None:
        self._environment = SandboxedEnvironment(
            loader=jinja2.FileSystemLoader(root),
            undefined=jinja2.StrictUndefined,
            keep_trailing_newline=True,
            extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
        )

    def render(self, template: str, context: Mapping[str, object]) -> str:
        """The text of one template file.

        Raises:
            TemplateError: when the file is missing or uses something undefined.
        """
        try:
            return self._environment.get_template(template).render(context)
        except jinja2.TemplateError as error:
            raise TemplateError(f"{template} cannot be rendered: {error}.") from error
