"""All programs of one run: started together, restarted, and ended together, whatever happens."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from generator.processes.child import Child, Command, OnLines
from generator.processes.guard import Guard


class StoppedError(Exception):
    """The run was stopped, and nothing may be started any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """How a program ended.

    Attributes:
        code: its exit code, negative for a signal; None when it ran out of time.
        output: the end of what it printed, fit to be shown.
    """

    code: int | None
    output: str


class Processes:
    """Leaving the context ends every program; so does the guard, when this process is killed.

    Any thread may call it.

    Args:
        held: a file descriptor that stays open until the guard is done: a lock of what they use.
    """

    def __init__(self, held: int | None = None) -> None:
        self._lock = threading.Lock()
        self._children: dict[int, Child] = {}
        self._stopped = False
        self._guard = Guard(held=held)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        self._guard.close()

    def start(
        self,
        words: Sequence[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        on_lines: OnLines | None = None,
    ) -> Child:
        """Start a program; whoever starts one passes it to `end`.

        Args:
            words: the program and its arguments.
            cwd: where it works.
            environment: all of its environment variables.
            on_lines: called with the lines of its output, see `Child`.

        Raises:
            OSError: when there is no such program or folder.
            StoppedError: when the run was stopped.
        """
        command = Command(words=words, folder=cwd, environment=environment)
        return self.launch(command, on_lines)

    def launch(self, command: Command, on_lines: OnLines | None = None) -> Child:
        """Start a program as a command says; whoever starts one passes it to `end`.

        Raises:
            OSError: when there is no such program or folder.
            StoppedError: when the run was stopped.
        """
        with self._lock:
            if self._stopped:
                raise StoppedError
            child = Child(command, on_lines)
            self._guard.watch(-child.pid, command.orphan_signal)
            self._children[child.pid] = child
            return child

    def end(self, child: Child) -> None:
        """End a program and its whole group, whether it still runs or not."""
        child.end()
        with self._lock:
            self._children.pop(child.pid, None)
            self._guard.forget(-child.pid)

    def restart(self, child: Child) -> Child:
        """End a program and start it again, its lines going where they went before.

        Raises:
            OSError: when it cannot be started any more.
            StoppedError: when the run was stopped.
        """
        self.end(child)
        return self.launch(child.command, child.on_lines)

    def run(
        self, words: Sequence[str], *, cwd: Path, environment: Mapping[str, str], seconds: float
    ) -> Completed:
        """Run a program to its end, or to the end of its time.

        Raises:
            OSError: when there is no such program or folder.
            StoppedError: when the run was stopped.
        """
        child = self.start(words, cwd=cwd, environment=environment)
        try:
            code = child.wait(seconds)
        finally:
            self.end(child)
        if self._stopped:
            raise StoppedError
        return Completed(code=code, output=child.output)

    def stop(self) -> None:
        """Refuse new programs and end the running ones; all get their grace at the same time."""
        with self._lock:
            self._stopped = True
            children = tuple(self._children.values())
        enders = [threading.Thread(target=self.end, args=(child,)) for child in children]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()
