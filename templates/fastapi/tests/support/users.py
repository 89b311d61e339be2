"""The users of the fake data service, as its contract has them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Body, Depends, Request

from shared.errors import ConflictError, NotFoundError, UnavailableError
from shared.testing.provider import Provider
from tests.support.environment import has_key

CURSOR = "c" * 32

Record = dict[str, Any]
Json = Annotated[dict[str, Any], Body()]


class TakenError(ConflictError):
    """Another user has this address."""

    code = "already-taken"


class StaleError(ConflictError):
    """The user was changed meanwhile."""

    code = "stale-version"


class KeyReusedError(ConflictError):
    """This key came with another request."""

    code = "idempotency-key-reused"


class FakeUsers:
    """Users in memory."""

    def __init__(self, nulls: Record) -> None:
        self.nulls = nulls
        self.reset()
        self.router = APIRouter(prefix="/api/v1/users", dependencies=[Depends(has_key)])
        add = self.router.add_api_route
        add("", self.listed, methods=["GET"])
        add("", self.post, methods=["POST"], status_code=201)
        add("/by-email", self.by_email, methods=["GET"])
        add("/by-email/credentials", self.credentials, methods=["GET"])
        add("/{user_id:uuid}", self.get, methods=["GET"])
        add("/{user_id:uuid}", self.patch, methods=["PATCH"])
        add("/{user_id:uuid}/credentials", self.credentials_of, methods=["GET"])
        add("/{user_id:uuid}/credentials", self.set_credentials, methods=["PUT"])

    def reset(self) -> None:
        """Begin anew: nobody is known."""
        self.records: dict[str, Record] = {}
        self.queries: list[dict[str, str]] = []
        # What was answered under a key, with the fingerprint of its request.
        self.answered: dict[str, tuple[str, Record]] = {}
        self.lost_answers = 0

    async def post(self, request: Request, body: Json) -> Record:
        """Add a user, once for a key."""
        return await self.once(request, lambda: self.add(body))

    async def patch(self, request: Request, user_id: UUID, body: Json) -> Record:
        """Change one, once for a key."""
        return await self.once(request, lambda: self.change(user_id, body))

    async def once(self, request: Request, make: Callable[[], Awaitable[Record]]) -> Record:
        """Answer what was answered to this key; as many answers as a test says are lost."""
        key = request.headers.get("Idempotency-Key", "")
        fingerprint = request.headers.get("Idempotency-Fingerprint", "")
        known = self.answered.get(key)
        if known is not None and known[0] != fingerprint:
            raise KeyReusedError("This key was used for another request.")
        answer = known[1] if known is not None else await make()
        if key:
            self.answered[key] = fingerprint, answer
        if self.lost_answers:
            self.lost_answers -= 1
            raise UnavailableError("lost")
        return answer

    async def add(self, body: Json) -> Record:
        """Add a user; of one address there is one."""
        self.check_free(body)
        now = datetime.now(UTC).isoformat()
        times = {"created_at": now, "updated_at": now}
        user_id = str(uuid4())
        plain = {"role": "user", "is_active": True, "password_hash": None}
        self.records[user_id] = {
            **self.nulls,
            "id": user_id,
            **plain,
            **body,
            "version": 1,
            **times,
        }
        return shown(self.records[user_id])

    async def listed(self, request: Request) -> Record:
        """List all, whatever is asked for, and say that there is more."""
        self.queries.append(dict(request.query_params))
        return {"items": [shown(each) for each in self.records.values()], "next_cursor": CURSOR}

    async def get(self, user_id: UUID) -> Record:
        """Return one."""
        return shown(self.found(user_id))

    async def change(self, user_id: UUID, body: Json) -> Record:
        """Change one, if the version is the current one."""
        record = self.found(user_id)
        if body["version"] != (current := record["version"]):
            raise StaleError(f"This record is at version {current}.", current_version=current)
        self.check_free(body, record)
        record.update(body, version=current + 1)
        return shown(record)

    def check_free(self, body: Json, own: Record | None = None) -> None:
        """Raise `TakenError` if another one has this address."""
        email = body.get("email")
        if email and any(r["email"] == email for r in self.records.values() if r is not own):
            raise TakenError("Another record has this email.", field="email")

    async def by_email(self, email: str) -> Record:
        """Return the one with this address."""
        for record in self.records.values():
            if record["email"] == email:
                return shown(record)
        raise NotFoundError("There is no such user.")

    async def credentials(self, email: str) -> Record:
        """Return what it takes to log in."""
        return await self.credentials_of((await self.by_email(email))["id"])

    async def credentials_of(self, user_id: UUID) -> Record:
        """Return what it takes to log a user in."""
        record = self.found(user_id)
        names = ("id", "email", "email_verified_at", "is_active", "version", "password_hash")
        return {name: record[name] for name in names}

    async def set_credentials(self, user_id: UUID, body: Json) -> Record:
        """Store a new hash; one of the same password is no change."""
        if not body.pop("rehash", False):
            return await self.change(user_id, body)
        record = self.found(user_id)
        if body["version"] != (current := record["version"]):
            raise StaleError(f"This record is at version {current}.", current_version=current)
        record["password_hash"] = body["password_hash"]
        return shown(record)

    def found(self, user_id: object) -> Record:
        """Return the record. Raises `NotFoundError`."""
        try:
            return self.records[str(user_id)]
        except KeyError:
            raise NotFoundError("There is no such record in users.") from None


@cache
def _users_of(provider: Provider) -> FakeUsers:
    # Once for the run, and not included: making the routes anew takes longer than many a test.
    return FakeUsers(provider.nulls("UserRead"))


def serve_users(provider: Provider) -> FakeUsers:
    """Have the data service serve users, nobody yet, and return them."""
    users = _users_of(provider)
    users.reset()
    provider.app.router.routes.extend(users.router.routes)
    return users


def shown(record: Record) -> Record:
    """Return what everybody may see of a user."""
    return {name: value for name, value in record.items() if name != "password_hash"}
