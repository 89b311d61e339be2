"""Reads the manifests of a template tree, and those that services brought along from theirs."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

import yaml

from generator.catalog.backing import BACKING_SERVICES
from generator.catalog.conditions import fault_of
from generator.catalog.manifest import MANIFEST, SCHEMA, FeatureSpec, TemplateSpec
from generator.catalog.reader import MisreadError, read
from generator.errors import ManifestError, UsageError

_TEMPLATES = "templates"
_ANSWER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FEATURE = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
# As a routing key or a queue may be called on a broker: no wildcard, nothing to be quoted.
_MESSAGE = re.compile(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
# What every template asks or computes; no link may have such a name.
_ASKED = frozenset(
    {"template", "workspace_name", "service_name", "description", "owner", "port", "example"}
    | {"features", "env_prefix", "db_name"}
)
# The C reader is ten times as fast; without it the Python one gives the same.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalog:
    """The service templates of one tree at one version."""

    templates: tuple[TemplateSpec, ...]

    def template(self, name: str) -> TemplateSpec:
        """The facts of a service template.

        Raises:
            UsageError: when there is no such template; the hint lists those there are.
        """
        for spec in self.templates:
            if spec.name == name:
                return spec
        known = ", ".join(spec.name for spec in self.templates)
        raise UsageError(f"There is no service template {name!r}.", hint=f"Choose one of: {known}.")

    def providing(self, capability: str) -> tuple[TemplateSpec, ...]:
        """The templates whose services provide this to others."""
        return tuple(spec for spec in self.templates if capability in spec.provides)


def read_catalog(root: Path) -> Catalog:
    """The service templates of a tree, by name; each is a folder with a manifest.

    Raises:
        ManifestError: when a manifest is missing or does not hold.
    """
    return Catalog(templates=tuple(spec for spec in read_manifests(root) if spec.kind == "service"))


def read_manifests(root: Path) -> tuple[TemplateSpec, ...]:
    """All manifests of a tree, that of the workspace too, by name.

    Raises:
        ManifestError: as `read_catalog`; a file pattern must match something here.
    """
    folders = sorted(
        path
        for path in (root / _TEMPLATES).iterdir()
        if path.is_dir() and not path.name.startswith(("_", "."))
    )
    return tuple(_checked(folder) for folder in folders)


def read_manifest(path: Path, name: str) -> TemplateSpec:
    """One manifest, as it stands in a service's folder or a template's.

    Args:
        path: the file.
        name: the template's name.

    Raises:
        ManifestError: when it is missing, is of another schema, or does not hold.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ManifestError(
            f"{path} is missing.", hint=f"It comes with the template {name}: render it anew."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path} cannot be read: {error}.") from error
    try:
        return _parsed(text, name)
    except MisreadError as error:
        raise ManifestError(f"{path}: {error}.", hint=_HINT) from error


_HINT = "docs/reference/manifest.md says what may stand in a manifest."


@lru_cache(maxsize=256)
def _parsed(text: str, name: str) -> TemplateSpec:
    """The services of a workspace have few different manifests: each text is parsed once."""
    try:
        raw = yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are the safe ones
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise MisreadError(" ".join(str(error).split())) from error
    schema = raw.get("schema", SCHEMA) if isinstance(raw, dict) else SCHEMA
    if isinstance(schema, int) and schema != SCHEMA:
        raise MisreadError(f"schema is {schema}, and this generator knows {SCHEMA}: update it")
    spec = read(TemplateSpec, raw, name=name)
    for fault in _faults(spec):
        raise MisreadError(fault)
    return spec


def _faults(spec: TemplateSpec) -> Iterator[str]:
    """What is wrong with a manifest beyond its types, the gravest first."""
    yield from _misnamed(spec)
    known = {one.name for one in BACKING_SERVICES}
    yield from _strange("backing.needed", spec.backing.needed, known)
    yield from _strange("backing.optional", spec.backing.optional, known)
    names = [feature.name for feature in spec.features]
    for feature in spec.features:
        where = f"features.{feature.name}"
        yield from _strange(f"{where}.needs", feature.needs, known)
        yield from _strange(f"{where}.requires", feature.requires, names)
        yield from _strange(f"{where}.refuses", feature.refuses, names)
    yield from _circle(spec.features)
    for number, files in enumerate(spec.files):
        if fault := fault_of(files.when, features=names):
            yield f"files[{number}].when {fault}"
    yield from _strange_messages(spec, names)
    for where, pattern in patterns_of(spec):
        path = PurePosixPath(pattern)
        if not pattern or path.is_absolute() or ".." in path.parts:
            yield f"{where} has {pattern!a}, which is no path below the template's folder"


def _misnamed(spec: TemplateSpec) -> Iterator[str]:
    for link in spec.links:
        if not _ANSWER.fullmatch(link.name):
            yield f"links.{link.name} is no name: use small letters, digits and _"
        if link.name in _ASKED:
            yield f"links.{link.name} is asked already, of every service: choose another name"
    for feature in spec.features:
        if not _FEATURE.fullmatch(feature.name):
            yield f"features.{feature.name} is no name: use small letters, digits, - and _"
        yield from _variables(f"features.{feature.name}.secrets", feature.secrets)
        names = [one.name for one in feature.external_secrets]
        yield from _variables(f"features.{feature.name}.external_secrets", names)
    yield from _variables("external_secrets", [one.name for one in spec.external_secrets])
    yield from _variables("external_services", [one.name for one in spec.external_services])
    for service in spec.external_services:
        if not service.stub:
            yield f"external_services.{service.name}.stub is empty: name a command"


def _variables(where: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if not _VARIABLE.fullmatch(name):
            yield f"{where}.{name} is no name of a variable: use capitals, digits and _"


def _strange(where: str, names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    for name in sorted(set(names) - set(known)):
        yield f"{where} has {name!a}, and known are {', '.join(sorted(known)) or 'none'}"


def _strange_messages(spec: TemplateSpec, features: Collection[str]) -> Iterator[str]:
    for number, each in enumerate(spec.messages):
        where = f"messages[{number}]"
        if each.when and (fault := fault_of(each.when, features=features)):
            yield f"{where}.when {fault}"
        names = {"publishes": dict.fromkeys(each.publishes, ""), "consumes": each.consumes}
        for key, queues in (names | {"sends": each.sends, "handles": each.handles}).items():
            for name, queue in queues.items():
                if not _MESSAGE.fullmatch(name):
                    yield f"{where}.{key} has {name!a}: use letters, digits and . _ - between them"
                if key != "publishes" and not _MESSAGE.fullmatch(queue.replace("{service}", "x")):
                    yield f"{where}.{key}.{name} is {queue!a}, which is no name of a queue"


def _circle(features: Sequence[FeatureSpec]) -> Iterator[str]:
    requires = {feature.name: feature.requires for feature in features}
    for start in requires:
        ways = [[start]]
        while ways:
            way = ways.pop()
            for following in requires.get(way[-1], ()):
                if following == start:
                    yield f"features require each other in a circle: {' → '.join([*way, start])}"
                elif following not in way:
                    ways.append([*way, following])


def patterns_of(spec: TemplateSpec) -> Iterator[tuple[str, str]]:
    """Every file pattern of a manifest, each after the key that it stands under."""
    for feature in spec.features:
        yield from ((f"features.{feature.name}.files", pattern) for pattern in feature.files)
    for number, files in enumerate(spec.files):
        yield from ((f"files[{number}].paths", pattern) for pattern in files.paths)
    yield from (("template_owned", pattern) for pattern in spec.template_owned)


def _checked(folder: Path) -> TemplateSpec:
    spec = read_manifest(folder / MANIFEST, folder.name)
    for where, pattern in patterns_of(spec):
        if not any(any(folder.glob(f"{pattern}{suffix}")) for suffix in ("", ".jinja")):
            raise ManifestError(
                f"{folder / MANIFEST}: {where} has {pattern!a}, which matches no file.",
                hint="Correct the path, or take it out.",
            )
    return spec
