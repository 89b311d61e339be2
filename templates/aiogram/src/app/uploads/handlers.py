"""Takes photos and documents, alone or as an album, and answers each with one message."""

from uuid import UUID

from aiogram import Bot, F
from aiogram.types import Message, User

from app.errors import RetryLaterError
from app.feature import EVERYONE, Handler
from app.telegram import send_html
from app.translations import current_language
from app.uploads import texts
from app.uploads.attachments import attachment_of
from app.uploads.gateway import File
from app.uploads.pending import PendingUploads
from app.uploads.service import NotTakenError, Uploads, is_picture
from app.users import Users
from shared.errors import UnavailableError
from shared.lifecycle import Resources


async def take(
    message: Message,
    album: tuple[Message, ...],
    bot: Bot,
    event_from_user: User,
    resources: Resources,
) -> None:
    """Save what was sent, say so, and have its pictures processed."""
    try:
        user, _ = await resources.get(Users).ensure(event_from_user)
        await _take(bot, album or (message,), user.id, resources)
    except UnavailableError as error:
        # What is done stays done; the rest is done by the next attempt.
        raise RetryLaterError(str(error)) from error


async def _take(
    bot: Bot, messages: tuple[Message, ...], owner_id: UUID, resources: Resources
) -> None:
    uploads, pending = resources.get(Uploads), resources.get(PendingUploads)
    files, refused = await _keep(bot, messages, owner_id, uploads)
    pictures = [file for file in files if is_picture(file.content_type)]
    first, named = messages[0], {file.id: file.name for file in pictures}
    upload = await pending.begin(first.chat.id, first.message_id, current_language(), named)
    # Told before the task is given: its result may be there in a moment, and changes this message.
    if await pending.status_of(upload) is None:
        text = texts.saved([file.name for file in files], len(pictures), refused)
        await pending.keep_status(upload, await send_html(bot, first.chat.id, text))
    for file in pictures:
        await uploads.process(file)


async def _keep(
    bot: Bot, messages: tuple[Message, ...], owner_id: UUID, uploads: Uploads
) -> tuple[list[File], list[str]]:
    """Return the files that were saved, and for each other one why it was not."""
    files, refused = [], []
    for each in messages:
        try:
            files.append(await uploads.keep(attachment_of(each, bot.id), owner_id))
        except NotTakenError as reason:
            refused.append(str(reason))
    return files, refused


HANDLERS = (
    Handler(
        handle=take,
        filters=(F.photo | F.document,),
        allow=EVERYONE,
        title="a photo, a document or an album of them",
    ),
)
