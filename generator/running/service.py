"""One service of a running system: prepared, started, watched, started again, stopped."""

import signal
import threading
import time
from collections.abc import Callable, Sequence

from generator.processes import Answer, Child, Command, OnLines, Processes, StoppedError, ask
from generator.processes.output import last_line
from generator.running.model import Failure, Policy, ServicePlan, ServiceStatus, State

_OK = 200
_LOOK_SECONDS = 0.1
_SHOWN_LINES = 10


class RunningService:
    """A service in a thread of its own, from its preparation to its end.

    Args:
        plan: how it is started.
        processes: starts it, and ends it whatever happens.
        on_lines: takes what it says.
        on_change: called when its status has changed, from its thread.
        policy: how it is watched.
    """

    def __init__(
        self,
        plan: ServicePlan,
        processes: Processes,
        *,
        on_lines: OnLines,
        on_change: Callable[[], None],
        policy: Policy,
    ) -> None:
        self.plan = plan
        self.failure: Failure | None = None
        # Whether it was ready once; then it is started again for as long as it takes.
        self.came_up = threading.Event()
        self.was_killed = False
        self._processes = processes
        self._on_lines = on_lines
        self._on_change = on_change
        self._policy = policy
        self._stopping = threading.Event()
        self._again = threading.Event()
        # Set with either of them.
        self._woken = threading.Event()
        self._child: Child | None = None
        self._state = State.WAITING
        self._restarts = 0
        self._note = ""
        self._thread: threading.Thread | None = None

    @property
    def status(self) -> ServiceStatus:
        """What it is doing now."""
        child = self._child
        return ServiceStatus(
            name=self.plan.name,
            state=self._state,
            url=self.plan.url,
            pid=child.pid if child and child.code is None else None,
            restarts=self._restarts,
            note=self._note,
        )

    def start(self, providers: Sequence["RunningService"]) -> None:
        """Begin, once the services that it calls are ready."""
        self._thread = threading.Thread(target=self._run, args=(providers,), daemon=True)
        self._thread.start()

    def kill(self) -> bool:
        """Kill its process as a machine that fails would; whether it had one."""
        child = self._child
        if child is None or child.code is not None:
            return False
        child.kill()
        return True

    def restart(self) -> None:
        """Stop it as at the end, and prepare and start it again at once."""
        self._again.set()
        self._woken.set()

    def begin_stop(self) -> None:
        """Ask it to end: SIGTERM, its grace time, then it is killed."""
        self._stopping.set()
        self._woken.set()

    def join(self) -> None:
        """Wait until it has ended."""
        if self._thread:
            self._thread.join()

    def _run(self, providers: Sequence["RunningService"]) -> None:
        try:
            if self._wait_for(providers) and self._prepare():
                self._keep_running()
        except StoppedError:
            pass
        except OSError as error:
            self._fail(f"cannot be started: {error.strerror or error}")
        if self.failure is None:
            self._enter(State.STOPPED)

    def _wait_for(self, providers: Sequence["RunningService"]) -> bool:
        for provider in providers:
            while not provider.came_up.wait(_LOOK_SECONDS):
                if self._stopping.is_set() or provider.failure:
                    return False
        return not self._stopping.is_set()

    def _prepare(self) -> bool:
        """Run what its manifest names before its start; whether all of it went well."""
        for argument in self.plan.process.prepare:
            self._enter(State.PREPARING)
            child = self._launch(argument)
            deadline = time.monotonic() + self._policy.prepare
            while child.wait(_LOOK_SECONDS) is None and time.monotonic() < deadline:
                if self._stopping.is_set():
                    break
            code = child.code
            self._processes.end(child)
            if self._stopping.is_set():
                return False
            if code != 0:
                took = f"took more than {self._policy.prepare:g} s"
                ended = took if code is None else f"ended with exit code {code}"
                self._fail(f"{argument} {ended}", child)
                return False
        return True

    def _keep_running(self) -> None:
        in_a_row = 0
        while not self._stopping.is_set():
            self._again.clear()
            self._woken.clear()
            self._enter(State.STARTING)
            child = self._child = self._launch()
            begun = time.monotonic()
            fault = self._come_up(child) or self._watch(child)
            self._end(child)
            if not self._leaves():
                if not self.came_up.is_set():
                    self._fail(fault, child)
                    return
                lasted = time.monotonic() - begun > self._policy.steady
                in_a_row = 0 if lasted else in_a_row
                self._restarts += 1
                self._note = fault
                self._enter(State.RESTARTING)
                self._woken.wait(self._policy.pause(in_a_row))
                in_a_row += 1
            if self._again.is_set():
                in_a_row = 0
                self._prepare_again()

    def _prepare_again(self) -> None:
        """Prepare it after a change; where that fails, another change may put it right."""
        self._note = ""
        while not self._stopping.is_set():
            self._again.clear()
            self._woken.clear()
            if self._prepare():
                return
            self._woken.wait()

    def _launch(self, *arguments: str) -> Child:
        command = Command(
            words=(*self.plan.words, *arguments),
            folder=self.plan.folder,
            environment=self.plan.environment,
            # It was asked to end before, alone: whatever is left of its group is of no use.
            stop_signal=signal.SIGKILL,
            orphan_signal=signal.SIGTERM,
        )
        return self._processes.launch(command, self._on_lines)

    def _come_up(self, child: Child) -> str:
        """What is wrong; empty once it is ready, or is not needed any more."""
        seconds = self.plan.process.start_seconds
        deadline = time.monotonic() + seconds
        while not self._leaves():
            if child.code is not None:
                return f"ended with exit code {child.code} before it was ready"
            answer = self._ask()
            if answer.status == _OK:
                self.came_up.set()
                self._enter(State.READY)
                return ""
            if time.monotonic() > deadline:
                return (
                    f"did not get ready in {seconds:g} s: {self.plan.process.ready} said {answer}"
                )
            self._woken.wait(_LOOK_SECONDS)
        return ""

    def _watch(self, child: Child) -> str:
        """Why it has ended by itself; empty when it is not needed any more."""
        looked = time.monotonic()
        while not self._leaves():
            if child.code is not None:
                return f"ended with exit code {child.code}"
            if time.monotonic() - looked > self._policy.look:
                self._enter(State.READY if self._ask().status == _OK else State.UNREADY)
                looked = time.monotonic()
            self._woken.wait(_LOOK_SECONDS)
        return ""

    def _leaves(self) -> bool:
        return self._stopping.is_set() or self._again.is_set()

    def answers_ready(self) -> bool:
        """Whether it has a process, and says itself that it is ready now."""
        child = self._child
        return child is not None and child.code is None and self._ask().status == _OK

    def _ask(self) -> Answer:
        return ask(self.plan.port, self.plan.process.ready)

    def _end(self, child: Child) -> None:
        if child.code is None:
            self._enter(State.STOPPING)
            # The program alone, as a container's runtime does: its helpers are its own to end.
            child.send(signal.SIGTERM)
            seconds = self.plan.process.stop_seconds
            if child.wait(seconds) is None:
                self.was_killed = True
                self._note = f"did not end in {seconds:g} s after SIGTERM, and was killed"
        self._processes.end(child)

    def _fail(self, reason: str, child: Child | None = None) -> None:
        lines = child.lines(_SHOWN_LINES) if child else ()
        said = last_line("\n".join(lines))
        self._note = f"{reason}: {said}" if said else reason
        if not self.came_up.is_set():
            self.failure = Failure(reason=self._note, lines=lines)
        self._enter(State.FAILED)

    def _enter(self, state: State) -> None:
        if state is not self._state:
            self._state = state
            self._on_change()
