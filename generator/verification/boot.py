"""Starts a service's real process, watches what it says of itself, and stops it."""

import errno
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from generator.processes import Answer, Child, Proxy, UncuttableError, ask, free_port, wait_for
from generator.verification.context import BootPlan, Context, Subject
from generator.verification.external import ExternalStubError, external_stubs
from generator.verification.model import Outcome, Verdict
from generator.verification.options import Limits
from generator.verification.stub import Stub
from generator.verification.verdicts import failed, not_run, verdict_of

_OK = 200
_PORT_TAKEN = "address already in use"
_ATTEMPTS = 3


def check_boot(context: Context, subject: Subject) -> Verdict:
    """Whether the process gets ready, tells the truth about it, and stops when it is told to.

    `/ready` must be 200, then something else while a dependency is cut off, then 200 again. While
    something is cut off that it can do without, `/ready` must stay 200.
    SIGTERM must end the process with exit code 0. While a secret is empty that only a person can
    give, the process must not start, and say the secret's name.
    """
    plan = subject.boot
    if plan is None or not Path(context.tool(subject, "python")).exists():
        return not_run("there is no process to start")
    program, *arguments = plan.process.command
    words = (context.tool(subject, program), *arguments)
    started = Program(
        words=words,
        cwd=subject.folder,
        variables={"PYTHONPATH": "src"},
        shown=context.shown(subject, *words),
    )
    for name in sorted(plan.required):
        if fault := refusal_fault(context, subject, started, plan, name):
            return fault
    return check_process(context, subject, started, plan)


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """What is started.

    Attributes:
        words: the command.
        cwd: where.
        variables: what it needs in its environment beside the plan's.
        shown: the command as a person pastes it.
    """

    words: tuple[str, ...]
    cwd: Path
    variables: Mapping[str, str]
    shown: str


def check_process(context: Context, subject: Subject, program: Program, plan: BootPlan) -> Verdict:
    """Whether a program prepares, gets ready, tells the truth about it and stops."""
    for argument in plan.process.prepare:
        prepared = _prepare(context, subject, program, plan, argument)
        if prepared.outcome is not Outcome.PASSED:
            return prepared
    verdict = _attempt(context, subject, program, plan)
    for _ in range(_ATTEMPTS - 1):
        if verdict.outcome is Outcome.PASSED or _PORT_TAKEN not in verdict.output.lower():
            break
        verdict = _attempt(context, subject, program, plan)
    return verdict


def _attempt(context: Context, subject: Subject, program: Program, plan: BootPlan) -> Verdict:
    """One start; between leaving a port and taking it again, somebody else may have."""
    try:
        return _boot(context, subject, program, plan)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return not_run(f"could not be made: {error}", output=str(error))


def _prepare(
    context: Context, subject: Subject, program: Program, plan: BootPlan, argument: str
) -> Verdict:
    seconds = context.limits.prepare
    done = context.processes.run(
        [*program.words, argument],
        cwd=program.cwd,
        environment=context.running(subject, {**program.variables, **plan.environment}),
        seconds=seconds,
    )
    return verdict_of(done, command=f"{program.shown} {argument}", seconds=seconds)


def _boot(context: Context, subject: Subject, program: Program, plan: BootPlan) -> Verdict:
    command = program.shown
    with ExitStack() as stack:
        try:
            stubs = _stubs(plan, stack) | external_stubs(context, subject, plan, stack)
            proxies = _proxies(plan, stubs, stack)
        except UncuttableError as error:
            return not_run(f"/ready cannot be put to the test: {error}", command=command)
        except ExternalStubError as error:
            return failed(str(error), command=command)
        port = free_port()
        place = {"HOST": "127.0.0.1", "PORT": str(port), "METRICS_PORT": "0"}
        where = stubs | {name: proxy.url for name, proxy in proxies.items()}
        variables = {**program.variables, **plan.environment, **place, **where}
        child = context.processes.start(
            program.words, cwd=program.cwd, environment=context.running(subject, variables)
        )
        stack.callback(context.processes.end, child)
        run = _Run(child=child, port=port, limits=context.limits, proxies=proxies, plan=plan)
        fault = next((fault for fault in run.faults() if fault), "")
        context.processes.end(child)
    if fault:
        return failed(fault, command=command, output=child.output)
    return Verdict(outcome=Outcome.PASSED, command=command, output=child.output)


def refusal_fault(
    context: Context, subject: Subject, program: Program, plan: BootPlan, name: str
) -> Verdict | None:
    """What is wrong with how a program refuses to start while a variable is empty.

    It must end by itself before it is healthy, with an exit code that is not 0, and say which
    variable it is.
    """
    code, said = _started_without(context, subject, program, plan, name)
    if code is None:
        fault = f"it starts while {name} is empty, which only a person can give"
    elif code == 0:
        fault = f"with {name} empty it ends with exit code 0, as if nothing were missing"
    elif name not in said:
        fault = f"with {name} empty it ends, and does not say that {name} is missing"
    else:
        return None
    return failed(fault, command=f"{name}= {program.shown}", output=said)


def _started_without(
    context: Context, subject: Subject, program: Program, plan: BootPlan, name: str
) -> tuple[int | None, str]:
    """Its exit code with an empty variable, None when it got healthy; and what it printed."""
    port = free_port()
    place = {"HOST": "127.0.0.1", "PORT": str(port), "METRICS_PORT": "0"}
    variables = {**program.variables, **plan.environment, **place, name: ""}
    child = context.processes.start(
        program.words, cwd=program.cwd, environment=context.running(subject, variables)
    )
    try:
        wait_for(
            lambda: ask(port, plan.process.health),
            lambda answer: answer.status == _OK,
            alive=lambda: child.code is None,
            seconds=context.limits.ready or plan.process.start_seconds,
        )
        code = child.code
    finally:
        context.processes.end(child)
    return code, child.output


def _stubs(plan: BootPlan, stack: ExitStack) -> dict[str, str]:
    """Where each service that it calls is stubs, by the variable that leads there."""
    return {name: stack.enter_context(Stub()).url for name in sorted(plan.stubs)}


def _proxies(plan: BootPlan, stubs: Mapping[str, str], stack: ExitStack) -> dict[str, Proxy]:
    """One in front of each thing that is cut off, by the variable that leads there."""
    return {
        name: stack.enter_context(Proxy(stubs.get(name) or plan.environment[name]))
        for name in sorted(plan.dependencies | plan.optional)
        if plan.cut
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """One running process, and what is asked of it in turn."""

    child: Child
    port: int
    limits: Limits
    proxies: Mapping[str, Proxy]
    plan: BootPlan

    @property
    def _ready(self) -> str:
        return self.plan.process.ready

    def faults(self) -> Iterator[str]:
        """What is wrong, step by step; an empty one means that the step went well."""
        seconds = self.limits.ready or self.plan.process.start_seconds
        yield self._comes_up("did not get ready", seconds)
        path = self.plan.process.health
        health = ask(self.port, path)
        yield "" if health.status == _OK else f"{path} answered {health}"
        for name, proxy in self.proxies.items():
            proxy.cut()
            yield self._stays(name) if name in self.plan.optional else self._tells(name)
            proxy.open()
            yield self._comes_up(f"did not get ready again when {name} was", self.limits.recovery)
        yield self._stops()

    def _comes_up(self, fault: str, seconds: float) -> str:
        came, last = self._wait(lambda answer: answer.status == _OK, seconds)
        return (
            "" if came else self._ended() or f"{fault}, in {seconds:g} s: {self._ready} said {last}"
        )

    def _tells(self, name: str) -> str:
        seconds = self.limits.unready
        came, _ = self._wait(lambda answer: answer.status != _OK, seconds)
        lie = f"{self._ready} lies: it still said 200 {seconds:g} s after {name} was cut off"
        return "" if came else self._ended() or lie

    def _stays(self, name: str) -> str:
        seconds = self.limits.steady
        left, last = self._wait(lambda answer: answer.status != _OK, seconds)
        fault = f"{name} is optional, but without it {self._ready} said {last}"
        return fault if left else self._ended()

    def _stops(self) -> str:
        self.child.send(signal.SIGTERM)
        seconds = self.limits.stop or self.plan.process.stop_seconds
        code = self.child.wait(seconds)
        if code is None:
            return f"still running {seconds:g} s after SIGTERM, and was killed"
        if code == -signal.SIGTERM:
            return "died of SIGTERM: it has no handler that stops it cleanly"
        return "" if code == 0 else f"exit code {code} after SIGTERM"

    def _ended(self) -> str:
        code = self.child.code
        return "" if code is None else f"the process ended by itself, with exit code {code}"

    def _wait(self, wanted: Callable[[Answer], bool], seconds: float) -> tuple[bool, Answer]:
        return wait_for(
            lambda: ask(self.port, self._ready),
            wanted,
            alive=lambda: self.child.code is None,
            seconds=seconds,
        )
