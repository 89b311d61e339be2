"""The architecture rules of a subject, one entry each in one list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generator.verification.context import Context, Subject
from generator.verification.model import Outcome, Verdict
from generator.verification.rules.distributions import Installed, inspect_environment
from generator.verification.rules.drivers import find_drivers
from generator.verification.rules.imports import find_undeclared
from generator.verification.rules.leftovers import find_conflict_markers, find_rejects
from generator.verification.verdicts import failed, headline, not_run


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRule:
    """A rule about the subject's files alone: it holds even where nothing can be installed."""

    name: str
    find: Callable[[Subject], Iterator[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentRule:
    """A rule that also looks at what is installed in the subject's environment."""

    name: str
    find: Callable[[Subject, Installed], Iterator[str]]


TEXT_RULES = (
    TextRule(name="no-conflict-marker", find=find_conflict_markers),
    TextRule(name="no-reject", find=find_rejects),
)
ENVIRONMENT_RULES = (
    EnvironmentRule(name="no-undeclared-import", find=find_undeclared),
    EnvironmentRule(name="no-database-driver", find=find_drivers),
)


def check_rules(context: Context, subject: Subject) -> Verdict:
    """Whether every rule holds.

    Without an environment only the rules about files are looked at, and the check passes for
    no one.
    """
    findings = [f"{found} [{rule.name}]" for rule in TEXT_RULES for found in rule.find(subject)]
    installed = inspect_environment(context, subject)
    if installed is not None:
        findings += [
            f"{found} [{rule.name}]"
            for rule in ENVIRONMENT_RULES
            for found in rule.find(subject, installed)
        ]
    if findings:
        return failed(headline(findings), output="\n".join(findings))
    if installed is None:
        return not_run("its environment could not be made, and imports are judged by it")
    reason = f"{len(TEXT_RULES) + len(ENVIRONMENT_RULES)} rules hold"
    return Verdict(outcome=Outcome.PASSED, reason=reason)
