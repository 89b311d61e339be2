"""Registration, the user who is asking, and what people change about their accounts."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, Response, status

from app.access import SignedIn, anyone
from app.auth.account_changes import AccountChanges
from app.auth.accounts import Accounts
from app.auth.limits import Limits
from app.auth.messages import Messenger
from app.auth.registration import Registration
from app.auth.schemas import (
    AddressChange,
    AddressConfirmation,
    AwaitingConfirmation,
    ConfirmRegistration,
    EmailOnly,
    NewAccount,
    PasswordChange,
    PasswordReset,
)
from app.auth.settings import AuthSettings
from app.auth.tokens import refused
from app.idempotency import IdempotencyKey, Idempotent
from app.routing import api_router
from app.user_gateway import User
from shared.contracts.accounts import AccountMessage
from shared.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    PayloadTooLargeError,
    TooManyRequestsError,
    UnauthorizedError,
)
from shared.problem import problem_responses
from shared.web import SetLocation, instance, resource

Settings = Annotated[AuthSettings, Depends(resource(AuthSettings))]
AccountStore = Annotated[Accounts, Depends(resource(Accounts))]
Changes = Annotated[AccountChanges, Depends(resource(AccountChanges))]
Registrations = Annotated[Registration, Depends(resource(Registration))]

LIMITED = problem_responses(PayloadTooLargeError, TooManyRequestsError)
PASSWORD = problem_responses(ForbiddenError, ConflictError) | LIMITED
PROOF = problem_responses(BadRequestError, ConflictError, PayloadTooLargeError)
SENT = status.HTTP_202_ACCEPTED

router = api_router("users")


class Aftermath:
    """What a request leads to once it is answered: the answer's time tells nothing of it."""

    def __init__(
        self,
        messenger: Annotated[Messenger, Depends(resource(Messenger))],
        background: BackgroundTasks,
    ) -> None:
        self.check_messages, self.add = messenger.check, background.add_task
        self._messenger = messenger

    def notify(self, message: AccountMessage) -> None:
        """Tell a user what was done."""
        self.add(self._messenger.notify, message)


After = Annotated[Aftermath, Depends(instance(Aftermath))]


class Registering:
    """One registration: done at once, or begun, and gone on with after the answer."""

    def __init__(
        self,
        settings: Settings,
        registrations: Registrations,
        after: After,
        set_location: SetLocation,
    ) -> None:
        self.is_confirmed = settings.confirm_addresses
        self.add, self.set_location = registrations.add, set_location
        self._registrations, self._after = registrations, after

    async def begin(self, new: NewAccount, _: IdempotencyKey) -> AwaitingConfirmation:
        """Hash the password and answer; who gets which message is found out after that."""
        pending, answer = await self._registrations.begin(new)
        self._after.add(self._registrations.invite, pending)
        return answer


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(anyone)],
    responses=problem_responses(ConflictError) | LIMITED | {SENT: {"model": AwaitingConfirmation}},
)
async def register_user(
    registering: Annotated[Registering, Depends(instance(Registering))],
    limits: Limits,
    idempotent: Idempotent,
    response: Response,
    body: NewAccount,
) -> User | AwaitingConfirmation:
    """Register a user; a taken e-mail address is a 409 that names the field.

    If addresses are confirmed it is a 202 for every address, and a message goes to it: with a token
    for `/users/confirm`, or that there is an account already.
    """
    await limits.take_registration()
    if registering.is_confirmed:
        await limits.take_message(body.email)
        response.status_code = SENT
        begin = registering.begin
        return await idempotent(body, lambda key: begin(body, key), into=AwaitingConfirmation)
    user = await idempotent(body, lambda key: registering.add(body, key), into=User)
    registering.set_location(user.id)
    return user


@router.post(
    "/confirm",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(anyone)],
    responses=PROOF | problem_responses(UnauthorizedError),
)
async def confirm_registration(
    registrations: Registrations, set_location: SetLocation, body: ConfirmRegistration
) -> User:
    """Complete a registration with the token from the message and the password."""
    user = await registrations.confirm(body.token, body.password.get_secret_value())
    set_location(user.id, collection=router.prefix)
    return user


@router.post("/confirm/resend", status_code=SENT, dependencies=[Depends(anyone)], responses=LIMITED)
async def resend_confirmation(
    registrations: Registrations,
    limits: Limits,
    after: After,
    body: EmailOnly,
) -> None:
    """Send the message of a registration again; whether there is one is not told."""
    after.check_messages()
    await limits.take_message(body.email)
    after.add(registrations.resend, body.email)


@router.get("/me")
async def get_me(accounts: AccountStore, principal: SignedIn) -> User:
    """Read the user who is asking."""
    user = await accounts.active(principal.user_id)
    if user is None:
        raise refused("access")
    return user


@router.put("/me/password", status_code=status.HTTP_204_NO_CONTENT, responses=PASSWORD)
async def change_password(
    changes: Changes,
    limits: Limits,
    after: After,
    principal: SignedIn,
    body: PasswordChange,
) -> None:
    """Change the password, and end all other sessions."""
    current = body.current_password.get_secret_value()
    async with limits.failures("password", str(principal.user_id)):
        message = await changes.change_password(
            principal, current, body.new_password.get_secret_value()
        )
    after.notify(message)


@router.post("/password/forgotten", status_code=SENT, dependencies=[Depends(anyone)])
async def forget_password(
    changes: Changes,
    limits: Limits,
    after: After,
    body: EmailOnly,
) -> None:
    """Send a token to reset the password with; whether there is an account is not told."""
    after.check_messages()
    await limits.take_message(body.email)
    after.add(changes.send_reset, body.email)


@router.post(
    "/password/reset",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[Depends(anyone)],
    responses=PROOF,
)
async def reset_password(changes: Changes, after: After, body: PasswordReset) -> None:
    """Set a new password with the token from the message, and end all sessions."""
    message = await changes.reset_password(body.token, body.new_password.get_secret_value())
    after.notify(message)


@router.post("/me/email", status_code=SENT, responses=PASSWORD)
async def change_address(
    changes: Changes, limits: Limits, principal: SignedIn, body: AddressChange
) -> None:
    """Send a token to the new address; it becomes the user's once the token comes back."""
    await limits.take_message(body.email)
    async with limits.failures("password", str(principal.user_id)):
        await changes.send_address_proof(principal, body.password.get_secret_value(), body.email)


@router.post("/email/confirm", dependencies=[Depends(anyone)], responses=PROOF)
async def confirm_address(changes: Changes, after: After, body: AddressConfirmation) -> User:
    """Change the address with the token from the message; the old address is told of it."""
    user, message = await changes.confirm_address(body.token)
    after.notify(message)
    return user
