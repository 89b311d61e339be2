"""A photo that is sent to the bot, on its way through every service, also while parts are killed.

Played by `generator verify --system`; what a scenario may do is in `shared.testing.system`.
"""

from __future__ import annotations

import struct
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from shared.testing.system import Person, Service, System, needs, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.testing.system import Message

pytestmark = needs(
    "aiogram[uploads]",
    "worker[media,notifications,analytics]",
    "fastapi[auth,tasks]",
    "data-postgres[example]",
)
PASSWORD = "correct horse battery"
# No promise: it ends what hangs. An update is tried again for two minutes.
DONE_SECONDS = 240.0
PAUSE_SECONDS = 0.3
telegram_ids = count(1001)


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The services of this story: a bot, whom it calls, and an API beside it."""

    system: System
    bot: Service
    data: Service
    api: Service

    def newcomer(self, name: str) -> tuple[Person, int]:
        """Return somebody who has never written to the bot, and their number."""
        telegram_id = next(telegram_ids)
        return self.system.person(self.bot, telegram_id, name), telegram_id


@pytest.fixture(scope="module")
def shop(system: System) -> Shop:
    """Return the services."""
    bot = system.find("aiogram[uploads]")
    api = system.find("fastapi[auth,tasks]", calls=bot.calls[0])
    return Shop(system=system, bot=bot, data=system.services[bot.calls[0]], api=api)


@pytest.fixture(scope="module")
def administrator(shop: Shop) -> Iterator[httpx2.Client]:
    """Return a client of the API for somebody who has registered and confirmed, and may see all."""
    email = "root@example.org"
    with shop.api.client() as client, shop.data.client() as data:
        person = {"name": "Root", "email": email, "password": PASSWORD}
        begun = client.post("/api/v1/users", json=person).raise_for_status()
        if begun.status_code == HTTPStatus.ACCEPTED:
            proof = {"token": _token(shop.system, email), "password": PASSWORD}
            begun = client.post("/api/v1/users/confirm", json=proof).raise_for_status()
        change = {"role": "admin", "version": begun.json()["version"]}
        data.patch(f"/api/v1/users/{begun.json()['id']}", json=change).raise_for_status()
        login = {"email": email, "password": PASSWORD}
        entered = client.post("/api/v1/auth/login", json=login).raise_for_status()
        client.headers["Authorization"] = f"Bearer {entered.json()['access_token']}"
        yield client


def test_a_photo_becomes_a_task_a_file_an_event_and_a_thumbnail_under_one_request_id(
    shop: Shop, administrator: httpx2.Client
) -> None:
    """The bot says that it is saved, then that it is ready, and shows it; the API tells more."""
    ann, telegram_id = shop.newcomer("Ann")
    content = picture(1600, 1200)
    sent = ann.send_photo(content)
    shown = thumbnail_of(ann, sent)
    status = ann.wait_for("that it is ready", lambda each: "Ready: " in each.get("text", ""))
    thumbnail = ann.download(shown)
    assert 0 < len(thumbnail) < len(content)
    # First it said that the photo was saved, and changed that message when it was ready.
    assert (status["text"], status["versions"]) == (f"Ready: {shown['caption']}.", 2)
    shop.system.tell(f"a photo of {len(content)} bytes came back with {len(thumbnail)}")

    file = file_of(shop, telegram_id)
    assert (file["status"], file["size"]) == ("ready", len(content))
    task = read_task(administrator, f"/api/v1/tasks/{file['metadata']['media.task']}")
    assert (task["type"], task["status"]) == ("media.process", "done")
    assert task["result"]["thumbnail_key"] == file["thumbnail_key"]
    stats = administrator.get("/api/v1/tasks/stats").raise_for_status().json()
    assert "media" in stats["queues"], stats
    check_request_id(shop, telegram_id, file["id"])


def check_request_id(shop: Shop, telegram_id: int, file_id: str) -> None:
    """See that one request id is in the log of every service on the way of somebody's photo."""
    request_id = next(
        line["request_id"]
        for line in shop.system.log(shop.bot.name)
        if line.get("telegram_id") == telegram_id and "request_id" in line
    )
    lines = shop.system.logged(request_id)
    assert {"POST /api/v1/files 201", f"PATCH /api/v1/files/{file_id} 200"} <= set(
        lines[shop.data.name]
    )
    assert any("media.process done" in each for name in lines for each in lines[name])
    assert {"update handled", "media.processed done"} <= set(lines[shop.bot.name])
    shop.system.tell(f"{request_id} is in the logs of {', '.join(lines)}")


@pytest.mark.timeout(600)
def test_nothing_that_was_accepted_is_lost(
    shop: Shop, administrator: httpx2.Client, victim: str
) -> None:
    """A part is killed while people send photos and tasks: all come to their end."""
    with Traffic(shop, administrator).running() as traffic:
        traffic.wait_for_more()
        shop.system.kill(victim)
        # What is sent right now meets a part that is dead, and connections to it that are stale.
        traffic.wait_for_more(tasks=False)
        shop.system.wait_until_ready()
        traffic.wait_for_more()
    photos, tasks = traffic.finish()
    shop.system.tell(f"{victim} was killed: {photos} photos and {tasks} tasks, none lost")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("what", ["services", "servers"])
def test_a_photo_arrives_that_is_sent_when_all_of_them_are_killed(shop: Shop, what: str) -> None:
    """Whoever takes it meets connections that are stale, and nobody who answers."""
    parts = shop.system.servers if what == "servers" else tuple(shop.system.services)
    eve, _ = shop.newcomer("Eve")
    for part in parts:
        shop.system.kill(part)
    sent = eve.send_photo(picture(640, 480))
    shop.system.wait_until_ready()
    thumbnail_of(eve, sent)


class Traffic:
    """People who send photos and an administrator who posts tasks, until they are told to stop."""

    def __init__(self, shop: Shop, administrator: httpx2.Client) -> None:
        self._shop, self._administrator = shop, administrator
        self._stopped = threading.Event()
        self._photos: list[tuple[Person, Message]] = []
        self._tasks: list[str] = []

    @contextmanager
    def running(self) -> Iterator[Traffic]:
        """Have all of them send until the block ends; what goes wrong with one is raised."""
        with ThreadPoolExecutor() as pool:
            jobs = [pool.submit(self._repeat, each) for each in (self._send, self._post)]
            try:
                yield self
            finally:
                self._stopped.set()
        for job in jobs:
            job.result()

    def wait_for_more(self, *, tasks: bool = True) -> None:
        """Return once one more photo was sent, and one more task was accepted."""
        photos, accepted = len(self._photos), len(self._tasks)
        wait_for(
            "more traffic",
            lambda: len(self._photos) > photos and (not tasks or len(self._tasks) > accepted),
        )

    def finish(self) -> tuple[int, int]:
        """See what became of all photos and tasks; return how many there were."""
        for person, sent in self._photos:
            thumbnail_of(person, sent)
        for path in self._tasks:
            read_task(self._administrator, path)
        return len(self._photos), len(self._tasks)

    def _repeat(self, act: Callable[[], None]) -> None:
        while not self._stopped.is_set():
            act()
            self._stopped.wait(PAUSE_SECONDS)

    def _send(self) -> None:
        """Send the photo of somebody new: nobody is throttled."""
        person, _ = self._shop.newcomer("Eve")
        self._photos.append((person, person.send_photo(picture(320, 240))))

    def _post(self) -> None:
        """Post a task; one that is refused was never accepted."""
        task = {"type": "analytics.report", "payload": {"day": f"{datetime.now(UTC):%Y-%m-%d}"}}
        try:
            posted = self._administrator.post("/api/v1/tasks", json=task)
        except httpx2.TransportError:
            return
        if posted.status_code == HTTPStatus.ACCEPTED:
            self._tasks.append(posted.headers["Location"])


def file_of(shop: Shop, telegram_id: int) -> dict[str, Any]:
    """Return the record of the one file of somebody."""
    with shop.data.client() as data:
        user = data.get(f"/api/v1/users/by-telegram-id/{telegram_id}").raise_for_status().json()
        files = data.get(f"/api/v1/users/{user['id']}/files").raise_for_status().json()
    [file] = files["items"]
    assert file["owner_id"] == user["id"]
    return dict(file)


def thumbnail_of(person: Person, sent: Message) -> Message:
    """Return the photo with which the bot answers the one that was sent."""

    def answers(message: Message) -> bool:
        replied = message.get("reply_to_message", {})
        return bool(replied.get("message_id") == sent["message_id"])

    return person.wait_for("a thumbnail", answers, DONE_SECONDS)


def read_task(client: httpx2.Client, path: str) -> dict[str, Any]:
    """Return what the API knows of a task once it is done."""

    def done() -> dict[str, Any]:
        answer = client.get(path)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise AssertionError(f"{path} is lost: {answer.text}")
        task: dict[str, Any] = answer.json() if answer.is_success else {}
        return task if task.get("status") == "done" else {}

    found: dict[str, Any] = wait_for(f"the end of {path}", done, DONE_SECONDS)
    return found


def picture(width: int, height: int) -> bytes:
    """Return a PNG of this size, with noise enough that it stays larger than its thumbnail."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    rows = b"".join(
        b"\0" + bytes((x * y + x * x // 7) % 251 for x in range(width)) for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _token(system: System, email: str) -> str:
    def found() -> str:
        for message in system.posted("notifications"):
            if (message["kind"], message["email"]) == ("confirm-registration", email):
                return str(message["text"]).rsplit(": ", 1)[-1]
        return ""

    token: str = wait_for(f"a message to {email}", found)
    return token
