"""Lists the wiring's files: where each one lies, which template writes it and what fills it."""

from collections.abc import Collection, Iterator, Mapping

from generator.catalog import BACKING_SERVICES, backing_specs
from generator.wiring.graph import graph_of
from generator.wiring.model import METRICS_PORT, System, Wiring, WiringFile
from generator.wiring.picture import picture_of

_TEMPLATES = "templates/_wiring"


def wiring_files(
    system: System, wiring: Wiring, kept_includes: Collection[str]
) -> tuple[WiringFile, ...]:
    """Every file of the wiring, by path."""
    return tuple(sorted(_files(system, wiring, kept_includes), key=lambda file: file.path))


def _files(system: System, wiring: Wiring, kept_includes: Collection[str]) -> Iterator[WiringFile]:
    everything = {"system": system, "services": wiring.services, "links": wiring.links}
    everything |= {"databases": wiring.databases, "backing": backing_specs(wiring.backing)}
    everything |= {"connections": wiring.connections}
    includes = tuple(_includes(wiring, kept_includes))
    yield _file("compose.yaml", {"includes": includes, "limits": _limits(wiring)})
    graph = graph_of(system, wiring)
    yield _file("architecture.md", everything | {"graph": graph})
    yield _file("architecture.svg", {"graph": graph, "picture": picture_of(graph)})
    yield _file("catalog-info.yaml", everything)
    yield _file("prometheus-targets.yaml", {"targets": _targets(wiring, kept_includes)})
    yield _file("secrets.env.example", {"secrets": wiring.secrets})
    for service in wiring.services:
        yield WiringFile(
            path=f"wiring/env/{service.name}.env",
            template=f"{_TEMPLATES}/service.env.jinja",
            context={"service": service},
        )
    if wiring.databases:
        yield _file("postgres/databases.sql", {"databases": wiring.databases})
        yield _file("postgres/setup.env", {"databases": wiring.databases})
        yield _file("postgres/limits.env", {"connections": wiring.connections})


def _limits(wiring: Wiring) -> dict[str, str]:
    """By included file, what it is told of the sizes that follow from the services."""
    fragments = [backing.fragment for backing in BACKING_SERVICES if backing.name == "postgres"]
    return {f"../{path}": "postgres/limits.env" for path in fragments if wiring.databases}


def _targets(wiring: Wiring, kept: Collection[str]) -> dict[str, int]:
    """By service, where it shows its metrics; those that cannot be judged do so as most do."""
    targets = dict.fromkeys(_kept_services(kept), METRICS_PORT)
    targets |= {service.name: service.metrics_port for service in wiring.services}
    return dict(sorted(targets.items()))


def _kept_services(kept: Collection[str]) -> set[str]:
    return {path.split("/")[2] for path in kept if path.startswith("../services/")}


def _includes(wiring: Wiring, kept: Collection[str]) -> Iterator[str]:
    for backing in BACKING_SERVICES:
        if backing.name in wiring.backing or f"../{backing.fragment}" in kept:
            yield f"../{backing.fragment}"
    for name in sorted(_kept_services(kept) | {service.name for service in wiring.services}):
        yield f"../services/{name}/compose.yaml"


def _file(path: str, context: Mapping[str, object]) -> WiringFile:
    return WiringFile(path=f"wiring/{path}", template=f"{_TEMPLATES}/{path}.jinja", context=context)
