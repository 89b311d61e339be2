"""One `.env` for the whole system: none that only one service is given."""

import posixpath
import re
from collections.abc import Iterable, Iterator

import yaml

from generator.wiring.compose_rules.model import ComposeEntry, Place, Problem, Scene

_NAME = re.compile(r"(?<!\$)(?:\$\$)*\$\{?(?P<name>[A-Za-z_]\w*)")
_CURE = "move it to the .env of the root"


def find_nested_env(entry: ComposeEntry, scene: Scene) -> Iterator[Problem]:
    """A `.env` beside a compose file that changes what is in that file, and nothing else."""
    unit = entry.unit
    for part in entry.parts:
        for node in _scalars(part.entries.values()):
            names = {match["name"] for match in _NAME.finditer(node.value)}
            for name in sorted(names & unit.nested_names):
                yield Problem(
                    place=Place(file=part.file, line=node.start_mark.line + 1),
                    cause=f"has {name} from {unit.nested_env}, which counts for this include alone",
                    cure=f"{_CURE}, and give the include env_file: /dev/null",
                )
    for env_file in scene.env_files[entry.name]:
        folder, name = posixpath.split(env_file.file)
        if name == ".env" and folder and env_file.text is not None:
            yield Problem(
                place=env_file.named_at,
                cause=f"is given {env_file.file}, which nobody else is",
                cure=f"{_CURE}, and name it in environment",
            )


def _scalars(nodes: Iterable[yaml.Node], *around: int) -> Iterator[yaml.ScalarNode]:
    """Every scalar below some nodes; an anchor may lead back to where it is used."""
    for node in nodes:
        if isinstance(node, yaml.ScalarNode):
            yield node
        elif isinstance(node, yaml.SequenceNode) and id(node) not in around:
            yield from _scalars(node.value, *around, id(node))
        elif isinstance(node, yaml.MappingNode) and id(node) not in around:
            yield from _scalars([value for _, value in node.value], *around, id(node))
