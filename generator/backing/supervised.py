"""The generator's end of the pipe to a supervisor."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from generator.backing.kinds import KINDS
from generator.backing.model import Attempt, BackingKind, Started
from generator.backing.naming import Naming
from generator.backing.providers import OWN, Request
from generator.env_vars import child_env_vars, own_package_env_vars
from generator.errors import BackingUnavailableError

_CLOSE_SECONDS = 60.0


class SupervisedBacking:
    """A backing service in a supervisor; begins to start at once, and is waited for by `started`.

    Any thread may call it.
    """

    def __init__(self, kind: BackingKind, request: Request) -> None:
        self._kind = kind
        self._lock = threading.Lock()
        self._started: Started | BackingUnavailableError | None = None
        self.left_behind: tuple[str, ...] = ()
        self._prefix = Naming(run=request.run).prefix
        self._supervisor = subprocess.Popen(
            # -P: what lies in the current folder is somebody else's code.
            [sys.executable, "-P", "-m", "generator.backing.supervisor"],
            env=_environment(request.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            # Ctrl-C is for the generator: it closes the pipe when it is ready to.
            start_new_session=True,
        )
        self._tell(
            {
                "kind": kind,
                "environment": dict(request.environment),
                "use_running": request.use_running,
                "fetch": request.fetch,
                "run": request.run,
                "places": asdict(request.places),
                "folder": str(request.folder / kind) if request.folder else "",
                "durable": request.durable,
            }
        )

    @property
    def started(self) -> Started:
        """What runs and where it comes from; waits until it answers.

        Raises:
            BackingUnavailableError: no provider fits.
        """
        with self._lock:
            if self._started is None:
                self._started = self._hear_started()
        # What was not there a moment ago is not looked for again for every service.
        if isinstance(self._started, BackingUnavailableError):
            raise self._started
        return self._started

    def isolate(self, service_name: str) -> dict[str, str]:
        """Make room for one service and return the environment that leads to it.

        Raises:
            BackingUnavailableError: the server refused or no longer answers.
        """
        with self._lock:
            self._tell({"isolate": service_name})
            return self._hear("environment")

    def rename(self, old: str, new: str) -> bool:
        """Give what one service has in kept data to its new name; whether there was anything.

        Raises:
            BackingUnavailableError: the server refused or no longer answers.
        """
        with self._lock:
            self._tell({"rename": [old, new]})
            return bool(self._hear("renamed")["done"])

    def kill(self) -> None:
        """Kill a server whose data are kept; it is started again by itself.

        Raises:
            BackingUnavailableError: it is not ours to kill, or is being removed.
        """
        with self._lock:
            self._tell({"kill": True})
            self._hear("killed")

    def is_answering(self) -> bool:
        """Whether a server whose data are kept answers now.

        Raises:
            BackingUnavailableError: it is not ours, or is being removed.
        """
        with self._lock:
            self._tell({"look": True})
            return bool(self._hear("seen")["answers"])

    def abandon(self) -> None:
        """Let go whoever waits: it is not needed any more, started or not. Removal begins."""
        # Without the lock, which whoever waits for an answer holds.
        pipe, self._supervisor.stdin = self._supervisor.stdin, None
        if pipe:
            with suppress(OSError):
                pipe.close()

    def close(self) -> None:
        """Remove everything that was made; returns when it is gone."""
        with self._lock:
            if self._supervisor.returncode is not None:
                return
            try:
                last, _ = self._supervisor.communicate(timeout=_CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                # What it made in folders still goes: see the guard of a directory.
                self._supervisor.kill()
                self._supervisor.communicate()
                self.left_behind = self._cut_short()
                return
            for line in last.splitlines()[-1:]:
                self._note_left_behind(json.loads(line))

    def _cut_short(self) -> tuple[str, ...]:
        started = self._started if isinstance(self._started, Started) else None
        if started and started.provider in OWN:
            return ()
        place = started.detail if started else KINDS[self._kind].title
        line = (
            f"{place}: cleaning up took more than {_CLOSE_SECONDS:.0f} s and was stopped; what"
            f" begins with {self._prefix} may be left (generator doctor --clean removes it)"
        )
        return (line,)

    def _note_left_behind(self, answer: Mapping[str, Any]) -> None:
        self.left_behind = tuple(answer.get("left_behind", ()))

    def _hear_started(self) -> Started | BackingUnavailableError:
        try:
            return _started(self._hear("started"))
        except BackingUnavailableError as error:
            return error

    def _tell(self, message: Mapping[str, Any]) -> None:
        # A supervisor that is gone is noticed, with its last words, when its answer is read.
        with suppress(BrokenPipeError):
            if self._supervisor.stdin:
                self._supervisor.stdin.write(json.dumps(message) + "\n")
                self._supervisor.stdin.flush()

    def _hear(self, key: str) -> dict[str, Any]:
        line = self._supervisor.stdout.readline() if self._supervisor.stdout else ""
        answer = json.loads(line) if line else {}
        if "unavailable" in answer:
            raise BackingUnavailableError(**answer["unavailable"])
        if key not in answer:
            self._note_left_behind(answer)
            said = self._supervisor.stderr.read().strip() if self._supervisor.stderr else ""
            # One that was let go while it worked may say anything.
            if said and self._supervisor.stdin:
                raise RuntimeError(said)
            raise BackingUnavailableError(f"the process that keeps {self._kind} has ended")
        fields: dict[str, Any] = answer[key]
        return fields


def _environment(callers: Mapping[str, str]) -> dict[str, str]:
    """It imports this very package, wherever that lies, and sees no secret by accident."""
    return child_env_vars(callers, own_package_env_vars())


def _started(fields: Mapping[str, Any]) -> Started:
    attempts = tuple(
        Attempt(provider=item["provider"], outcome=item["outcome"], log=tuple(item["log"]))
        for item in fields["attempts"]
    )
    return Started(
        kind=BackingKind(fields["kind"]),
        provider=fields["provider"],
        detail=fields["detail"],
        attempts=attempts,
    )
