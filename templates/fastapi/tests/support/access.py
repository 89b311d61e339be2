"""Callers without tokens, for tests that are not about who is asking."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID, uuid4

from fastapi import Request
from typing_extensions import override

from app.access import Access, Principal
from shared.fields import Role
from shared.lifecycle import Resource
from shared.web import Feature

T = TypeVar("T")


class FakeAccess(Access):
    """Takes every caller for one user, whom a test may change."""

    def __init__(self, role: Role = "admin") -> None:
        self.role, self.user_id = role, uuid4()
        self.ended: list[UUID] = []

    @override
    async def authenticate(self, request: Request) -> Principal:
        """Return the user."""
        request.state.caller = str(self.user_id)
        return Principal(self, self.user_id, uuid4())

    @override
    async def role_of(self, principal: Principal) -> Role:
        """Return the role."""
        return self.role

    @override
    async def end_sessions(self, user_id: UUID) -> None:
        """Write down whose were ended."""
        self.ended.append(user_id)

    @override
    async def notify_deactivated(self, user_id: UUID, version: int) -> None:
        """Tell nobody."""


def opened_to(access: Access, features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Return the features, with this in place of what finds out who is asking."""
    return replacing(Access, access, features)


def replacing(kind: type[T], fake: T, features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Return the features, with this in place of what they have of its kind."""
    kept = [
        replace(each, resources=tuple(r for r in each.resources if r.provides is not kind))
        for each in features
    ]
    given = Resource(provides=kind, factory=lambda _: fake)
    return (*kept, Feature(name="fake", resources=(given,)))
