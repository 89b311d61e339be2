"""A group of commands that imports a command when it is run, and none to list them."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

import typer
import typer.main
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click import Command, Context
    from typer._click.formatting import HelpFormatter


class Listed(NamedTuple):
    """What is said of a command before it is imported."""

    place: str
    """`module:attribute` of its function, or of the Typer application of a group of commands."""

    summary: str
    """The first sentence of its own help."""

    interspersed: bool = True
    """Whether options may stand behind its first argument."""


class LazyGroup(TyperGroup):
    """The group of what a class of it lists in `listed`, whose modules are in `package`.

    To import all commands and read their signatures took a third of `generator --help`.
    """

    package: ClassVar[str]
    listed: ClassVar[Mapping[str, Listed]]

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(**settings)
        self.commands = cast("MutableMapping[str, Command]", _Commands(self.package, self.listed))

    def format_commands(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Write the list of commands from their summaries."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.summary) for name, one in self.listed.items()])


class _Commands(Mapping[str, "Command"]):
    """The commands by name, each made when it is first asked for."""

    def __init__(self, package: str, listed: Mapping[str, Listed]) -> None:
        self._package = package
        self._listed = listed
        self._made: dict[str, Command] = {}

    def __getitem__(self, name: str) -> "Command":
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    def _make(self, name: str) -> "Command":
        place, _, interspersed = self._listed[name]
        module, attribute = place.split(":")
        found: Any = getattr(import_module(f"{self._package}.{module}"), attribute)
        if isinstance(found, typer.Typer):
            application = found
        else:
            application = typer.Typer(add_completion=False, rich_markup_mode=None)
            settings = {} if interspersed else {"allow_interspersed_args": False}
            application.command(name, context_settings=settings)(found)
        command = typer.main.get_command(application)
        command.name = name
        return command
