"""Other processes act as people over HTTP, and the server is a process of its own."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

import httpx2
import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from shared.testing.telegram import FakeTelegram
from shared.testing.telegram.__main__ import main

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from aiogram import Bot

    from shared.testing.telegram import FakeBot, FakeChat

JPEG = b"\xff\xd8\xff and the rest of a picture"


@pytest.fixture
async def control(telegram: FakeTelegram, fake: FakeBot) -> AsyncIterator[httpx2.AsyncClient]:
    base = f"{telegram.url}/control/bots/{fake.user.id}/"
    async with httpx2.AsyncClient(base_url=base) as client:
        yield client


async def test_bots_are_listed_added_and_revoked(telegram: FakeTelegram) -> None:
    async with httpx2.AsyncClient(base_url=f"{telegram.url}/control/") as client:
        added = (await client.post("bots", json={"token": "987654:NEW"})).json()
        listed = (await client.get("bots")).json()
        await client.delete("bots/987654")

    assert added["username"] == "fake_987654_bot"
    assert added in listed
    assert telegram.bot("987654:NEW").revoked


async def test_a_person_writes_reads_and_edits(
    control: httpx2.AsyncClient, bot: Bot, fake: FakeBot
) -> None:
    ann = await control.put("chats/7", json={"first_name": "Ann", "language_code": "de"})
    sent = (await control.post("chats/7/text", json={"text": "hello"})).json()
    await control.post("chats/7/edit", json={"message_id": sent["message_id"], "text": "hello!"})
    await bot.send_message(7, "<b>Hi</b>", parse_mode="HTML")

    seen = (await control.get("chats/7")).json()

    assert ann.json()["user"]["language_code"] == "de"
    assert [(each["text"], each["versions"]) for each in seen["messages"]] == [
        ("hello!", 2),
        ("Hi", 1),
    ]
    assert seen["messages"][1]["entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    assert [each["user"]["first_name"] for each in (await control.get("chats")).json()] == ["Ann"]
    bot_itself = await control.get(str(control.base_url).rstrip("/"))
    assert bot_itself.json()["pending"] == fake.pending == 2


async def test_files_go_by_form_and_come_back_as_bytes(
    control: httpx2.AsyncClient, chat: FakeChat
) -> None:
    photo = ("a.jpg", JPEG, "image/jpeg")
    one = await control.post("chats/1001/photo", files={"file": photo}, data={"caption": "look"})
    text = await control.post("chats/1001/document", files={"file": ("a.html", b"<p>")})
    album = await control.post(
        "chats/1001/album", files=[("file", photo), ("file", ("b.txt", b"b", "text/plain"))]
    )

    fetched = await control.get(f"files/{one.json()['photo'][-1]['file_id']}")

    assert fetched.content == JPEG
    assert fetched.headers["Content-Type"] == "image/jpeg"
    assert fetched.headers["Content-Disposition"] == "attachment"
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert one.json()["caption"] == "look"
    assert text.json()["document"]["mime_type"] == "text/html"
    assert ["photo" in each for each in album.json()] == [True, False]
    assert len(chat.messages) == 4


async def test_a_button_is_pressed_and_the_answer_waited_for(
    control: httpx2.AsyncClient, bot: Bot, chat: FakeChat
) -> None:
    markup = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]]
    )
    sent = await bot.send_message(1001, "x", reply_markup=markup)
    pressed = await control.post(
        "chats/1001/press", json={"message_id": sent.message_id, "button": "Go"}
    )
    revision = chat.changes.revision
    await bot.answer_callback_query(pressed.json()["id"], text="gone")

    seen = (await control.get("chats/1001", params={"revision": revision, "wait": 10})).json()

    assert seen["answers"] == [{"id": pressed.json()["id"], "text": "gone", "show_alert": False}]
    assert seen["revision"] > revision


async def test_a_chat_without_changes_is_shown_when_the_time_is_over(
    control: httpx2.AsyncClient, chat: FakeChat
) -> None:
    revision = chat.changes.revision
    seen = (await control.get("chats/1001", params={"revision": revision, "wait": 0.01})).json()

    assert seen["revision"] == revision


async def test_calls_are_waited_for_and_failures_set(
    control: httpx2.AsyncClient, bot: Bot, chat: FakeChat, fake: FakeBot
) -> None:
    await control.post("failures", json={"method": "getMe", "status": 500, "times": None})
    assert len(fake.plan.failures) == 1
    await control.delete("failures")
    await control.put("limits", json={"per_second": 5})
    assert fake.limits is not None
    await control.put("limits", content="null")
    await bot.send_message(chat.user.id, "hello")

    query = "method=sendMessage&chat_id=1001&minimum=1&wait=10"
    calls = (await control.get(f"calls?{query}")).json()

    assert [(each["name"], each["status"]) for each in calls] == [("sendMessage", 200)]
    assert calls[0]["values"] == {"chat_id": "1001", "text": "hello"}
    assert fake.limits is None
    too_many = await control.get("calls", params={"minimum": 9, "wait": 0.01})
    assert too_many.status_code == 408


@pytest.mark.parametrize("state", ["blocked", "deactivated", "new"])
async def test_a_person_blocks_leaves_or_never_wrote(
    control: httpx2.AsyncClient, state: str
) -> None:
    seen = (await control.put("chats/7", json={"state": state})).json()

    assert seen["state"] == state


@pytest.mark.parametrize(
    ("request_line", "content", "status", "error"),
    [
        ("POST chats/1001/text", "{}", 400, "text: Field required"),
        ("POST chats/1001/text", "nonsense", 400, "Invalid JSON"),
        ("POST chats/1001/text", '{"text": " "}', 400, "more than space"),
        ("POST chats/1001/photo", "", 400, "a form with a file is needed"),
        ("POST chats/5/text", '{"text": "x"}', 404, "no such bot, chat or file"),
        ("POST failures", '{"status": 200}', 400, "status"),
        ("PUT limits", "{", 400, "Expecting"),
        ("PUT chats/ann", "{}", 400, "invalid literal"),
        ("GET files/unknown", "", 404, "no such bot, chat or file"),
    ],
)
@pytest.mark.usefixtures("chat")
async def test_what_cannot_be_done_is_said_in_a_line(
    control: httpx2.AsyncClient, request_line: str, content: str, status: int, error: str
) -> None:
    method, path = request_line.split()

    refused = await control.request(method, path, content=content)

    assert refused.status_code == status
    assert error in refused.json()["error"]


async def test_other_sites_may_not_act_here(
    control: httpx2.AsyncClient, telegram: FakeTelegram
) -> None:
    foreign = await control.get("chats", headers={"Origin": "https://example.com"})
    rebound = await control.get("chats", headers={"Host": "example.com"})
    own = await control.get("chats", headers={"Origin": telegram.url})

    assert [each.status_code for each in (foreign, rebound, own)] == [403, 403, 200]


async def test_a_page_to_chat_is_served_and_may_load_nothing_else(telegram: FakeTelegram) -> None:
    async with httpx2.AsyncClient(base_url=telegram.url) as client:
        page = await client.get("/")

    assert page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    script = page.text.partition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page.headers["Content-Security-Policy"]
    assert not re.search(r"innerHTML|outerHTML|document\.write|(src|href)=\"", page.text)


def test_a_token_has_a_number_and_a_secret() -> None:
    with pytest.raises(ValueError, match="a token looks like 42:abc"):
        FakeTelegram().bot("nonsense")


COMMAND = [sys.executable, "-m", "shared.testing.telegram"]


@contextmanager
def serving() -> Iterator[tuple[subprocess.Popen[str], Callable[[], str]]]:
    """Start the server and yield it with a function that waits for its URL."""
    pipe = subprocess.PIPE
    with subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:

        def url() -> str:
            assert process.stdout
            return str(json.loads(process.stdout.readline())["TELEGRAM_API_URL"])

        yield process, url
        process.kill()


def test_a_process_serves_until_its_input_ends_or_it_is_told_to_stop() -> None:
    with serving() as (first, first_url), serving() as (second, second_url):
        assert httpx2.get(f"{first_url()}/bot42:abc/getMe").json()["result"]["id"] == 42
        assert first.communicate(timeout=10) == ("", "")
        assert first.returncode == 0

        with ThreadPoolExecutor() as pool, httpx2.Client(base_url=second_url()) as client:
            poll = pool.submit(client.get, "/bot42:abc/getUpdates?timeout=50", timeout=60)
            while not client.get("/control/bots").json():
                pass
            second.send_signal(signal.SIGTERM)

            assert second.wait(timeout=10) == 0
            assert isinstance(poll.exception(), httpx2.TransportError)


async def test_a_port_in_use_is_an_error_of_the_system(telegram: FakeTelegram) -> None:
    with pytest.raises(OSError, match="in use"):
        async with FakeTelegram(port=telegram.port):
            pytest.fail("two servers on a port")


def test_a_port_in_use_is_said_in_one_line(
    telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["telegram", "--port", str(telegram.port)])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 6
    complaint = capsys.readouterr().err
    assert complaint.startswith(f"error: cannot listen on 127.0.0.1:{telegram.port}: ")
    assert len(complaint.splitlines()) == 1
