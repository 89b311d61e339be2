"""Works out who is checked for what, and which check must wait for which."""

import tomllib
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from generator.errors import GeneratorError, MissingPrerequisiteError
from generator.processes import StoppedError
from generator.verification.boot import check_boot
from generator.verification.code_checks import check_format, check_lint, check_types
from generator.verification.compose import check_compose
from generator.verification.context import BootPlan, Context, Subject
from generator.verification.contract import check_contract
from generator.verification.image import DOCKERFILE, check_image
from generator.verification.linters import linter_checks
from generator.verification.model import (
    LIBRARY_CHECKS,
    LINKED_CHECKS,
    SERVICE_CHECKS,
    SHARED_SUBJECT,
    WORKSPACE_SUBJECT,
    Check,
    Outcome,
    Verdict,
)
from generator.verification.options import ServiceJob, WorkspaceCheck
from generator.verification.rules import check_rules
from generator.verification.rules.drivers import DRIVERS
from generator.verification.suite import check_tests
from generator.verification.venvs import check_environment, check_lock
from generator.verification.verdicts import failed, headline, not_run, unjudged
from generator.workspace import Workspace

# What takes long comes first, so that the last core is not left with it at the end.
PRIORITY = (
    Check.LOCK, Check.ENVIRONMENT, Check.TESTS, Check.BOOT, Check.IMAGE, Check.TYPES,
    Check.COMPOSE, Check.COMPOSE_RULES, Check.WIRING, Check.MESSAGES, Check.CONTRACT, Check.LINT,
    Check.RULES, Check.FORMAT, Check.WORKFLOW_SECURITY, Check.DOCKERFILES, Check.WORKFLOWS,
)  # fmt: skip

_CHECKS: dict[Check, Callable[[Context, Subject], Verdict]] = {
    Check.ENVIRONMENT: check_environment,
    Check.LINT: check_lint,
    Check.FORMAT: check_format,
    Check.TYPES: check_types,
    Check.TESTS: check_tests,
    Check.CONTRACT: check_contract,
    Check.RULES: check_rules,
    Check.BOOT: check_boot,
    Check.IMAGE: check_image,
}

Key = tuple[str, Check]
Answer = TypeVar("Answer", bound=Verdict | None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One check of one subject.

    Attributes:
        subject: its name.
        run: makes the check.
        after: what it waits for, if that is part of this run.
        soft: whether it runs even when what it waited for did not go well.
    """

    subject: str
    check: Check
    run: Callable[[], Verdict]
    after: Key | None = None
    soft: bool = False

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.subject, self.check


def service_subject(job: ServiceJob) -> Subject:
    """A service as the checks see it."""
    checks = LINKED_CHECKS if job.contracts else SERVICE_CHECKS
    if (job.folder / DOCKERFILE).is_file():
        checks = (*checks, Check.IMAGE)
    return Subject(
        name=job.name,
        kind="service",
        folder=job.folder,
        package=job.name,
        checks=checks,
        drivers=DRIVERS if job.spec.owns_database else job.spec.drivers,
        environment=job.environment,
        boot=BootPlan(
            process=job.spec.process,
            environment=job.boot_environment,
            dependencies=job.dependencies,
            optional=job.optional,
            stubs=job.stubs,
            external_stubs=job.external_stubs,
            required=job.required,
        ),
        contracts=job.contracts,
    )


def shared_subject(workspace: Workspace, environment: Mapping[str, str]) -> Subject | None:
    """The shared library as the checks see it; None when the workspace has none."""
    folder = workspace.root / "shared"
    if not (folder / "pyproject.toml").is_file():
        return None
    try:
        content = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        content = {}
    return Subject(
        name=SHARED_SUBJECT,
        kind="library",
        folder=folder,
        package=content.get("project", {}).get("name", SHARED_SUBJECT),
        checks=LIBRARY_CHECKS,
        # Its test helpers may; what a service gets of it is judged in the service.
        drivers=DRIVERS,
        environment=environment,
    )


def subject_tasks(context: Context, subject: Subject, checks: Sequence[Check]) -> list[Task]:
    """The tasks of one subject: all wait for its environment, which waits for the lock."""
    environment = (subject.name, Check.ENVIRONMENT)
    after = {
        Check.ENVIRONMENT: (WORKSPACE_SUBJECT, Check.LOCK),
        Check.CONTRACT: (subject.name, Check.TESTS),
    }
    return [
        Task(
            subject=subject.name,
            check=check,
            run=partial(_of_subject, _CHECKS[check], context, subject),
            after=after.get(check, environment),
            # Some rules hold without an environment, and tell why there is none. A red suite may
            # be red because of the very call that the contract check names.
            soft=check in {Check.RULES, Check.CONTRACT},
        )
        for check in checks
    ]


def workspace_tasks(context: Context, given: Sequence[WorkspaceCheck]) -> list[Task]:
    """The tasks of the workspace itself, but for the lock."""
    compose = partial(check_compose, context)
    tasks = [Task(subject=WORKSPACE_SUBJECT, check=Check.COMPOSE, run=compose)]
    tasks += [
        Task(subject=WORKSPACE_SUBJECT, check=one.check, run=partial(_given, one)) for one in given
    ]
    tasks += [
        Task(subject=WORKSPACE_SUBJECT, check=check, run=run)
        for check, run in linter_checks(context)
    ]
    return [task for task in tasks if context.options.wants(task.check)]


def lock_task(context: Context) -> Task:
    """The task that everything installed waits for."""
    return Task(subject=WORKSPACE_SUBJECT, check=Check.LOCK, run=partial(check_lock, context))


def _of_subject(
    check: Callable[[Context, Subject], Verdict], context: Context, subject: Subject
) -> Verdict:
    return guarded(partial(check, context, subject))


def guarded(check: Callable[[], Answer]) -> Answer | Verdict:
    """What a check answers, or that it failed in itself: never the end of the run."""
    try:
        return check()
    except OSError as error:
        return unjudged(not_run(f"could not be made: {error}"))
    except MissingPrerequisiteError as error:
        return not_run(error.message, output=error.hint)
    except StoppedError:
        raise
    except Exception as error:  # noqa: BLE001 - one odd file must not take all other results along
        said = " ".join(str(error).split())
        broken = failed(
            f"the check itself failed: {type(error).__name__}: {said}",
            output="".join(traceback.format_exception(error)),
        )
        return unjudged(broken)


def _given(check: WorkspaceCheck) -> Verdict:
    try:
        findings = check.find()
    except GeneratorError as error:
        return failed(error.message, output="\n".join(filter(None, (error.message, error.hint))))
    told = check.told()
    if not findings:
        return Verdict(outcome=Outcome.PASSED, reason=told)
    return failed(headline(findings), output="\n".join(filter(None, (*findings, told))))
