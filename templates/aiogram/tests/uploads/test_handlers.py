"""What people send is saved, processed and shown to them, whoever gets the result."""

import pytest

from app.application import build_application
from app.features import Settings
from shared.testing import client, wait_until
from shared.testing.provider import Provider, answering
from shared.testing.telegram import Failure, FakeBot, FakeChat, File, Photo
from tests.support.files import Files
from tests.support.keys import lifetimes_of
from tests.support.people import People
from tests.uploads.examples import GIF, JPEG, PDF, PNG, PROGRAM, WEBP
from tests.uploads.worker import FakeWorker, small

RIGHT_TO_LEFT = "\u202e"


@pytest.mark.usefixtures("bot")
async def test_a_photo_is_saved_processed_and_shown(
    ann: FakeChat, files: Files, people: People, worker: FakeWorker
) -> None:
    worker.going.clear()
    sent = ann.send_photo(JPEG)
    name = f"photo-{sent.message_id}.jpg"
    status = await ann.wait_for_reply(f"Saved: {name}.\nThe thumbnail follows.")
    [user], [file] = people.records.values(), files.records.values()
    assert (file["owner_id"], file["name"], file["size"]) == (user["id"], name, len(JPEG))
    assert (file["content_type"], file["status"]) == ("image/jpeg", "pending")
    worker.going.set()
    shown = await ann.wait_for_reply(lambda message: message.photo is not None)
    assert ann.content(shown) == small(JPEG)
    assert (shown.caption, shown.reply_to_message and shown.reply_to_message.message_id) == (
        name,
        sent.message_id,
    )
    # One message says how it went, from the beginning to the end.
    assert [each.text for each in ann.versions(status.message_id)][-1] == f"Ready: {name}."
    assert len(ann.replies) == 2
    assert str(worker.request_ids[0]).startswith("update-")


@pytest.mark.usefixtures("bot")
async def test_an_album_is_answered_once_and_its_thumbnails_come_together(
    ann: FakeChat, files: Files, worker: FakeWorker
) -> None:
    ann.send_album([Photo(content=JPEG), File(content=PNG, name="b.png"), Photo(content=WEBP)])
    await ann.wait_for_reply("Ready: ")
    await ann.wait_for_reply(lambda message: message.photo is not None)
    shown = [each for each in ann.replies if each.photo]
    assert sorted(map(ann.content, shown)) == sorted(small(each) for each in (JPEG, PNG, WEBP))
    assert len({each.media_group_id for each in shown}) == 1
    assert len(ann.replies) == 4
    assert len(files.records) == len(worker.tasks) == 3


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("content", "content_type"),
    [(PNG, "image/png"), (GIF, "image/gif"), (WEBP, "image/webp"), (PDF, "application/pdf")],
)
async def test_the_bytes_say_what_a_document_is(
    content: bytes, content_type: str, ann: FakeChat, files: Files, worker: FakeWorker
) -> None:
    ann.send_document(File(content=content, name="report.txt", mime_type="text/plain"))
    await ann.wait_for_reply("Saved: report.txt." if content is PDF else "Ready: report.txt.")
    [file] = files.records.values()
    assert (file["content_type"], file["name"]) == (content_type, "report.txt")
    assert len(worker.tasks) == (content is not PDF)


@pytest.mark.usefixtures("bot", "worker")
async def test_what_is_not_taken_is_refused_with_the_reason(
    settings: Settings, ann: FakeChat, files: Files, fake_bot: FakeBot
) -> None:
    ann.send_document(File(content=PROGRAM, name="holiday.jpg", mime_type="image/jpeg"))
    await ann.wait_for_reply("holiday.jpg is neither a picture (JPEG, PNG, GIF, WebP) nor a PDF.")
    large = settings.upload_max_bytes + 1
    sent = ann.send_document(File(content=PNG, name="large.png", claimed_size=large))
    await ann.wait_for_reply("large.png is too large: I take up to 10 MiB.", after=sent)
    assert files.records == {}
    # What is too large by what Telegram says is not even asked for.
    assert len(fake_bot.called("getFile")) == 1


@pytest.mark.usefixtures("worker")
async def test_what_is_larger_than_telegram_says_is_refused_on_its_way(
    settings: Settings, ann: FakeChat, files: Files
) -> None:
    small = settings.model_copy(update={"upload_max_bytes": 100_000})
    async with client(build_application(small)):
        ann.send_document(File(content=JPEG + bytes(500_000), name="a.jpg", claimed_size=10))
        await ann.wait_for_reply("a.jpg is too large: I take up to 0.0953674 MiB.")
    assert files.records == {}


@pytest.mark.usefixtures("bot", "worker")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        (f"a{RIGHT_TO_LEFT}gpj.exe", "agpj.exe"),
        ("<script>alert(1)<x>", "<script>alert(1)<x>"),
        ("😀" * 4096, "😀" * 255),
    ],
)
async def test_a_hostile_name_does_no_harm(
    name: str, shown: str, ann: FakeChat, files: Files
) -> None:
    ann.send_document(File(content=PNG, name=name), caption="<script>&" * 100)
    await ann.wait_for_reply(f"Ready: {shown}.")
    [file] = files.records.values()
    assert file["name"] == shown


@pytest.mark.usefixtures("bot")
async def test_why_a_picture_could_not_be_processed_is_said(
    ann: FakeChat, files: Files, worker: FakeWorker
) -> None:
    worker.refusal = "it has <too> many pixels"
    sent = ann.send_photo(JPEG)
    await ann.wait_for_reply(
        f"photo-{sent.message_id}.jpg could not be processed: it has <too> many pixels"
    )
    assert len(files.records) == len(ann.replies) == 1


@pytest.mark.usefixtures("bot", "worker")
async def test_while_something_is_away_an_upload_is_tried_again(
    ann: FakeChat, files: Files, provider: Provider, fake_bot: FakeBot
) -> None:
    provider.fault = answering(503)
    fake_bot.fail(Failure(method="download", loss="before"))
    sent = ann.send_photo(JPEG)

    async def asked() -> bool:
        return provider.calls != []

    await wait_until(asked, what="a question to the data service")
    provider.fault = None
    await ann.wait_for_reply(f"Ready: photo-{sent.message_id}.jpg.")
    assert len(files.records) == 1
    assert [each.text for each in ann.replies if each.text] == [
        f"Ready: photo-{sent.message_id}.jpg."
    ]


async def test_the_process_that_gets_the_result_need_not_be_the_one_that_took_the_upload(
    settings: Settings, ann: FakeChat, files: Files, worker: FakeWorker
) -> None:
    worker.going.clear()
    async with client(build_application(settings)):
        sent = ann.send_photo(JPEG)
        await ann.wait_for_reply("Saved: ")
    assert len(files.records) == 1
    async with client(build_application(settings)):
        worker.going.set()
        await ann.wait_for_reply(f"Ready: photo-{sent.message_id}.jpg.")
        await ann.wait_for_reply(lambda message: message.photo is not None)


@pytest.mark.usefixtures("bot", "files")
async def test_a_status_that_was_deleted_is_sent_anew(
    ann: FakeChat, fake_bot: FakeBot, worker: FakeWorker
) -> None:
    worker.going.clear()
    ann.send_photo(JPEG)
    status = await ann.wait_for_reply("Saved: ")
    gone = "Bad Request: message to edit not found"
    fake_bot.fail(Failure(method="editMessageText", status=400, description=gone))
    worker.going.set()
    again = await ann.wait_for_reply("Ready: ", after=status)
    assert again.message_id != status.message_id


@pytest.mark.usefixtures("bot", "files", "worker")
async def test_whoever_blocks_the_bot_meanwhile_leaves_no_dead_letter(
    settings: Settings, ann: FakeChat, fake_bot: FakeBot, worker: FakeWorker
) -> None:
    worker.going.clear()
    ann.send_photo(JPEG)
    await ann.wait_for_reply("Saved: ")
    ann.block()
    worker.going.set()
    await fake_bot.wait_until(lambda: len(fake_bot.called("editMessageText")) == 1)
    lifetimes = await lifetimes_of(settings, "upload*")
    assert lifetimes
    assert all(0 < seconds <= settings.upload_result_seconds for seconds in lifetimes.values())


@pytest.mark.usefixtures("bot", "files", "worker")
async def test_a_thumbnail_that_telegram_refuses_is_not_sent_for_ever(
    ann: FakeChat, fake_bot: FakeBot
) -> None:
    refused = Failure(
        method="sendPhoto", status=400, description="Bad Request: IMAGE_PROCESS_FAILED"
    )
    fake_bot.fail(refused)
    sent = ann.send_photo(JPEG)
    await ann.wait_for_reply(f"Ready: photo-{sent.message_id}.jpg.")
    await fake_bot.wait_until(lambda: len(fake_bot.called("sendPhoto")) == 1)


@pytest.mark.usefixtures("bot", "files", "worker")
async def test_a_result_that_could_not_be_shown_is_shown_later(
    ann: FakeChat, fake_bot: FakeBot
) -> None:
    fake_bot.fail(Failure(method="sendPhoto", status=429, retry_after=61))
    ann.send_photo(JPEG)
    await ann.wait_for_reply(lambda message: message.photo is not None)
