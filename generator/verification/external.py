"""Plays services of somebody else's while a process is started: by what its manifest names."""

import json
import shlex
from contextlib import ExitStack, suppress
from time import monotonic, sleep

from generator.verification.context import BootPlan, Context, Subject

_LOOK_SECONDS = 0.05


class ExternalStubError(Exception):
    """What is to play a service of somebody else's does not; the message says what it printed."""


def external_stubs(
    context: Context, subject: Subject, plan: BootPlan, stack: ExitStack
) -> dict[str, str]:
    """Where each service of somebody else's is played, by the variable that leads there.

    Raises:
        ExternalStubError: when one does not start.
    """
    return {
        name: _start_stub(context, subject, plan, name, stack)
        for name in sorted(plan.external_stubs)
    }


def _start_stub(
    context: Context, subject: Subject, plan: BootPlan, name: str, stack: ExitStack
) -> str:
    words = plan.external_stubs[name]
    program, *arguments = words
    child = context.processes.start(
        (context.tool(subject, program), *arguments),
        cwd=subject.folder,
        environment=context.running(subject),
    )
    stack.callback(context.processes.end, child)
    deadline = monotonic() + (context.limits.ready or plan.process.start_seconds)
    while child.code is None and monotonic() < deadline:
        if url := _announced(child.output, name):
            return url
        sleep(_LOOK_SECONDS)
    raise ExternalStubError(
        f"what plays {name} did not start ({shlex.join(words)}):\n{child.output}"
    )


def _announced(output: str, name: str) -> str:
    """The URL in the line of JSON that names the variable, if it was printed."""
    for line in output.splitlines():
        with suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict) and isinstance(found.get(name), str):
                return str(found[name])
    return ""
