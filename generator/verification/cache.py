"""Remembers which contents were found green, so that they need not be verified again."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from generator.errors import DestinationRefusedError, DiskError
from generator.files import write_atomically
from generator.verification.model import Check, CheckResult, Outcome, TestCounts

_SCHEMA = 1
# In the workspace's private folder.
FOLDER = "verified"
# Enough for going back and forth between a few branches.
KEPT_PER_SUBJECT = 20
_GREEN = frozenset({Outcome.PASSED, Outcome.CACHED})


class Cache:
    """Green results by the fingerprint of what they were found on.

    Args:
        folder: where they are kept; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, subject: str, fingerprint: str) -> tuple[CheckResult, ...]:
        """The results, as cached ones; empty when there are none or they cannot be read."""
        try:
            raw = json.loads(self._path(subject, fingerprint).read_text(encoding="utf-8"))
            if raw["schema"] != _SCHEMA:
                return ()
            return tuple(_read(subject, entry) for entry in raw["results"])
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def store(self, subject: str, fingerprint: str, results: Sequence[CheckResult]) -> None:
        """Keep results if every one of them is green; a full disk costs no more than the cache."""
        if not results or any(result.outcome not in _GREEN for result in results):
            return
        content = {"schema": _SCHEMA, "results": [_written(result) for result in results]}
        with suppress(DestinationRefusedError, DiskError):
            write_atomically(
                self._path(subject, fingerprint),
                json.dumps(content, indent=1) + "\n",
                scratch=self._folder,
            )
        self._forget(subject)

    def _path(self, subject: str, fingerprint: str) -> Path:
        return self._folder / subject / f"{fingerprint}.json"

    def _forget(self, subject: str) -> None:
        with suppress(OSError):
            kept = sorted(
                (self._folder / subject).glob("*.json"),
                key=lambda path: path.stat().st_mtime,
                reverse=True,
            )
            for path in kept[KEPT_PER_SUBJECT:]:
                path.unlink()


def _written(result: CheckResult) -> dict[str, Any]:
    counts = result.tests
    return {
        "check": result.check.value,
        "rerun": result.rerun,
        "seconds": result.seconds,
        "ran_at": result.ran_at.isoformat(),
        "reason": result.reason,
        "command": result.command,
        "tests": counts and [counts.passed, counts.failed, counts.skipped],
    }


def _read(subject: str, entry: dict[str, Any]) -> CheckResult:
    counts = entry["tests"]
    return CheckResult(
        subject=subject,
        check=Check(entry["check"]),
        outcome=Outcome.CACHED,
        rerun=str(entry["rerun"]),
        seconds=float(entry["seconds"]),
        ran_at=datetime.fromisoformat(entry["ran_at"]),
        reason=str(entry["reason"]),
        command=str(entry["command"]),
        tests=TestCounts(passed=counts[0], failed=counts[1], skipped=counts[2]) if counts else None,
    )


def last_green(private_dir: Path, subject: str) -> datetime | None:
    """When checks of a subject last passed here; None when they never did, or it is forgotten."""
    places = (private_dir / FOLDER / subject).glob("*.json")
    newest = max(places, key=lambda path: path.stat().st_mtime, default=None)
    if newest is None:
        return None
    found = Cache(private_dir / FOLDER).find(subject, newest.stem)
    return max((result.ran_at for result in found), default=None)
