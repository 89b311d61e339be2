"""Reads what a person's own compose file takes: names, included files and mappings of nodes."""

import re
from collections.abc import Iterator
from functools import cache

import yaml

_INTERPOLATION = re.compile(r"\$\{\w+(?::?-(?P<default>[^}]*)|[^}]*)\}")


# libyaml's, which reads the same ten times faster and limits depth, where PyYAML was built with it.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def compose_document(text: str) -> yaml.Node | None:
    """The file's tree; None where it is no YAML: Compose itself reports that far better.

    Each text is read once. Nodes instead of values: YAML 1.1 takes the port `22:22` for a number
    of base 60.
    """
    try:
        return yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError):
        return None


def entries(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """The entries of a mapping, with those that it merges by `<<`; none of anything else."""
    return _entries(node, ())


def with_defaults(text: str) -> str:
    """The text with `${NAME:-5432}` as its default; what has none is empty."""
    return _INTERPOLATION.sub(lambda match: match["default"] or "", text)


def service_names(text: str) -> tuple[str, ...]:
    """The names of the compose services that a file defines itself."""
    return tuple(entries(entries(compose_document(text)).get("services")))


def included_paths(text: str) -> tuple[str, ...]:
    """The files that a compose file includes, as it writes them; those elsewhere left out."""
    include = entries(compose_document(text)).get("include")
    return tuple(path for path in _paths(include) if "://" not in path and path)


def _paths(node: yaml.Node | None) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield with_defaults(node.value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            # An entry with settings of its own names its files as `path`.
            yield from _paths(entries(item).get("path", item))


def _entries(node: yaml.Node | None, around: tuple[int, ...]) -> dict[str, yaml.Node]:
    # An anchor may lead back to where it is used.
    if not isinstance(node, yaml.MappingNode) or id(node) in around:
        return {}
    own = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    merged = own.pop("<<", None)
    sources = merged.value if isinstance(merged, yaml.SequenceNode) else [merged]
    found: dict[str, yaml.Node] = {}
    # Of several the first that has an entry counts.
    for source in reversed(sources):
        found |= _entries(source, (*around, id(node)))
    return found | own
