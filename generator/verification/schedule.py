"""Runs tasks in parallel, each one when what it waits for is done."""

import shlex
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime

from generator.verification.context import Context
from generator.verification.events import Event, Finished, Interrupted, OnEvent, Started
from generator.verification.model import Check, CheckResult, Outcome, Verdict
from generator.verification.plan import PRIORITY, Key, Task
from generator.verification.verdicts import not_run


def rerun_command(subject: str, check: Check) -> str:
    """The command that makes one check again; what is not green is never cached."""
    return shlex.join(["generator", "verify", subject, "--only", check.value])


class Schedule:
    """The results so far, and the threads that make the rest.

    Args:
        context: the run.
        on_event: told when a check starts and when it has its result.
    """

    def __init__(self, context: Context, on_event: OnEvent) -> None:
        self._context = context
        self._on_event = on_event
        self._telling = threading.Lock()
        self.results: dict[Key, CheckResult] = {}

    def tell(self, event: Event) -> None:
        """Pass an event on, one at a time."""
        with self._telling:
            self._on_event(event)

    def record(self, result: CheckResult) -> None:
        """Note a result and tell it."""
        self.results[result.subject, result.check] = result
        self.tell(Finished(result=result))

    def run(self, tasks: Sequence[Task]) -> None:
        """Run the tasks to the end.

        Raises:
            KeyboardInterrupt: after every program of the run was ended.
        """
        waiting = sorted(tasks, key=lambda task: PRIORITY.index(task.check))
        running: set[Future[CheckResult]] = set()
        with ThreadPoolExecutor(max_workers=max(self._context.options.jobs, 1)) as pool:
            try:
                while waiting or running:
                    waiting = [t for t in waiting if not self._begun(t, waiting, pool, running)]
                    if running:
                        done, running = wait(running, return_when=FIRST_COMPLETED)
                        for future in done:
                            self.record(future.result())
            except BaseException:
                self._context.processes.stop()
                self.tell(Interrupted())
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _begun(
        self,
        task: Task,
        waiting: Sequence[Task],
        pool: ThreadPoolExecutor,
        running: set[Future[CheckResult]],
    ) -> bool:
        """Whether the task needs no more waiting: it was started, or has its result already."""
        if task.after is not None and task.after not in self.results:
            if any(other.key == task.after for other in waiting) or running:
                return False
            raise LookupError(f"{task.key} waits for {task.after}, which is no part of this run")
        before = self.results.get(task.after) if task.after else None
        if before is None or before.outcome is Outcome.PASSED or task.soft:
            running.add(pool.submit(self._make, task))
        else:
            skipped = replace(not_run(f"{before.check} did not pass"), judged=before.judged)
            self.record(self._result(task, skipped, 0.0))
        return True

    def _make(self, task: Task) -> CheckResult:
        self.tell(Started(subject=task.subject, check=task.check))
        begun = time.monotonic()
        verdict = task.run()
        return self._result(task, verdict, time.monotonic() - begun)

    def _result(self, task: Task, verdict: Verdict, seconds: float) -> CheckResult:
        return CheckResult(
            subject=task.subject,
            check=task.check,
            outcome=verdict.outcome,
            rerun=rerun_command(task.subject, task.check),
            seconds=seconds,
            ran_at=datetime.now(UTC),
            reason=verdict.reason,
            command=verdict.command,
            output=verdict.output,
            tests=verdict.tests,
            judged=verdict.judged,
        )
