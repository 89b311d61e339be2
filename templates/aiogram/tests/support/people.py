"""The users of the fake data service, as its contract has them."""

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Body

from shared.errors import ConflictError, NotFoundError
from shared.testing.provider import Provider

Record = dict[str, Any]
Json = Annotated[dict[str, Any], Body()]


class TakenError(ConflictError):
    """Another user has this Telegram id."""

    code = "already-taken"


class StaleError(ConflictError):
    """The user was changed meanwhile."""

    code = "stale-version"


class KeyReusedError(ConflictError):
    """This key came with another request."""

    code = "idempotency-key-reused"


class People:
    """Users in memory."""

    def __init__(self, nulls: Record) -> None:
        self._nulls = nulls
        self.reset()
        self.router = APIRouter(prefix="/api/v1/users")
        add = self.router.add_api_route
        add("", self.listed, methods=["GET"])
        add("", self.create, methods=["POST"], status_code=201)
        add("/by-telegram-id/{telegram_id:int}", self.by_telegram_id, methods=["GET"])
        add("/{user_id:uuid}", self.change, methods=["PATCH"])

    def reset(self) -> None:
        """Begin anew: nobody is known."""
        self.records: dict[str, Record] = {}
        # Runs before a user is looked for or changed: somebody else is faster.
        self.before: list[Any] = []

    def add(self, **values: object) -> Record:
        """Add a user."""
        now = datetime.now(UTC).isoformat()
        user_id = str(uuid4())
        times = {"created_at": now, "updated_at": now}
        plain = {"name": "Ann", "role": "user", "is_active": True, "version": 1}
        record = {**self._nulls, "id": user_id, **plain, **values, **times}
        return self.records.setdefault(user_id, record)

    def of(self, telegram_id: int) -> Record | None:
        """Return the user with this Telegram id."""
        found = (r for r in self.records.values() if r["telegram_id"] == telegram_id)
        return next(found, None)

    async def create(self, body: Json) -> Record:
        """Add a user; of one Telegram id there is one."""
        self._interfere()
        if self.of(body["telegram_id"]):
            raise TakenError("Another record has this telegram_id.", field="telegram_id")
        return self.add(**body)

    async def by_telegram_id(self, telegram_id: int) -> Record:
        """Return one."""
        if (record := self.of(telegram_id)) is None:
            raise NotFoundError("There is no such record in users.")
        return record

    async def change(self, user_id: UUID, body: Json) -> Record:
        """Change one, if the version is the current one."""
        self._interfere()
        record = self.records[str(user_id)]
        if body["version"] != (current := record["version"]):
            raise StaleError(f"This record is at version {current}.", current_version=current)
        record.update(body, version=current + 1)
        return record

    async def listed(self, limit: int = 50, cursor: str = "") -> Record:
        """List some, from where the cursor says."""
        start = int(cursor.strip("-")) if cursor else 0
        records = list(self.records.values())
        more = start + limit < len(records)
        return {
            "items": records[start : start + limit],
            "next_cursor": str(start + limit).rjust(32, "-") if more else None,
        }

    def _interfere(self) -> None:
        while self.before:
            self.before.pop(0)()


@cache
def _people(provider: Provider) -> People:
    # Once for the run, and not included: making the routes anew takes longer than many a test.
    return People(provider.nulls("UserRead"))


def people_of(provider: Provider) -> People:
    """Have the data service serve users, nobody yet, and return them."""
    people = _people(provider)
    people.reset()
    provider.app.router.routes.extend(people.router.routes)
    return people
