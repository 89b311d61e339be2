"""Plays services of somebody else's while a process is started: by what its manifest names."""

import shlex
from contextlib import ExitStack

from generator.processes import announced_url
from generator.verification.context import BootPlan, Context, Subject


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
    seconds = context.limits.ready or plan.process.start_seconds
    if url := announced_url(child, name, seconds):
        return url
    raise ExternalStubError(
        f"what plays {name} did not start ({shlex.join(words)}):\n{child.output}"
    )
