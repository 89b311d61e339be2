"""Checks that the calls a suite recorded fit the contract of the service that is called.

The calls are recorded, and judged, by the workspace's own `shared.testing.contract`, in the
environment of the service: so the generator need not know how an OpenAPI document is read.
"""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

from generator.verification.context import Context, Subject
from generator.verification.model import Outcome, Verdict
from generator.verification.options import ContractJob
from generator.verification.verdicts import failed, headline, not_run, verdict_of

_MODULE = "shared.testing.contract"
_FINDING = re.compile(r"[A-Z]+ /")
_FOUND = 1


def forget_calls(context: Context, subject: Subject) -> None:
    """Remove what an earlier suite of this run recorded, so that it is not taken for this one's."""
    for contract in subject.contracts:
        _calls_file(context, subject, contract).unlink(missing_ok=True)


def contract_variables(context: Context, subject: Subject) -> dict[str, str]:
    """What tells a suite where to record its calls and what they must fit; empty without a link.

    Each link has variables of its own, and the first one also those without a link's name.
    """
    variables: dict[str, str] = {}
    for number, contract in enumerate(subject.contracts):
        calls = _calls_file(context, subject, contract)
        calls.touch()
        for end in (f"_{contract.link}", *([""] if number == 0 else [])):
            variables[f"CONTRACT_CALLS{end}"] = str(calls)
            variables[f"CONTRACT_OPENAPI{end}"] = str(contract.openapi)
    return variables


def check_contract(context: Context, subject: Subject) -> Verdict:
    """Whether every call that the suite recorded fits, and it recorded one to each provider."""
    verdicts = [_check(context, subject, contract) for contract in subject.contracts]
    for outcome in (Outcome.FAILED, Outcome.NOT_RUN):
        found = [verdict for verdict in verdicts if verdict.outcome is outcome]
        if found:
            return replace(found[0], output="\n".join(filter(None, (v.output for v in found))))
    return replace(verdicts[0], reason=", ".join(verdict.reason for verdict in verdicts))


def _check(context: Context, subject: Subject, contract: ContractJob) -> Verdict:
    calls = _calls_file(context, subject, contract)
    if not context.is_installed(subject) or not calls.exists():
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
    recorded = _calls_file(context, subject, contract)
    calls = context.cache(subject) / recorded.name
    shutil.copyfile(recorded, calls)
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


def _calls_file(context: Context, subject: Subject, contract: ContractJob) -> Path:
    name = contract.link.lower().replace("_", "-")
    return context.run_folder(subject) / f"contract-calls-{name}.jsonl"
