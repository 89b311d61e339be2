"""Downloads Debian packages without root: apt with a state of its own, which nobody else sees."""

import re
import shutil
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.providers import UnsuitableError
from generator.backing.spawn import Setting, spawn
from generator.env_vars import child_env_vars

_STATUS = Path("/var/lib/dpkg/status")
_SECONDS = 300.0
# Half an Erlang that is installed would not fit the other half.
_ABSENT = re.compile(r"Package: (erlang|rabbitmq)\b")
# Never another C library than the machine's own: its programs could not run with it.
_LEFT_OUT = ("libc6_", "libgcc-s1_", "libstdc++6_")


class Apt:
    """Apt in a folder.

    Args:
        folder: holds its lists and what it downloads.
        environment: the caller's.
        cleanup: who ends its programs.

    Raises:
        UnsuitableError: this machine has no apt.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], cleanup: Cleanup) -> None:
        path = environment.get("PATH", "")
        self._apt = _program("apt-get", path)
        self._unpacker = _program("dpkg-deb", path)
        self._folder, self._cleanup = folder, cleanup
        told = {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
        told |= {name: environment[name] for name in ("APT_CONFIG",) if name in environment}
        self._setting = Setting(environment=child_env_vars(environment, told), folder=folder)

    def unpack(self, package: str, tree: Path) -> None:
        """Download a package with what it depends on and is not installed, and unpack them all.

        Apt compares each with the archive's signed lists.

        Args:
            package: its name.
            tree: a folder that is made.

        Raises:
            UnsuitableError: it cannot be had.
            OSError: the folder cannot be written.
        """
        options = [word for option in self._options() for word in ("-o", option)]
        self.run(self._apt, *options, "-q", "update")
        self.run(
            self._apt, *options, "-qy", "--no-install-recommends", "--download-only", "install",
            package,
        )  # fmt: skip
        tree.mkdir()
        for file in sorted((self._folder / "cache/archives").glob("*.deb")):
            if not file.name.startswith(_LEFT_OUT):
                self.run(self._unpacker, "--extract", file, tree)

    def run(self, program: Path, *words: str | Path) -> None:
        """Run a program to its end.

        Raises:
            UnsuitableError: it fails, or takes more than five minutes.
        """
        ending = signal.SIGTERM
        child = spawn(
            [program, *words], setting=self._setting, cleanup=self._cleanup, last_signal=ending
        )
        code = child.wait(_SECONDS)
        if code != 0:
            lines = [line for line in child.lines() if line]
            said = next((line for line in lines if line.startswith("E: ")), "") or "".join(
                lines[-1:]
            )
            how = f"took more than {_SECONDS:.0f} s" if code is None else f"failed: {said}"
            raise UnsuitableError(f"{program.name} {how}", log=lines)

    def _options(self) -> Iterator[str]:
        status = self._folder / "status"
        status.write_text(_without_erlang(_STATUS.read_text(encoding="utf-8")), encoding="utf-8")
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self._folder / name).mkdir(parents=True)
        yield f"Dir::State={self._folder}/state"
        yield f"Dir::State::status={status}"
        yield f"Dir::Cache={self._folder}/cache"
        yield "APT::Sandbox::User="
        yield "Debug::NoLocking=1"
        yield "Acquire::Languages=none"


def _program(name: str, path: str) -> Path:
    found = shutil.which(name, path=path)
    if not found:
        raise UnsuitableError(f"no {name} on PATH; only Debian and Ubuntu can be fetched from")
    return Path(found)


def _without_erlang(status: str) -> str:
    entries = status.split("\n\n")
    return "\n\n".join(entry for entry in entries if not _ABSENT.match(entry.lstrip("\n")))
