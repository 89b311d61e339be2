"""What scenarios are played with: the whole system, as `generator verify --system` has started it.

A scenario is a test in a file in `scenarios/`, of the workspace or of a service. It asks for
`system`; one that asks for `victim` too is played once for each service and each server, so that it
can kill that one in the middle:

    pytestmark = needs("fastapi[auth,example]", "worker[media]")

    def test_what_was_accepted_is_done(system: System, victim: str) -> None:
        api = system.find("fastapi[auth,example]")
        ...
"""

from __future__ import annotations

import json
import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

URL = "SYSTEM_CHECK_URL"
# No promise: they end what hangs.
ANSWER_SECONDS = 60.0
HEALED_SECONDS = 150.0
_LOOK_SECONDS = 0.05
_KIND = re.compile(r"(?P<template>[^\[\]]+)(?:\[(?P<features>[^\[\]]*)\])?")
Message = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service that runs.

    Attributes:
        name: the service's name.
        template: what it was rendered from.
        features: its features; `example` is one of them where it has the example.
        calls: the names of the services that it calls.
        url: where it is.
        operator_key: opens the API of a data service to a person; empty for any other service.
        fakes: where services of somebody else's are played for it, by the variable for each.
    """

    name: str
    template: str
    features: frozenset[str]
    calls: tuple[str, ...]
    url: str
    operator_key: str = field(repr=False)
    fakes: Mapping[str, str]

    def fits(self, kind: str) -> bool:
        """Say whether it is of this kind: a template, and features as in `worker[media]`."""
        match = _KIND.fullmatch(kind)
        if match is None:
            raise ValueError(f"{kind!r} is no kind: it has the form template[feature,feature]")
        features = {each.strip() for each in (match["features"] or "").split(",") if each.strip()}
        return self.template == match["template"] and features <= self.features

    def client(self, **headers: str) -> httpx2.Client:
        """Return a client of it; a data service's has the operator's key."""
        key = {"X-API-Key": self.operator_key} if self.operator_key else {}
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx2.Client(base_url=self.url, headers=key | headers, timeout=ANSWER_SECONDS)


class Person:
    """Somebody who chats with a bot on a Telegram that is played; each method may be repeated."""

    def __init__(self, telegram: httpx2.Client, bot: str, chat: str) -> None:
        self._telegram, self._bot, self._chat = telegram, bot, chat

    def send_text(self, text: str) -> Message:
        """Write to the bot; return the message."""
        answer = self._telegram.post(f"{self._chat}/text", json={"text": text})
        return dict(answer.raise_for_status().json())

    def send_photo(self, content: bytes) -> Message:
        """Send a photo; return the message."""
        files = {"photo": ("photo.jpg", content, "image/jpeg")}
        answer = self._telegram.post(f"{self._chat}/photo", files=files)
        return dict(answer.raise_for_status().json())

    def press(self, message: Message, button: str) -> None:
        """Press a button below a message."""
        body = {"message_id": message["message_id"], "button": button}
        self._telegram.post(f"{self._chat}/press", json=body).raise_for_status()

    def wait_for(
        self, what: str, fits: Callable[[Message], bool], seconds: float = ANSWER_SECONDS
    ) -> Message:
        """Return the first message of the bot that fits, as it is now or becomes.

        Raises TimeoutError, with the words that say what did not come.
        """
        revision, deadline = -1, time.monotonic() + seconds
        while time.monotonic() < deadline:
            query = {"revision": revision, "wait": 2}
            seen = self._telegram.get(self._chat, params=query).raise_for_status().json()
            revision = seen["revision"]
            for message in seen["messages"]:
                if message["from"]["is_bot"] and fits(message):
                    return dict(message)
        raise TimeoutError(f"the bot did not send {what} within {seconds:g} s")

    def download(self, photo: Message) -> bytes:
        """Return the bytes of the largest form of a photo."""
        file = photo["photo"][-1]["file_id"]
        return self._telegram.get(f"{self._bot}/files/{file}").raise_for_status().content


class System:
    """The services and servers that run, and what may be done to them; any thread may use it."""

    def __init__(self, url: str) -> None:
        self._control = httpx2.Client(timeout=ANSWER_SECONDS)
        self._url = url
        known = self._ask("GET", "system")
        self.services = {
            each["name"]: Service(
                **each | {"features": frozenset(each["features"]), "calls": tuple(each["calls"])}
            )
            for each in known["services"]
        }
        self.servers: tuple[str, ...] = tuple(known["servers"])

    @property
    def parts(self) -> tuple[str, ...]:
        """All that can be killed: services in the order of their links, and servers."""
        return (*self.services, *self.servers)

    def find(self, kind: str, *, calls: str = "") -> Service:
        """Return the first service of a kind, as in `worker[media]`, that calls this one, if named.

        Raises LookupError where there is none: `needs` keeps a scenario out of such a system.
        """
        for service in self.services.values():
            if service.fits(kind) and (not calls or calls in service.calls):
                return service
        raise LookupError(f"there is no {kind} here{f' that calls {calls}' if calls else ''}")

    def kill(self, part: str) -> None:
        """Kill a service or a server with kill -9, and return when it is dead; it comes back."""
        self._ask("POST", f"kill/{part}")

    def wait_until_ready(self, seconds: float = HEALED_SECONDS) -> None:
        """Return when every service is ready and every server answers. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while left := self._ask("GET", "unready"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not ready again within {seconds:g} s: {', '.join(left)}")
            time.sleep(_LOOK_SECONDS)  # asking again is how one learns of it

    def person(self, bot: Service, telegram_id: int, first_name: str) -> Person:
        """Return somebody who chats with a bot."""
        url = bot.fakes["TELEGRAM_API_URL"]
        telegram = httpx2.Client(base_url=url, timeout=ANSWER_SECONDS)
        [known] = telegram.get("/control/bots").raise_for_status().json()
        place = f"/control/bots/{known['id']}"
        chat = f"{place}/chats/{telegram_id}"
        about = {"first_name": first_name, "language_code": "en"}
        telegram.put(chat, json=about).raise_for_status()
        return Person(telegram, place, chat)

    def log(self, service: str) -> list[dict[str, Any]]:
        """Return what a service has logged so far; lines that are no JSON are left out."""
        lines = []
        for line in self._ask("GET", f"log/{service}"):
            with suppress(ValueError):
                found = json.loads(line["text"])
                if isinstance(found, dict):
                    lines.append(found)
        return lines

    def logged(self, request_id: str) -> dict[str, list[str]]:
        """Return what each service has logged under a request id; who has nothing is left out."""
        found = {
            name: [
                f"{line.get('message_name', '')} {line.get('message', '')}".strip()
                for line in self.log(name)
                if line.get("request_id") == request_id
            ]
            for name in self.services
        }
        return {name: lines for name, lines in found.items() if lines}

    def posted(self, path: str) -> list[Any]:
        """Return the bodies that services have posted to this path below INBOX_URL, in order."""
        return [each["body"] for each in self._ask("GET", "inbox") if each["path"] == path]

    def tell(self, line: str) -> None:
        """Show a line to whoever watches the check."""
        self._ask("POST", "tell", content=line.encode())

    def _ask(self, method: str, path: str, content: bytes = b"") -> Any:  # noqa: ANN401 - it is JSON
        answer = self._control.request(method, f"{self._url}/{path}", content=content)
        if answer.is_error:
            raise RuntimeError(f"{path}: {answer.text}")
        return answer.json()


def wait_for(what: str, found: Callable[[], Any], seconds: float = ANSWER_SECONDS) -> Any:  # noqa: ANN401 - whatever is looked for
    """Look again and again, and return what is found once it is true. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(_LOOK_SECONDS)  # asking again is how one learns of it
    return value


def needs(*kinds: str) -> pytest.MarkDecorator:
    """Play scenarios only in a system with a service of each of these kinds."""
    return pytest.mark.needs(*kinds)


_SYSTEM = pytest.StashKey["System"]()


@pytest.fixture(scope="session")
def system(pytestconfig: pytest.Config) -> System:
    """Return the system that runs."""
    return pytestconfig.stash[_SYSTEM]


def pytest_configure(config: pytest.Config) -> None:
    """Find the system."""
    config.addinivalue_line("markers", "needs(*kinds): the kinds of services that it is about")
    url = os.environ.get(URL)
    if not url:
        raise pytest.UsageError("no system runs here: generator verify --system starts one")
    config.stash[_SYSTEM] = System(url)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have whoever asks for a victim be played with each part."""
    if "victim" in metafunc.fixturenames:
        metafunc.parametrize("victim", metafunc.config.stash[_SYSTEM].parts)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about services that are not there."""
    known, left_out = config.stash[_SYSTEM], []
    services = known.services.values()
    for item in list(items):
        kinds = [kind for mark in item.iter_markers("needs") for kind in mark.args]
        missing = [kind for kind in kinds if not any(each.fits(kind) for each in services)]
        if missing:
            items.remove(item)
            left_out.append(item)
            known.tell(f"{item.name} is left out: it needs {', '.join(missing)}")
    if left_out:
        config.hook.pytest_deselected(items=left_out)
