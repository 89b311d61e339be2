"""Finds every condition of a template, and sees which ways each goes as variants are rendered."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import jinja2
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from generator.catalog import MANIFEST, read_manifest
from generator.rendering.own_questions import template_folder

T = TypeVar("T")

_METHOD = "compile"
_RECORD = f"{__name__}.record"
_outcomes: ContextVar["Outcomes"] = ContextVar("outcomes")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A condition in a text: the text's name, or the text itself where it has none; and which."""

    text: str
    number: int


class Outcomes:
    """Which ways conditions have gone."""

    def __init__(self) -> None:
        self._seen: dict[Place, set[bool]] = {}

    def add(self, place: Place, *, outcome: bool) -> None:
        """Note one evaluation."""
        self._seen.setdefault(place, set()).add(outcome)

    def of(self, place: Place) -> frozenset[bool]:
        """All ways that a condition has gone."""
        return frozenset(self._seen.get(place, ()))


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """A condition of a template.

    Attributes:
        place: how it is known while texts are rendered.
        where: file and line, for people; of one in a path the path.
        line: the line that it stands in.
    """

    place: Place
    where: str
    line: str


def record(text: str, number: int, outcome: T) -> T:
    """Note which way a condition goes; called by what is rendered below `observed`."""
    _outcomes.get().add(Place(text=text, number=number), outcome=bool(outcome))
    return outcome


@contextmanager
def observed() -> Iterator[Outcomes]:
    """Have every condition that Jinja evaluates inside note which way it goes.

    The tests of `if`, `elif` and `a if b else c` are wrapped as Jinja compiles them, so loops,
    macros and computed answers count as they are. As in `compiled_once`, the method is replaced on
    the class: Copier makes its environment itself.
    """
    outcomes = Outcomes()
    compile_plain = jinja2.Environment.compile

    def compile_observed(
        environment: jinja2.Environment,
        source: str | nodes.Template,
        name: str | None = None,
        filename: str | None = None,
        **options: Any,  # noqa: ANN401 - Jinja's own
    ) -> Any:  # noqa: ANN401 - Jinja's own
        if isinstance(source, str):
            source = _instrumented(environment.parse(source, name, filename), name or source)
        return compile_plain(environment, source, name, filename, **options)

    setattr(jinja2.Environment, _METHOD, compile_observed)
    token = _outcomes.set(outcomes)
    try:
        yield outcomes
    finally:
        _outcomes.reset(token)
        setattr(jinja2.Environment, _METHOD, compile_plain)


def _instrumented(tree: nodes.Template, text: str) -> nodes.Template:
    for number, node in enumerate(_tests(tree)):
        place: list[nodes.Node] = [nodes.Const(text), nodes.Const(number)]
        noted = nodes.Call(nodes.ImportedName(_RECORD), [*place, node.test], [], None, None)
        noted.set_lineno(node.lineno)
        if tree.environment:
            noted.set_environment(tree.environment)
        node.test = noted
    return tree


def _tests(tree: nodes.Template) -> list[nodes.If | nodes.CondExpr]:
    # All of them first: what is wrapped is not to be found again.
    return list(tree.find_all((nodes.If, nodes.CondExpr)))


def conditions(
    root: Path, template: str, jinja: SandboxedEnvironment, suffix: str
) -> Iterator[Condition]:
    """Every condition in a template's texts and in the paths of its files.

    Args:
        root: the tree of the templates.
        template: its name.
        jinja: reads what is written; has the marks of the questionnaire.
        suffix: how the names of files end that hold Jinja.
    """
    folder = template_folder(root, template)
    parts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        stem = relative.with_suffix("") if path.name.endswith(suffix) else relative
        for part in stem.parts:
            parts.setdefault(part, relative.as_posix())
        if path.is_file() and path.name.endswith(suffix):
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(root).as_posix()
            yield from _in_text(jinja, text, key=name, where=name)
    for part, path_of_it in parts.items():
        yield from _in_text(jinja, part, key=part, where=f"the path {path_of_it}")


def _in_text(
    jinja: SandboxedEnvironment, text: str, *, key: str, where: str
) -> Iterator[Condition]:
    try:
        tree = jinja.parse(text)
    except jinja2.TemplateSyntaxError:
        # A word that Copier adds to Jinja's, or a fault that rendering tells of.
        return
    lines = text.splitlines()
    for number, node in enumerate(_tests(tree)):
        line = node.test.lineno
        at = where if key == text else f"{where}:{line}"
        yield Condition(
            place=Place(text=key, number=number), where=at, line=lines[line - 1].strip()
        )


def dead_conditions(
    found: Sequence[Condition], outcomes: Outcomes, variants: Sequence[Mapping[str, Any]]
) -> tuple[str, ...]:
    """One line for each condition that went one way only, whatever the variant."""
    return tuple(
        f"{one.where}: {one.line!r} {_said(ways)} in {_counted(variants)}"
        for one in found
        if (ways := outcomes.of(one.place)) != {True, False}
    )


def dead_rules(root: Path, template: str, variants: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The same of the conditions in a template's manifest.

    Args:
        root: the tree of the templates.
        template: its name.
        variants: all answers of each variant.

    Raises:
        ManifestError: when the manifest does not hold.
    """
    spec = read_manifest(template_folder(root, template) / MANIFEST, template)
    rules = [f"'{one.name}' in features" for one in spec.features if one.files]
    rules += [files.when for files in spec.files]
    jinja = SandboxedEnvironment()
    found = []
    for rule in rules:
        holds = jinja.compile_expression(rule)
        ways = frozenset(bool(holds(**{"features": []} | dict(one))) for one in variants)
        if ways != {True, False}:
            found.append(f"{MANIFEST}: {rule!r} {_said(ways)} in {_counted(variants)}")
    return tuple(found)


def _said(ways: frozenset[bool]) -> str:
    if not ways:
        return "is never reached"
    return "is never false" if True in ways else "is never true"


def _counted(variants: Sequence[Mapping[str, Any]]) -> str:
    return "1 answer set" if len(variants) == 1 else f"{len(variants)} answer sets"
