"""What a verification says: checks, their outcomes, and the report that adds them up."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Check(StrEnum):
    """One thing that is checked; the value is the word for `--only`."""

    LOCK = "lock"
    WIRING = "wiring"
    COMPOSE = "compose"
    COMPOSE_RULES = "compose-rules"
    DOCKERFILES = "dockerfiles"
    WORKFLOWS = "workflows"
    WORKFLOW_SECURITY = "workflow-security"
    MESSAGES = "messages"
    ENVIRONMENT = "environment"
    LINT = "lint"
    FORMAT = "format"
    TYPES = "types"
    TESTS = "tests"
    CONTRACT = "contract"
    RULES = "rules"
    BOOT = "boot"
    IMAGE = "image"
    # Of a system that runs: these are not in `--only`.
    START = "start"
    SCENARIO = "scenario"
    RECOVERY = "recovery"


LIBRARY_CHECKS = (
    Check.ENVIRONMENT, Check.LINT, Check.FORMAT, Check.TYPES, Check.TESTS, Check.RULES,
)  # fmt: skip
SERVICE_CHECKS = (*LIBRARY_CHECKS, Check.BOOT)
SYSTEM_CHECKS = (Check.START, Check.SCENARIO, Check.RECOVERY)
# Of the workspace: they judge files and nothing else, so unchanged files need not be judged again.
FILE_CHECKS = frozenset({
    Check.COMPOSE, Check.COMPOSE_RULES, Check.DOCKERFILES, Check.WORKFLOWS,
    Check.WORKFLOW_SECURITY,
})  # fmt: skip
# Of a service that calls another one.
LINKED_CHECKS = (*SERVICE_CHECKS, Check.CONTRACT)

# The network, the disk or a check itself failed, so nobody knows whether there is a finding.
UNJUDGED_EXIT_CODE = 5

# The two subjects that are not services; both names are reserved, so no service has them.
WORKSPACE_SUBJECT = "workspace"
SHARED_SUBJECT = "shared"
# Who is checked by `--system`, beside the scenarios.
SYSTEM_SUBJECT = "system"


class Outcome(StrEnum):
    """How a check ended. Only `passed` means that it ran now and found nothing."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"
    CACHED = "cached"


@dataclass(frozen=True, kw_only=True, slots=True)
class TestCounts:
    """What a suite's own report counted.

    Attributes:
        why: why the first of the skipped tests was; empty when none was, or it did not say.
    """

    # The name begins with Test, and pytest collects what does.
    __test__ = False

    passed: int
    failed: int
    skipped: int
    why: str = ""

    @property
    def executed(self) -> int:
        """How many tests ran to an end."""
        return self.passed + self.failed


@dataclass(frozen=True, kw_only=True, slots=True)
class BackingUse:
    """A backing service that the checks ran on.

    Attributes:
        kind: `postgres`, `rabbitmq` or `redis`.
        provider: where it came from, such as `installed` or `docker`.
        version: the server's own; empty where it did not say.
        detail: one line about it for people; holds no password.
    """

    kind: str
    provider: str
    version: str
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a check found, before it is known whose it is.

    Attributes:
        outcome: never `cached`: a check itself runs or does not.
        reason: one line; why it is not green, or how much was checked when it is.
        command: what ran, to be pasted in the workspace's root; empty when it was no program.
        output: the end of what it printed; without escapes and secrets.
        tests: only for suites.
        judged: whether it says something about what was checked; a check that broke, and one that
            the network or the disk stopped, does not.
    """

    outcome: Outcome
    reason: str = ""
    command: str = ""
    output: str = ""
    tests: TestCounts | None = None
    judged: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """A verdict with its place and time.

    Attributes:
        subject: a service's name, `shared` or `workspace`.
        rerun: the command that runs this check again, from anywhere in the workspace.
        seconds: how long it took; of a cached one, how long it took when it ran.
        ran_at: when it ran.
    """

    subject: str
    check: Check
    outcome: Outcome
    rerun: str
    seconds: float
    ran_at: datetime
    reason: str = ""
    command: str = ""
    output: str = ""
    tests: TestCounts | None = None
    judged: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class SubjectReport:
    """All results of one service, of the shared library or of the workspace."""

    name: str
    kind: str
    results: tuple[CheckResult, ...]

    @property
    def green(self) -> bool:
        """Whether every check passed, now or when it was cached."""
        return all(r.outcome in {Outcome.PASSED, Outcome.CACHED} for r in self.results)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The whole verification.

    Attributes:
        workspace: the workspace's name.
        strict: whether a check that did not run is a finding.
        seconds: by the clock on the wall.
        backing: the backing services that the checks ran on; none when the cache knew it all.
    """

    workspace: str
    strict: bool
    started: datetime
    seconds: float
    subjects: tuple[SubjectReport, ...] = field(default=())
    backing: tuple[BackingUse, ...] = ()

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """Every result, in the order of the subjects."""
        return tuple(result for subject in self.subjects for result in subject.results)

    @property
    def totals(self) -> dict[Outcome, int]:
        """How many checks ended in each outcome; every outcome is there."""
        counted = Counter(result.outcome for result in self.results)
        return {outcome: counted[outcome] for outcome in Outcome}

    @property
    def skipped_tests(self) -> int:
        """How many tests of all suites did not run although their suite did."""
        return sum(result.tests.skipped for result in self.results if result.tests)

    @property
    def findings(self) -> tuple[CheckResult, ...]:
        """The results that make the verification red."""
        red = {Outcome.FAILED, Outcome.NOT_RUN} if self.strict else {Outcome.FAILED}
        return tuple(result for result in self.results if result.outcome in red)

    @property
    def exit_code(self) -> int:
        """0 when nothing was found, 1 when something was, 5 when what went wrong says nothing."""
        if any(result.judged for result in self.findings):
            return 1
        return 0 if all(result.judged for result in self.results) else UNJUDGED_EXIT_CODE
