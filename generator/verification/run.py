"""Verifies a workspace: plans, asks the cache, runs what is left, and reports."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from generator.processes import Processes
from generator.uv import find_interpreter, find_uv
from generator.verification.cache import FOLDER, Cache
from generator.verification.context import Context, Subject
from generator.verification.events import OnEvent, Planned, Remaining
from generator.verification.fingerprint import fingerprints, workspace_fingerprint
from generator.verification.model import (
    FILE_CHECKS,
    WORKSPACE_SUBJECT,
    Check,
    Outcome,
    Report,
    SubjectReport,
)
from generator.verification.options import Options, ServiceJob, WorkspaceCheck
from generator.verification.plan import (
    Task,
    lock_task,
    service_subject,
    shared_subject,
    subject_tasks,
    workspace_tasks,
)
from generator.verification.schedule import Schedule
from generator.verification.scratch import Scratch
from generator.workspace import Workspace


def verify(
    workspace: Workspace,
    jobs: Sequence[ServiceJob],
    *,
    checks: Sequence[WorkspaceCheck],
    options: Options,
    on_event: OnEvent,
) -> Report:
    """Run every check that was asked for and that the cache does not answer.

    Args:
        workspace: where.
        jobs: the services to verify.
        checks: checks of the workspace that other floors know how to make.
        options: what to run and how.
        on_event: told of the progress; called from several threads, one at a time.

    Raises:
        MissingPrerequisiteError: when uv is missing.
        KeyboardInterrupt: as it came, after every program of the run was ended.
    """
    started, begun = datetime.now(UTC), time.monotonic()
    uv = find_uv()
    with Scratch(workspace.private_dir) as scratch, Processes() as processes:
        context = Context(
            workspace=workspace,
            processes=processes,
            options=options,
            uv=uv,
            python=find_interpreter(workspace.root),
            scratch=scratch,
        )
        subjects = _subjects(context, jobs)
        run = _Run(context, subjects, checks, on_event)
        run.execute()
    return Report(
        workspace=workspace.name,
        strict=options.strict,
        started=started,
        seconds=time.monotonic() - begun,
        subjects=run.reports(),
    )


def _subjects(context: Context, jobs: Sequence[ServiceJob]) -> tuple[Subject, ...]:
    options = context.options
    environment = options.shared_environment
    shared = shared_subject(context.workspace, environment) if options.shared else None
    services = tuple(service_subject(job) for job in jobs)
    return (shared, *services) if shared else services


class _Run:
    """One verification in progress."""

    def __init__(
        self,
        context: Context,
        subjects: Sequence[Subject],
        checks: Sequence[WorkspaceCheck],
        on_event: OnEvent,
    ) -> None:
        self._context = context
        self._options = context.options
        wanted = {subject.name: self._checks_of(subject) for subject in subjects}
        self._wanted = {name: checks for name, checks in wanted.items() if checks}
        self._subjects = {s.name: s for s in subjects if s.name in self._wanted}
        self._own = workspace_tasks(context, checks) if self._options.workspace else []
        self._schedule = Schedule(context, on_event)
        self._cache = Cache(context.workspace.private_dir / FOLDER)

    def execute(self) -> None:
        """Make all results."""
        self._schedule.tell(Planned(checks=tuple(self._planned().items())))
        lock = [lock_task(self._context)] if self._needs_lock() else []
        # Before the cache is asked: a lock file made anew is other content.
        self._schedule.run(lock)
        prints = self._fingerprints(self._wanted)
        remaining = {
            name: self._wanted[name] for name in prints if not self._answered(name, prints)
        }
        self._schedule.tell(Remaining(checks=tuple(remaining.items())))
        own_print = self._own_print()
        tasks = self._unanswered(own_print)
        for name, checks in remaining.items():
            tasks += subject_tasks(self._context, self._subjects[name], checks)
        self._schedule.run(tasks)
        self._remember({name: prints[name] for name in remaining})
        self._remember_own(own_print)

    def reports(self) -> tuple[SubjectReport, ...]:
        """The results by subject, each subject's in the order of its checks."""
        kinds = {name: subject.kind for name, subject in self._subjects.items()}
        results = self._schedule.results
        return tuple(
            SubjectReport(
                name=name,
                kind=kinds.get(name, WORKSPACE_SUBJECT),
                results=tuple(results[name, check] for check in checks),
            )
            for name, checks in self._planned().items()
        )

    def _checks_of(self, subject: Subject) -> tuple[Check, ...]:
        wanted = {check for check in subject.checks if self._options.wants(check)}
        # Whatever is run needs the environment, and calls are made by the suite: so these are run
        # and reported too.
        needed = {Check.ENVIRONMENT} if wanted else set()
        needed |= {Check.TESTS} if Check.CONTRACT in wanted else set()
        return tuple(check for check in subject.checks if check in wanted | needed)

    def _needs_lock(self) -> bool:
        asked = self._options.workspace and self._options.wants(Check.LOCK)
        return bool(self._wanted) or asked

    def _planned(self) -> dict[str, tuple[Check, ...]]:
        own = [Check.LOCK] if self._needs_lock() else []
        own += [task.check for task in self._own]
        planned = {WORKSPACE_SUBJECT: tuple(own)} if own else {}
        return planned | self._wanted

    def _fingerprints(self, names: Iterable[str]) -> dict[str, str]:
        return fingerprints(
            self._context, [(self._subjects[name], self._wanted[name]) for name in names]
        )

    def _answered(self, name: str, prints: Mapping[str, str]) -> bool:
        """Whether the cache knows every result of a subject; then they are recorded."""
        found = self._cache.find(name, prints[name]) if self._options.use_cache else ()
        if {result.check for result in found} != set(self._wanted[name]):
            return False
        for result in found:
            self._schedule.record(result)
        return True

    def _own_print(self) -> str:
        """The fingerprint of the workspace's checks of files; empty when there are none."""
        judged = any(task.check in FILE_CHECKS for task in self._own)
        return workspace_fingerprint(self._context) if judged else ""

    def _unanswered(self, own_print: str) -> list[Task]:
        """The workspace's checks whose results the cache does not know; the others are recorded."""
        found = self._cache.find(WORKSPACE_SUBJECT, own_print) if self._options.use_cache else ()
        answers = {result.check: result for result in found if result.check in FILE_CHECKS}
        for task in self._own:
            if task.check in answers:
                self._schedule.record(answers[task.check])
        return [task for task in self._own if task.check not in answers]

    def _remember_own(self, before: str) -> None:
        results = [self._schedule.results[task.key] for task in self._own]
        passed = [
            one for one in results if one.check in FILE_CHECKS and one.outcome is Outcome.PASSED
        ]
        if passed and self._own_print() == before:
            known = {one.check: one for one in self._cache.find(WORKSPACE_SUBJECT, before)}
            known |= {one.check: one for one in passed}
            self._cache.store(WORKSPACE_SUBJECT, before, tuple(known.values()))

    def _remember(self, before: Mapping[str, str]) -> None:
        # What was edited while it ran was not verified as it is now, nor as it was.
        for name, after in self._fingerprints(before).items() if before else ():
            if after == before[name]:
                results = [self._schedule.results[name, check] for check in self._wanted[name]]
                self._cache.store(name, after, results)
