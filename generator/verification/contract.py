"""Checks that the calls a suite recorded fit the contract of the service that is called.

The calls are recorded, and judged, by the workspace's own `shared.testing.contract`, in the
environment of the service: so the generator need not know how an OpenAPI document is read.
"""

import os
import re
import shutil
from pathlib import Path

from generator.verification.context import Context, Subject
from generator.verification.model import Outcome, Verdict
from generator.verification.options import ContractJob
from generator.verification.verdicts import failed, headline, not_run, verdict_of

_MODULE = "shared.testing.contract"
_FINDING = re.compile(r"[A-Z]+ /")
_FOUND = 1
_CALLS = "contract-calls.jsonl"


def forget_calls(context: Context, subject: Subject) -> None:
    """Remove what an earlier suite of this run recorded, so that it is not taken for this one's."""
    _calls_file(context, subject).unlink(missing_ok=True)


def contract_variables(context: Context, subject: Subject) -> dict[str, str]:
    """What tells a suite where to record its calls and what they must fit; empty without a link."""
    if subject.contract is None:
        return {}
    calls = _calls_file(context, subject)
    calls.touch()
    return {"CONTRACT_CALLS": str(calls), "CONTRACT_OPENAPI": str(subject.contract.openapi)}


def check_contract(context: Context, subject: Subject) -> Verdict:
    """Whether every call that the suite recorded fits, and it recorded one at all."""
    contract, calls = subject.contract, _calls_file(context, subject)
    if contract is None or not context.is_installed(subject) or not calls.exists():
        return not_run("its suite did not run, so there are no calls to look at")
    if not contract.openapi.is_file():
        place = os.path.relpath(contract.openapi, context.workspace.root)
        return failed(f"{contract.provider} has no {place} to check its calls by")
    made = len(calls.read_text(encoding="utf-8").splitlines())
    if made:
        return _judged(context, subject, contract, made)
    nothing = f"its suite recorded no call to {contract.provider}"
    if contract.must_call:
        return failed(f"{nothing}: check its client with {_MODULE}")
    return Verdict(outcome=Outcome.PASSED, reason=f"{nothing}, and none is expected yet")


def _judged(context: Context, subject: Subject, contract: ContractJob, made: int) -> Verdict:
    python, seconds = context.tool(subject, "python"), context.limits.command
    # What a person pastes reads a copy that outlives the run.
    calls = context.cache(subject) / _CALLS
    shutil.copyfile(_calls_file(context, subject), calls)
    files = (os.path.relpath(path, subject.folder) for path in (calls, contract.openapi))
    words = [python, "-m", _MODULE, *files]
    done = context.processes.run(
        words, cwd=subject.folder, environment=context.running(subject), seconds=seconds
    )
    verdict = verdict_of(done, command=context.shown(subject, *words), seconds=seconds)
    findings = [line for line in verdict.output.splitlines() if _FINDING.match(line)]
    if done.code == _FOUND and findings:
        return failed(headline(findings), command=verdict.command, output=verdict.output)
    if verdict.outcome is not Outcome.PASSED:
        return verdict
    reason = f"{made} {'call fits' if made == 1 else 'calls fit'} {contract.provider}"
    return Verdict(outcome=Outcome.PASSED, reason=reason, command=verdict.command)


def _calls_file(context: Context, subject: Subject) -> Path:
    return context.run_folder(subject) / _CALLS
