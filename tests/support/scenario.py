"""What people do with the four services together, for the end-to-end tests and the demo.

`python -m tests.support.scenario WORKSPACE` starts them and shows it.
"""

import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image

from tests.support.system import System, running_system

# No promise: it ends what hangs.
ANSWER_SECONDS = 60.0
SHOWN_CHARACTERS = 300
_OURS = re.compile(r"access|app\.|shared\.")
Asked = tuple[str, httpx2.Response]
Message = dict[str, Any]


def register_and_log_in(client: httpx2.Client, name: str = "Ada") -> Iterator[Asked]:
    """Register somebody, log them in and ask who they are; each request with its answer.

    The client has their token from then on.
    """
    login = {"email": f"{name.lower()}@example.org", "password": "correct horse battery"}
    person = {"name": name, **login}
    yield "POST /api/v1/users", client.post("/api/v1/users", json=person)
    entered = client.post("/api/v1/auth/login", json=login)
    yield "POST /api/v1/auth/login", entered
    client.headers["Authorization"] = f"Bearer {entered.json()['access_token']}"
    yield "GET /api/v1/users/me", client.get("/api/v1/users/me")


def day_of(registered: httpx2.Response) -> str:
    """The day, in UTC, that the service says somebody was registered on."""
    created_at = datetime.fromisoformat(registered.json()["created_at"])
    return f"{created_at.astimezone(UTC):%Y-%m-%d}"


def operator(system: System, data_service: str) -> httpx2.Client:
    """A client of a data service, with the operator's key."""
    prefix = data_service.upper().replace("-", "_")
    key = system.secrets[f"OPERATOR__{prefix}__API_KEY"]
    url = system.urls[data_service]
    return httpx2.Client(base_url=url, headers={"X-API-Key": key}, timeout=30)


def make_administrator(data: httpx2.Client, user: Mapping[str, Any]) -> Iterator[Asked]:
    """Have the data service make a user an administrator: nobody becomes one through the API."""
    path = f"/api/v1/users/{user['id']}"
    change = {"role": "admin", "version": user["version"]}
    yield f"PATCH {path} (users-data)", data.patch(path, json=change)


def report_of(day: str, client: httpx2.Client) -> Iterator[Asked]:
    """Have the worker count a day's events, and read what it found; for who is logged in."""
    task = {"type": "analytics.report", "payload": {"day": day}}
    posted = client.post("/api/v1/tasks", json=task)
    yield "POST /api/v1/tasks", posted
    path = posted.raise_for_status().headers["Location"]
    deadline = time.monotonic() + ANSWER_SECONDS
    answer = client.get(path)
    while answer.json()["status"] != "done" and time.monotonic() < deadline:
        # The API tells of a task only when asked, as it does to everybody.
        time.sleep(0.05)
        answer = client.get(path)
    yield f"GET {path}", answer


def picture(width: int, height: int) -> bytes:
    """A JPEG of this size."""
    content = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(content, "JPEG")
    return content.getvalue()


def telegram_of(system: System) -> httpx2.Client:
    """A client of the fake Telegram, whose control API acts as people do."""
    return httpx2.Client(base_url=system.external["TELEGRAM_API_URL"], timeout=ANSWER_SECONDS)


class Person:
    """Somebody who chats with the one bot that there is."""

    def __init__(self, telegram: httpx2.Client, *, telegram_id: int, first_name: str) -> None:
        self._telegram = telegram
        [bot] = self._telegram.get("/control/bots").json()
        self._bot = f"/control/bots/{bot['id']}"
        self._chat = f"{self._bot}/chats/{telegram_id}"
        person = {"first_name": first_name, "language_code": "en"}
        self._telegram.put(self._chat, json=person).raise_for_status()

    def send_photo(self, content: bytes) -> Message:
        """Send a photo, and return the message."""
        files = {"photo": ("photo.jpg", content, "image/jpeg")}
        sent = self._telegram.post(f"{self._chat}/photo", files=files)
        message: Message = sent.raise_for_status().json()
        return message

    def wait_for(self, what: str, fits: Callable[[Message], bool]) -> Message:
        """Return the first message of the bot that fits, as it is now or becomes."""
        revision, deadline = -1, time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            query = {"revision": revision, "wait": 5}
            seen = self._telegram.get(self._chat, params=query).raise_for_status().json()
            revision = seen["revision"]
            own = (each for each in seen["messages"] if each["from"]["is_bot"])
            if found := next(filter(fits, own), None):
                return dict(found)
        raise TimeoutError(f"the bot did not send {what}")

    def content_of(self, photo: Message) -> bytes:
        """The bytes of the largest form of a photo."""
        file_id = photo["photo"][-1]["file_id"]
        return self._telegram.get(f"{self._bot}/files/{file_id}").raise_for_status().content


@dataclass(frozen=True, kw_only=True)
class SentPhoto:
    """What came of a photo: the bot's messages, and the bytes of the thumbnail."""

    status: Message
    shown: Message
    thumbnail: bytes


def send_photo(person: Person, content: bytes) -> SentPhoto:
    """Send a photo to the bot and wait until its thumbnail has come."""
    sent = person.send_photo(content)

    def answers(message: Message) -> bool:
        replied = message.get("reply_to_message", {})
        return bool(replied.get("message_id") == sent["message_id"])

    shown = person.wait_for("a thumbnail", answers)
    status = person.wait_for("that it is ready", lambda each: "Ready: " in each.get("text", ""))
    return SentPhoto(status=status, shown=shown, thumbnail=person.content_of(shown))


def read_photo(data: httpx2.Client, api: httpx2.Client, telegram_id: int) -> Iterator[Asked]:
    """Read who sent it and the record of the file, and from the API what became of the task."""
    path = f"/api/v1/users/by-telegram-id/{telegram_id}"
    user = data.get(path)
    yield f"GET {path} (users-data)", user
    path = f"/api/v1/users/{user.json()['id']}/files"
    files = data.get(path)
    yield f"GET {path} (users-data)", files
    [file] = files.json()["items"]
    path = f"/api/v1/tasks/{file['metadata']['media.task']}"
    yield f"GET {path} (users-api)", api.get(path)


def lines_by_service(system: System, telegram_id: int) -> tuple[str, dict[str, list[str]]]:
    """The request id of the person's first update, and what each service has logged under it."""
    lines = {
        # Ours: libraries have their say below DEBUG as well.
        name: [each for each in system.log_lines(name) if _OURS.match(each["logger"])]
        for name in system.urls
    }
    everything = [line for found in lines.values() for line in found]
    request_id = next(
        line["request_id"] for line in everything if line.get("telegram_id") == telegram_id
    )
    return request_id, {
        name: [
            f"{line.get('message_name', '')} {line['message']}".strip()
            for line in found
            if line.get("request_id") == request_id
        ]
        for name, found in lines.items()
    }


def tell(story: Iterable[Asked]) -> dict[str, httpx2.Response]:
    """Print each request with its answer as it comes; return them all."""
    told = {}
    for request, answer in story:
        answer.raise_for_status()
        body = answer.text if "login" not in request else '{"access_token": "…", …}'
        sys.stdout.write(f"{request}: {answer.status_code} {body[:SHOWN_CHARACTERS]}\n")
        told[request] = answer
    return told


def show(system: System) -> None:
    """Print what people do, and what they see."""
    with (
        httpx2.Client(base_url=system.urls["users-api"], timeout=30) as api,
        operator(system, "users-data") as data,
        telegram_of(system) as telegram,
    ):
        entered = tell(register_and_log_in(api))
        if "media-worker" not in system.urls:
            return
        tell(make_administrator(data, entered["GET /api/v1/users/me"].json()))
        tell(report_of(day_of(entered["POST /api/v1/users"]), api))
        ann = Person(telegram, telegram_id=1001, first_name="Ann")
        content = picture(1600, 1200)
        sys.stdout.write(f"Ann sends a photo of 1600 x 1200 to the bot, {len(content)} bytes\n")
        sent = send_photo(ann, content)
        width, height = Image.open(io.BytesIO(sent.thumbnail)).size
        sys.stdout.write(
            f"The bot: {json.dumps(sent.status['text'])} (first: saved), and a photo of"
            f" {width} x {height}, {len(sent.thumbnail)} bytes\n"
        )
        tell(read_photo(data, api, 1001))
    request_id, lines = lines_by_service(system, 1001)
    for name, messages in lines.items():
        if messages:
            sys.stdout.write(f"{request_id} in the log of {name}: {', '.join(messages)}\n")


if __name__ == "__main__":
    with running_system(Path(sys.argv[1])) as system:
        show(system)
