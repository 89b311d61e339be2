"""Finds RabbitMQ's own start script and what it needs of Erlang."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.backing.providers import Request, UnsuitableError
from generator.backing.spawn import Setting

_SCRIPT = "rabbitmq-server"
# What stands on Debian's PATH wants to be root or the user rabbitmq, and starts the one instance.
_WRAPPER = "rabbitmq-script-wrapper"


@dataclass(frozen=True, kw_only=True, slots=True)
class Programs:
    """An installation.

    Attributes:
        server: the start script.
        epmd: Erlang's register of nodes.
        folders: come first on PATH; Erlang's own programs are there.
        libraries: where shared libraries are looked for first.
    """

    server: Path
    epmd: Path
    folders: Sequence[Path] = ()
    libraries: Sequence[Path] = ()

    def variables(self, setting: Setting) -> Mapping[str, str]:
        """The search paths of its processes."""
        path = [*map(str, self.folders), setting.environment.get("PATH", "/usr/bin:/bin")]
        found = {"PATH": ":".join(path)}
        before = setting.environment.get("LD_LIBRARY_PATH")
        libraries = [*map(str, self.libraries), *([before] if before else [])]
        return found | ({"LD_LIBRARY_PATH": ":".join(libraries)} if libraries else {})


def find_installed(request: Request) -> Programs:
    """What is installed on this machine.

    Raises:
        UnsuitableError: there is none, or Erlang is not on PATH.
    """
    path = request.environment.get("PATH", "")
    server = _start_script(request.places.rabbitmq_bindirs, path)
    erl = shutil.which("erl", path=path)
    if not erl:
        raise UnsuitableError(f"{server} is there, but no erl on PATH")
    epmd = shutil.which("epmd", path=path) or _beside(Path(erl))
    if not epmd:
        raise UnsuitableError(f"{server} is there, but no epmd on PATH or beside {erl}")
    return Programs(server=server, epmd=Path(epmd))


def _start_script(bindirs: Sequence[str], path: str) -> Path:
    for script in (Path(folder) / _SCRIPT for folder in bindirs):
        if script.is_file():
            return script
    found = shutil.which(_SCRIPT, path=path) if bindirs else None
    if found and Path(found).resolve().name != _WRAPPER:
        return Path(found)
    places = f" or in {', '.join(bindirs[:1])} and the like" if bindirs else ""
    raise UnsuitableError(f"no {_SCRIPT} on PATH{places}")


def _beside(erl: Path) -> Path | None:
    return next(iter(sorted(erl.resolve().parent.parent.glob("erts-*/bin/epmd"))), None)
