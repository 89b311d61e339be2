"""A bot sends, edits and deletes as with Telegram, and is refused in its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

if TYPE_CHECKING:
    from aiogram import Bot

    from shared.testing.telegram import FakeChat

JPEG = b"\xff\xd8\xff and the rest of a picture"
ANN = 1001


def keyboard(data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Press", callback_data=data)]]
    )


def picture(content: bytes = JPEG, name: str = "x.jpg") -> BufferedInputFile:
    return BufferedInputFile(content, name)


async def test_an_unknown_chat_is_not_found(bot: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(404, "hello")


@pytest.mark.parametrize(
    ("state", "complaint"),
    [
        ("blocked", "bot was blocked by the user"),
        ("deactivated", "user is deactivated"),
        ("new", "bot can't initiate conversation with a user"),
    ],
)
async def test_who_does_not_want_to_be_written_to_is_not(
    bot: Bot, chat: FakeChat, state: str, complaint: str
) -> None:
    if state == "blocked":
        chat.block()
    elif state == "deactivated":
        chat.deactivate()
    else:
        chat.state = "new"

    with pytest.raises(TelegramForbiddenError, match=f"Forbidden: {complaint}"):
        await bot.send_message(ANN, "hello")
    assert chat.messages == []


async def test_who_unblocks_or_writes_first_can_be_written_to(bot: Bot, chat: FakeChat) -> None:
    chat.block()
    chat.unblock()
    await bot.send_message(ANN, "one")
    chat.state = "new"
    chat.send_text("hello")

    await bot.send_message(ANN, "two")

    assert [each.text for each in chat.messages] == ["one", "hello", "two"]


async def test_4096_units_fit_and_one_more_does_not(bot: Bot, chat: FakeChat) -> None:
    await bot.send_message(ANN, "👍" * 2048)
    await bot.send_message(ANN, f"<b>{'x' * 4096}</b>", parse_mode="HTML")

    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.send_message(ANN, "👍" * 2048 + "x")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.edit_message_text("x" * 4097, chat_id=ANN, message_id=chat.replies[0].message_id)
    assert [len(each.text or "") for each in chat.replies] == [2048, 4096]


async def test_text_needs_more_than_space_and_a_known_format(bot: Bot, chat: FakeChat) -> None:
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await bot.send_message(chat.user.id, "<b> </b>\n", parse_mode="HTML")
    with pytest.raises(TelegramBadRequest, match="unsupported parse_mode"):
        await bot.send_message(ANN, "x", parse_mode="BBCode")
    with pytest.raises(TelegramBadRequest, match="reads HTML only, not Markdown"):
        await bot.send_message(ANN, "x", parse_mode="MarkdownV2")
    with pytest.raises(TelegramBadRequest, match="can't parse entities: Unsupported start tag"):
        await bot.send_message(ANN, "<script>", parse_mode="HTML")


async def test_a_caption_has_1024_units(bot: Bot, chat: FakeChat) -> None:
    await bot.send_photo(ANN, picture(), caption="x" * 1024)

    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_document(ANN, picture(), caption="x" * 1025)
    assert len(chat.replies) == 1


async def test_a_photo_is_a_picture_that_is_not_too_big(bot: Bot, chat: FakeChat) -> None:
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(ANN, picture(b"no picture"))
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await bot.send_photo(ANN, picture(b""))
    with pytest.raises(TelegramBadRequest, match="too big to be sent as a photo"):
        await bot.send_photo(ANN, picture(JPEG + bytes(10 * 2**20)))
    with pytest.raises(TelegramEntityTooLarge, match="Request Entity Too Large"):
        await bot.send_document(ANN, picture(bytes(50 * 2**20 + 1)))
    assert chat.messages == []


async def test_a_file_can_be_sent_again_by_its_identifier(bot: Bot, chat: FakeChat) -> None:
    sent = chat.send_photo(JPEG)
    assert sent.photo

    await bot.send_photo(ANN, sent.photo[-1].file_id)

    assert chat.content(chat.replies[-1]) == JPEG
    with pytest.raises(TelegramBadRequest, match="wrong remote file identifier"):
        await bot.send_document(ANN, sent.photo[-1].file_id)
    with pytest.raises(TelegramBadRequest, match="failed to get HTTP URL content"):
        await bot.send_photo(ANN, "https://example.com/x.jpg")


async def test_an_album_holds_photos_or_documents(bot: Bot, chat: FakeChat) -> None:
    photo = InputMediaPhoto(media=picture(), caption="<b>first</b>", parse_mode="HTML")
    document = InputMediaDocument(media=picture(b"text", "a.txt"))

    sent = await bot.send_media_group(ANN, [photo, InputMediaPhoto(media=picture())])

    assert [each.caption for each in sent] == ["first", None]
    assert len({each.media_group_id for each in chat.replies}) == 1
    with pytest.raises(TelegramBadRequest, match="can't be mixed"):
        await bot.send_media_group(ANN, [photo, document])
    with pytest.raises(TelegramBadRequest, match="an album has 2-10 files"):
        await bot.send_media_group(ANN, [photo] * 11)


async def test_an_edit_is_seen_and_takes_the_keyboard_away(bot: Bot, chat: FakeChat) -> None:
    sent = await bot.send_message(ANN, "one", reply_markup=keyboard("a"))

    await sent.edit_text("two")

    assert [each.text for each in chat.versions(sent)] == ["one", "two"]
    assert chat.messages[0].reply_markup is None
    assert chat.messages[0].edit_date is not None


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, chat: FakeChat) -> None:
    sent = await bot.send_message(ANN, "one", reply_markup=keyboard("a"))

    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_text("<i></i>one", parse_mode="HTML", reply_markup=keyboard("a"))
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_reply_markup(reply_markup=keyboard("a"))
    await sent.edit_reply_markup(reply_markup=keyboard("b"))

    assert len(chat.versions(sent)) == 2


async def test_only_what_the_bot_sent_and_is_still_there_can_be_edited(
    bot: Bot, chat: FakeChat
) -> None:
    own, anns = await bot.send_message(ANN, "one"), chat.send_text("mine")
    photo = await bot.send_photo(ANN, picture())

    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("two", chat_id=ANN, message_id=anns.message_id)
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await photo.edit_text("two")
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await own.edit_caption(caption="two")
    await own.delete()
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await own.edit_text("two")
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await own.delete()
    await photo.edit_caption(caption="seen")

    assert [each.text or each.caption for each in chat.messages] == ["mine", "seen"]


async def test_a_reply_names_what_it_answers(bot: Bot, chat: FakeChat) -> None:
    gone = ReplyParameters(message_id=999)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(ANN, "x", reply_parameters=gone)

    lenient = gone.model_copy(update={"allow_sending_without_reply": True})
    await bot.send_message(ANN, "x", reply_parameters=lenient)

    assert chat.replies[0].reply_to_message is None


async def test_a_button_has_up_to_64_bytes_of_data(bot: Bot, chat: FakeChat) -> None:
    await bot.send_message(ANN, "x", reply_markup=keyboard("ä" * 32))

    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await bot.send_message(ANN, "x", reply_markup=keyboard("ä" * 33))
    assert len(chat.replies) == 1


async def test_only_a_press_that_happened_can_be_answered(bot: Bot, chat: FakeChat) -> None:
    sent = await bot.send_message(ANN, "x", reply_markup=keyboard("a"))
    press = chat.press(sent, "Press")

    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query("1")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(press.id, text="x" * 201)
    await bot.answer_callback_query(press.id, text="x" * 200, show_alert=True)

    assert press.answer is not None
    assert press.answer.show_alert


async def test_people_see_what_a_bot_is_doing_and_its_keyboard(bot: Bot, chat: FakeChat) -> None:
    rows = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Yes")]])
    await bot.send_chat_action(ANN, "typing")
    await bot.send_message(ANN, "Really?", reply_markup=rows)
    assert chat.actions == ["typing"]
    assert chat.keyboard == rows

    await bot.send_message(ANN, "Good.", reply_markup=ReplyKeyboardRemove())

    assert chat.keyboard is None
