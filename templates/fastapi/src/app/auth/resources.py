"""What auth opens: its rules with the parts that they work with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.auth.account_service import Accounts
from app.auth.gateway import DataServiceAccounts
from app.auth.limits import LIMITS
from app.auth.passwords import PASSWORDS, Passwords
from app.auth.revocations import REVOCATIONS, Revocations
from app.auth.session_service import Sessions
from app.auth.tokens import TOKENS, Tokens
from app.data_service import DATA_SERVICE
from app.redis import STATE
from app.user_gateway import UserGateway
from shared.http import CLIENT_METRICS, DataServiceClient
from shared.lifecycle import Resource, Resources


@asynccontextmanager
async def open_accounts(resources: Resources) -> AsyncIterator[Accounts]:
    """Use the data service's client."""
    gateway = DataServiceAccounts(resources.get(DataServiceClient), resources.get(UserGateway))
    yield Accounts(gateway, resources.get(Passwords))


@asynccontextmanager
async def open_sessions(resources: Resources) -> AsyncIterator[Sessions]:
    """Use the accounts, tokens and revocations of this process."""
    tokens, revocations = resources.get(Tokens), resources.get(Revocations)
    yield Sessions(resources.get(Accounts), tokens, revocations)


ACCOUNTS = Resource(
    provides=Accounts, open=open_accounts, requires=(DataServiceClient, UserGateway, Passwords)
)
SESSIONS = Resource(provides=Sessions, open=open_sessions, requires=(Accounts, Tokens, Revocations))
_PARTS = (STATE, PASSWORDS, TOKENS, REVOCATIONS, LIMITS)
RESOURCES = (CLIENT_METRICS, DATA_SERVICE, *_PARTS, ACCOUNTS, SESSIONS)
