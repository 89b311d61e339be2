"""The files of the fake data service, as its contract has them."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request

from shared.testing.provider import Provider
from tests.support.people import Json, KeyReusedError

Record = dict[str, Any]
CURSOR_LENGTH = 32


class Files:
    """Files in memory, the newest last."""

    def __init__(self, nulls: Record) -> None:
        self._nulls = nulls
        self.reset()
        self.router = APIRouter(prefix="/api/v1")
        add = self.router.add_api_route
        add("/files", self.create, methods=["POST"], status_code=201)
        add("/users/{user_id:uuid}/files", self.of_user, methods=["GET"])

    def reset(self) -> None:
        """Begin anew: there is no file."""
        self.records: dict[str, Record] = {}
        # What was answered under a key, with the fingerprint of its request.
        self._answered: dict[str, tuple[str, Record]] = {}

    def add(self, **values: object) -> Record:
        """Add a file."""
        now = datetime.now(UTC).isoformat()
        file_id = str(uuid4())
        plain = {"status": "pending", "metadata": {}, "version": 1}
        times = {"created_at": now, "updated_at": now}
        record = {**self._nulls, "id": file_id, **plain, **values, **times}
        return self.records.setdefault(file_id, record)

    async def create(self, request: Request, body: Json) -> Record:
        """Add a file, once for a key."""
        key = request.headers["Idempotency-Key"]
        fingerprint = request.headers["Idempotency-Fingerprint"]
        known = self._answered.get(key)
        if known is None:
            known = self._answered[key] = fingerprint, self.add(**body)
        if known[0] != fingerprint:
            raise KeyReusedError("This key was used for another request.")
        return known[1]

    async def of_user(self, user_id: UUID, limit: int = 50, cursor: str = "") -> Record:
        """List those of one user, the newest first, from where the cursor says."""
        start = int(cursor.strip("-")) if cursor else 0
        own = [each for each in self.records.values() if each["owner_id"] == str(user_id)]
        more = start + limit < len(own)
        return {
            "items": own[::-1][start : start + limit],
            "next_cursor": str(start + limit).rjust(CURSOR_LENGTH, "-") if more else None,
        }


@cache
def _files(provider: Provider) -> Files:
    # Once for the run, and not included: making the routes anew takes longer than many a test.
    return Files(provider.nulls("FileRead"))


def files_of(provider: Provider) -> Files:
    """Have the data service serve files, none yet, and return them."""
    files = _files(provider)
    files.reset()
    provider.app.router.routes.extend(files.router.routes)
    return files
