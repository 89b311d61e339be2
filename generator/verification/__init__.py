"""Runs the checks of services, shared library and workspace, and reports what they found."""

from generator.verification.changed import changed_services
from generator.verification.events import (
    Event,
    Finished,
    Interrupted,
    OnEvent,
    Planned,
    Remaining,
    Started,
    ignore,
)
from generator.verification.file_list import list_files
from generator.verification.model import (
    SHARED_SUBJECT,
    SYSTEM_CHECKS,
    SYSTEM_SUBJECT,
    WORKSPACE_SUBJECT,
    BackingUse,
    Check,
    CheckResult,
    Outcome,
    Report,
    SubjectReport,
    TestCounts,
    Verdict,
)
from generator.verification.options import (
    ContractJob,
    Limits,
    Options,
    ServiceJob,
    WorkspaceCheck,
)
from generator.verification.run import verify
from generator.verification.scenarios import Scenario, find_scenarios, play
from generator.verification.scratch import Scratch
from generator.verification.shards import Shard, parse_shard

__all__ = [
    "SHARED_SUBJECT",
    "SYSTEM_CHECKS",
    "SYSTEM_SUBJECT",
    "WORKSPACE_SUBJECT",
    "BackingUse",
    "Check",
    "CheckResult",
    "ContractJob",
    "Event",
    "Finished",
    "Interrupted",
    "Limits",
    "OnEvent",
    "Options",
    "Outcome",
    "Planned",
    "Remaining",
    "Report",
    "Scenario",
    "Scratch",
    "ServiceJob",
    "Shard",
    "Started",
    "SubjectReport",
    "TestCounts",
    "Verdict",
    "WorkspaceCheck",
    "changed_services",
    "find_scenarios",
    "ignore",
    "list_files",
    "parse_shard",
    "play",
    "verify",
]
