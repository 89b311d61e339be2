"""The rules about accounts."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr

from app.auth.account_service import Accounts
from app.auth.errors import BadCredentialsError
from app.auth.passwords import PASSWORDS, Passwords
from app.auth.schemas import NewAccount
from app.auth.settings import AuthSettings
from app.features import Settings
from app.idempotency import NO_KEY
from app.user_gateway import User
from shared.errors import ForbiddenError
from shared.lifecycle import Lifecycle
from tests.auth.examples import EMAIL, PASSWORD
from tests.auth.fakes import FakeAccounts

OLD = Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1)


@pytest.fixture
def gateway() -> FakeAccounts:
    return FakeAccounts()


@pytest.fixture
async def accounts(settings: Settings, gateway: FakeAccounts) -> AsyncIterator[Accounts]:
    async with Lifecycle((PASSWORDS,), {AuthSettings: settings}) as resources:
        yield Accounts(gateway, resources.get(Passwords))


@pytest.fixture
async def ada(accounts: Accounts) -> User:
    return await accounts.register(
        NewAccount(name="Ada", email=EMAIL, password=SecretStr(PASSWORD)), NO_KEY
    )


async def test_only_address_and_password_together_identify(accounts: Accounts, ada: User) -> None:
    assert await accounts.identify(EMAIL, PASSWORD) == ada.id
    for email, password in ((EMAIL, f"{PASSWORD} "), ("bob@example.org", PASSWORD)):
        with pytest.raises(BadCredentialsError):
            await accounts.identify(email, password)


async def test_who_is_out_of_use_is_not_identified(
    accounts: Accounts, gateway: FakeAccounts, ada: User
) -> None:
    gateway.users[ada.id] = ada.model_copy(update={"is_active": False})
    with pytest.raises(BadCredentialsError):
        await accounts.identify(EMAIL, PASSWORD)
    assert await accounts.active(ada.id) is None


@pytest.mark.parametrize("busy", [True, False])
async def test_an_old_hash_is_replaced_if_that_can_be_done_at_once(
    accounts: Accounts, gateway: FakeAccounts, ada: User, *, busy: bool
) -> None:
    gateway.hashes[ada.id] = old = OLD.hash(PASSWORD)
    gateway.busy = busy
    assert await accounts.identify(EMAIL, PASSWORD) == ada.id
    assert (gateway.hashes[ada.id] == old) == busy


async def test_only_an_active_admin_is_one(
    accounts: Accounts, gateway: FakeAccounts, ada: User
) -> None:
    for changes in ({}, {"role": "admin", "is_active": False}):
        gateway.users[ada.id] = ada.model_copy(update=changes)
        with pytest.raises(ForbiddenError):
            await accounts.check_admin(ada.id)
    with pytest.raises(ForbiddenError):
        await accounts.check_admin(uuid4())
    gateway.users[ada.id] = ada.model_copy(update={"role": "admin"})
    await accounts.check_admin(ada.id)
