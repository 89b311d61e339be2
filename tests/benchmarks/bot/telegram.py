"""What measured bots talk to: as little of Telegram and of a data service as it takes.

`python -m tests.benchmarks.bot.telegram PORT UPDATES PEOPLE` gives out so many updates of so many
people, and counts what is sent. The fake of the shared library checks everything, and would be
what is measured.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence

from aiohttp import web

FIRST_UPDATE = 1000
FIRST_PERSON = 5000
_OTHERS = {
    "getMe": {"id": 42, "is_bot": True, "first_name": "Bot", "username": "bot"},
    "sendMessage": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}},
}
_PAGE = 100


def updates(count: int, people: int) -> Sequence[str]:
    """Return so many text messages, as Telegram spells them, of one person after the other."""
    return [json.dumps(_update(number, FIRST_PERSON + number % people)) for number in range(count)]


def _update(number: int, person: int) -> dict[str, object]:
    who = {"id": person, "first_name": "Ann", "last_name": "Lee", "language_code": "en"}
    message = {
        "message_id": number + 1,
        "date": 1_700_000_000 + number,
        "chat": {"id": person, "type": "private", "first_name": "Ann", "last_name": "Lee"},
        "from": who | {"is_bot": False},
        "text": "How long does it take until I get an answer?",
    }
    return {"update_id": FIRST_UPDATE + number, "message": message}


class Counterpart:
    """The routes that bots ask, and `/sent`: how many messages came, and in how many seconds."""

    def __init__(self, count: int, people: int) -> None:
        self._updates, self._people = updates(count, people), people
        self._sent: list[float] = []

    def app(self) -> web.Application:
        """The application."""
        app = web.Application()
        app.router.add_post("/bot{token}/getUpdates", self.get_updates)
        app.router.add_post("/bot{token}/{method}", self.other)
        app.router.add_get("/api/v1/users", self.users)
        app.router.add_get("/ready", self.healthy)
        app.router.add_get("/health", self.healthy)
        app.router.add_get("/sent", self.sent)
        return app

    async def get_updates(self, request: web.Request) -> web.Response:
        form = await request.post()
        start = max(0, int(str(form.get("offset") or 0)) - FIRST_UPDATE)
        found = self._updates[start : start + int(str(form.get("limit") or 100))]
        if not found:
            await asyncio.sleep(min(float(str(form.get("timeout") or 0)), 5))
        text = f'{{"ok": true, "result": [{", ".join(found)}]}}'
        return web.Response(text=text, content_type="application/json")

    async def other(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        await request.read()
        if method == "sendMessage":
            self._sent.append(time.perf_counter())
        return web.json_response({"ok": True, "result": _OTHERS.get(method, True)})

    async def users(self, request: web.Request) -> web.Response:
        start = int(request.query.get("cursor", 0))
        stop = min(start + _PAGE, self._people)
        items = [
            {"name": "Ann", "telegram_id": FIRST_PERSON + number, "is_active": True}
            for number in range(start, stop)
        ]
        cursor = str(stop) if stop < self._people else None
        return web.json_response({"items": items, "next_cursor": cursor})

    async def healthy(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def sent(self, _: web.Request) -> web.Response:
        seconds = self._sent[-1] - self._sent[0] if self._sent else 0.0
        return web.json_response({"count": len(self._sent), "seconds": seconds})


if __name__ == "__main__":
    port, count, people = map(int, sys.argv[1:])
    web.run_app(Counterpart(count, people).app(), host="127.0.0.1", port=port, print=None)
