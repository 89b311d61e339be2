"""Finds a workspace on disk and lists its services from their answers files."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.answers import ANSWERS_FILE, Answers, read_answers, read_mapping
from generator.catalog import MANIFEST, LinkSpec, TemplateSpec, read_manifest
from generator.errors import (
    ManifestError,
    NotAWorkspaceError,
    UnreadableAnswersError,
    UsageError,
)
from generator.naming import PATTERN

# The one template that is no service's; every workspace says so in its answers.
WORKSPACE_TEMPLATE = "workspace"
SERVICES = "services"
WIRING = "wiring"
# The generator's own scratch: lock, staging, cache of verified contents. Git-ignored.
PRIVATE = ".generator"


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A service's answers, and the facts of the template version that it was rendered from."""

    answers: Answers
    template: TemplateSpec

    @property
    def name(self) -> str:
        """The service's name, also that of its folder."""
        return self.answers.service_name

    @property
    def links(self) -> tuple[tuple[LinkSpec, str], ...]:
        """Whom it calls: each link that is set, with the name of the other service."""
        named = ((link, self.answers.link(link.name)) for link in self.template.links)
        return tuple((link, provider) for link, provider in named if provider)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unjudged:
    """A service whose template's facts cannot be read here; it is left alone, and named.

    Attributes:
        answers: what it was rendered with.
        reason: one line, for people.
    """

    answers: Answers
    reason: str

    @property
    def name(self) -> str:
        """The service's name, also that of its folder."""
        return self.answers.service_name

    def calls(self, name: str) -> bool:
        """Whether an answer names that service; which answers are links, its manifest would say."""
        return name in {self.answers.data_service, *map(str, self.answers.others.values())}


@dataclass(frozen=True, kw_only=True, slots=True)
class Inventory:
    """The services of a workspace: those that can be judged here, and those that are left alone."""

    services: tuple[Service, ...]
    unjudged: tuple[Unjudged, ...] = ()

    @property
    def answers(self) -> tuple[Answers, ...]:
        """All services' answers."""
        judged = tuple(service.answers for service in self.services)
        return (*judged, *(one.answers for one in self.unjudged))

    def callers(self, name: str) -> tuple[str, ...]:
        """The services that call another one, by name."""
        known = {s.name for s in self.services if any(called == name for _, called in s.links)}
        return tuple(sorted(known | {s.name for s in self.unjudged if s.calls(name)}))

    def without(self, name: str) -> "Inventory":
        """The same, less one service."""
        return Inventory(
            services=tuple(one for one in self.services if one.name != name),
            unjudged=tuple(one for one in self.unjudged if one.name != name),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """A workspace's root folder and its name.

    Attributes:
        kept: the private folder of the workspace that this one is a copy of; None when it is none.
    """

    root: Path
    name: str
    kept: Path | None = None

    def copied_to(self, root: Path) -> "Workspace":
        """A copy of this workspace elsewhere, which uses this one's environments and caches."""
        return Workspace(root=root, name=self.name, kept=self.private_dir)

    @property
    def services_dir(self) -> Path:
        """Where the services live."""
        return self.root / SERVICES

    @property
    def wiring_dir(self) -> Path:
        """Where the generated files live."""
        return self.root / WIRING

    @property
    def private_dir(self) -> Path:
        """The generator's own scratch folder, on the workspace's file system."""
        return self.kept or self.root / PRIVATE

    @property
    def lock_file(self) -> Path:
        """Held alone by who changes the workspace, and together by those who verify it."""
        return self.private_dir / "lock"

    def written_places(self) -> Iterator[Path]:
        """Where commands write: the folders, all of wiring/, and what names our own scratch."""
        yield from (self.services_dir, self.wiring_dir)
        for parent, folders, names in os.walk(self.wiring_dir):
            yield from (Path(parent, name) for name in (*folders, *names))
        if self.kept:
            return
        yield self.private_dir
        for level in ("*", "*/*"):
            yield from self.private_dir.glob(level)

    def service_dir(self, name: str) -> Path:
        """The folder of one service, whether it exists or not."""
        return self.services_dir / name

    def services(self) -> tuple[Answers, ...]:
        """Every service's answers, by name.

        Raises:
            UnreadableAnswersError: when a file cannot be read or names another service
                than its folder.
        """
        return tuple(self._scan())

    def inventory(self) -> Inventory:
        """Every service with the facts of its template's version, by name.

        Raises:
            UnreadableAnswersError: as `services`.
        """
        known: list[Service] = []
        unjudged: list[Unjudged] = []
        for answers in self.services():
            folder = self.service_dir(answers.service_name)
            try:
                known.append(service_in(folder, answers))
            except ManifestError as error:
                unjudged.append(Unjudged(answers=answers, reason=error.message))
        return Inventory(services=tuple(known), unjudged=tuple(unjudged))

    def service(self, name: str) -> Answers:
        """One service's answers.

        Raises:
            UsageError: when there is no such service; the hint lists those there are.
        """
        services = self.services()
        for answers in services:
            if answers.service_name == name:
                return answers
        known = ", ".join(answers.service_name for answers in services) or "none yet"
        raise UsageError(f"There is no service {name!r} here.", hint=f"Services: {known}.")

    def _scan(self) -> Iterator[Answers]:
        for path in sorted(self.services_dir.glob(f"*/{ANSWERS_FILE}")):
            answers = read_answers(path)
            if answers.service_name != path.parent.name:
                raise UnreadableAnswersError(
                    f"{path} says service_name: {answers.service_name}, "
                    f"but its folder is {path.parent.name}.",
                    hint="A service's folder has its name; rename one of the two.",
                )
            # Every text of the wiring takes names as they are.
            if not PATTERN.fullmatch(answers.service_name):
                raise UnreadableAnswersError(
                    f"{str(path)!r} names its service {answers.service_name!r}, which is no name.",
                    hint="Take lower-case words joined by single `-`, for the folder too.",
                )
            yield answers


def service_in(folder: Path, answers: Answers) -> Service:
    """A service with the manifest that it brought along from its template.

    Raises:
        ManifestError: when that is missing, of an unknown schema, or does not hold.
    """
    template = read_manifest(folder / MANIFEST, answers.template)
    return Service(answers=answers, template=template)


def open_workspace(start: Path) -> Workspace:
    """The workspace that `start` is in.

    Raises:
        NotAWorkspaceError: when no folder above it is one.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        path = folder / ANSWERS_FILE
        if not path.is_file():
            continue
        answers = read_mapping(path)
        if answers.get("template") == WORKSPACE_TEMPLATE:
            return Workspace(root=folder, name=str(answers.get("workspace_name", folder.name)))
    raise NotAWorkspaceError(
        f"{start} is not inside a workspace.",
        hint="Make one with `generator init NAME`, or go to one with --workspace DIR.",
    )
