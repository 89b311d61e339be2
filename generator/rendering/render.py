"""Renders one template into a new folder through Copier's public API."""

import re
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import copier
import jinja2
import yaml
from copier.errors import CopierError, UnsafeTemplateError, UserMessageError
from plumbum import local

from generator.answers import ANSWERS_FILE
from generator.errors import (
    AnswerRefusedError,
    GeneratorError,
    TemplateError,
    UntrustedSourceError,
)
from generator.files import cannot_write
from generator.rendering.compiled_once import compiled_once
from generator.sources.model import TemplateSource


def render(
    source: TemplateSource, root: Path, data: Mapping[str, Any], destination: Path
) -> Mapping[str, Any]:
    """Render a template into `destination`, a folder that does not exist yet.

    Args:
        source: whose version and URL the answers file records.
        root: the source's exported files.
        data: the answers, `template` included; questions left out take their defaults.
        destination: made with everything in it, or not at all.

    Returns:
        All answers: those that were given, those that took their defaults, those computed.

    Raises:
        AnswerRefusedError: when a question's validator or choices refuse an answer.
        UntrustedSourceError: when the template wants to run code.
        TemplateError: when the template itself is at fault.
        DestinationRefusedError: when the folder cannot be written.
    """
    try:
        # Without git in sight Copier asks it nothing per file: same output in half the time.
        with local.env(PATH="/nonexistent"), compiled_once():
            worker = copier.run_copy(
                str(root),
                destination.resolve(),
                data=dict(data),
                defaults=True,
                quiet=True,
                unsafe=False,
                # Not the person's: with their defaults and their trust a version would render
                # something else for everybody.
                settings=copier.Settings(),
            )
    except jinja2.TemplateError as error:
        # Before OSError: a text that is not found is one to Jinja.
        raise _translated(error, root) from error
    except OSError as error:
        raise cannot_write(destination, error) from error
    except (CopierError, ValueError, TypeError) as error:
        raise _translated(error, root) from error
    _record_source(destination / ANSWERS_FILE, source)
    return dict(worker.answers.combined)


def _translated(error: Exception, root: Path) -> GeneratorError:
    said = " ".join(str(error).split())
    if isinstance(error, UnsafeTemplateError):
        return UntrustedSourceError(
            f"The template wants to run code of its own: {said}.",
            hint="Templates of this generator never do; look at what was changed in copier.yml.",
        )
    if isinstance(error, jinja2.TemplateError):
        return TemplateError(f"{_template_file(error, root)} cannot be rendered: {said}.")
    if isinstance(error, ValueError | UserMessageError):
        refused = re.sub(r"^Validation error for question '(\w+)': ", r"The answer \1: ", said)
        return AnswerRefusedError(refused, hint="Run the command with --help to see what is asked.")
    return TemplateError(f"The template cannot be rendered: {said}.")


def _template_file(error: Exception, root: Path) -> str:
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(root):
            return str(path.relative_to(root))
    return getattr(error, "name", None) or getattr(error, "filename", None) or "A template"


def _record_source(answers_file: Path, source: TemplateSource) -> None:
    """Write the version and place that Copier would have recorded from the repository itself.

    Copier rendered a plain folder, so it recorded that folder and no version. Its line is replaced
    where YAML says that it begins and ends, for a long path is folded over several.
    """
    text = answers_file.read_text(encoding="utf-8")
    recorded = {"_commit": source.version, "_src_path": source.url}
    lines = yaml.safe_dump(recorded, allow_unicode=True, width=10_000, default_flow_style=False)
    begin, end = _entry(text, "_src_path")
    replaced = text[:begin] + lines + text[end:].removeprefix("\n")
    if yaml.safe_load(replaced) != yaml.safe_load(text) | recorded:
        raise TemplateError(f"{answers_file.name} could not be made to record {source.url}.")
    answers_file.write_text(replaced, encoding="utf-8")


def _entry(text: str, name: str) -> tuple[int, int]:
    """Where the entry of a mapping begins and ends in its text."""
    document = yaml.compose(text)
    pairs = document.value if isinstance(document, yaml.MappingNode) else []
    for key, value in pairs:
        if key.value == name:
            return key.start_mark.index, value.end_mark.index
    raise TemplateError(f"The template's {ANSWERS_FILE} does not record where it came from.")
