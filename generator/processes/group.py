"""All programs of one run: started together, restarted, and ended together, whatever happens."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from generator.processes.child import Child, Command
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
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._children: dict[int, Child] = {}
        self._stopped = False
        self._guard = Guard()

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
        on_line: Callable[[str], None] | None = None,
    ) -> Child:
        """Start a program; whoever starts one passes it to `end`.

        Args:
            words: the program and its arguments.
            cwd: where it works.
            environment: all of its environment variables.
            on_line: called with each line of its output, see `Child`.

        Raises:
            OSError: when there is no such program or folder.
            StoppedError: when the run was stopped.
        """
        return self._start(Command(words=words, folder=cwd, environment=environment), on_line)

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
        return self._start(child.command, child.on_line)

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

    def _start(self, command: Command, on_line: Callable[[str], None] | None) -> Child:
        with self._lock:
            if self._stopped:
                raise StoppedError
            child = Child(command, on_line)
            self._guard.watch(-child.pid)
            self._children[child.pid] = child
            return child
