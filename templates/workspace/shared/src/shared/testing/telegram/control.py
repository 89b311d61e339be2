"""The control API: what Python tests do with objects, for other processes and for the page."""

from __future__ import annotations

import re
from base64 import b64encode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.testing.telegram.bots import File
from shared.testing.telegram.chats import ActionError, FakeChat, Photo
from shared.testing.telegram.failures import Failure, FloodLimits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from shared.testing.telegram.bots import Call, FakeBot
    from shared.testing.telegram.server import FakeTelegram

_PAGE = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
_LONGEST_WAIT_SECONDS = 60.0
_LOCAL_HOST = re.compile(r"(localhost|[0-9.]+|\[[0-9a-f:]+\])(:[0-9]+)?")
_SCRIPT = sha256(_PAGE.partition("<script>")[2].partition("</script>")[0].encode()).digest()
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; img-src 'self'; "
    f"script-src 'sha256-{b64encode(_SCRIPT).decode()}'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
# Files come from people: a browser that opens one must neither guess nor run it.
_FILE_HEADERS = {
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
_PICTURES = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Token(_Body):
    token: str


class _Person(_Body):
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    state: Literal["open", "blocked", "deactivated", "new"] | None = None


class _Text(_Body):
    text: str


class _Edit(_Text):
    message_id: int


class _Press(_Body):
    message_id: int
    button: str


def control_routes(telegram: FakeTelegram) -> list[web.RouteDef]:
    """Return the routes of the control API and of the page."""
    control = _Control(telegram)
    bot, chat = "/control/bots/{bot}", "/control/bots/{bot}/chats/{user}"
    return [
        web.get("/", control.page),
        *(
            web.route(method, path, _guarded(handler))
            for method, path, handler in [
                ("GET", "/control/bots", control.bots),
                ("POST", "/control/bots", control.add_bot),
                ("GET", bot, control.bot),
                ("DELETE", bot, control.revoke),
                ("GET", f"{bot}/calls", control.calls),
                ("POST", f"{bot}/failures", control.fail),
                ("DELETE", f"{bot}/failures", control.heal),
                ("PUT", f"{bot}/limits", control.limit),
                ("GET", f"{bot}/files/{{file}}", control.file),
                ("GET", f"{bot}/chats", control.chats),
                ("GET", chat, control.chat),
                ("PUT", chat, control.set_person),
                ("POST", f"{chat}/text", control.text),
                ("POST", f"{chat}/edit", control.edit),
                ("POST", f"{chat}/photo", control.photo),
                ("POST", f"{chat}/document", control.document),
                ("POST", f"{chat}/album", control.album),
                ("POST", f"{chat}/press", control.press),
            ]
        ),
    ]


class _Control:
    """A handler for each route; what cannot be done is raised as ActionError or ValueError."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram

    async def page(self, _: web.Request) -> web.StreamResponse:
        return web.Response(text=_PAGE, content_type="text/html", headers=_PAGE_HEADERS)

    async def bots(self, _: web.Request) -> object:
        return [_dump(each.user) for each in self._telegram.bots.values()]

    async def add_bot(self, request: web.Request) -> object:
        body = _Token.model_validate_json(await request.text())
        return _dump(self._telegram.bot(body.token).user)

    async def bot(self, request: web.Request) -> object:
        bot = self._bot(request)
        return {
            "bot": _dump(bot.user),
            "pending": bot.pending,
            "held": bot.plan.held,
            "webhook": _dump(bot.webhook),
            "commands": [_dump(each) for each in bot.commands],
        }

    async def revoke(self, request: web.Request) -> object:
        self._bot(request).revoked = True
        return {}

    async def calls(self, request: web.Request) -> object:
        bot, query = self._bot(request), request.query
        chat_id = int(query["chat_id"]) if "chat_id" in query else None

        def found() -> list[Call]:
            return bot.called(query.get("method"), chat_id=chat_id)

        minimum, seconds = int(query.get("minimum", 0)), _wait(request)
        await bot.wait_until(
            lambda: len(found()) >= minimum, timeout_seconds=seconds, what="these calls"
        )
        return [
            {"name": each.name, "status": each.status, "at": each.at, "values": _values(each)}
            for each in found()
        ]

    async def fail(self, request: web.Request) -> object:
        self._bot(request).fail(Failure.model_validate_json(await request.text()))
        return {}

    async def heal(self, request: web.Request) -> object:
        self._bot(request).heal()
        return {}

    async def limit(self, request: web.Request) -> object:
        body = await request.json()
        self._bot(request).limits = None if body is None else FloodLimits.model_validate(body)
        return {}

    async def file(self, request: web.Request) -> web.StreamResponse:
        file = self._bot(request).files.get(request.match_info["file"])
        if file is None:
            raise KeyError
        kind = _PICTURES.get(file.content[:2], "application/octet-stream")
        return web.Response(body=file.content, content_type=kind, headers=_FILE_HEADERS)

    async def chats(self, request: web.Request) -> object:
        chats = self._bot(request).chats.values()
        return [{"user": _dump(each.user), "state": each.state} for each in chats]

    async def chat(self, request: web.Request) -> object:
        chat = self._chat(request)
        revision = int(request.query.get("revision", -1))
        with suppress(TimeoutError):
            await chat.changes.wait_until(
                lambda: chat.changes.revision > revision,
                timeout_seconds=_wait(request),
                what="a change",
            )
        return _seen(chat)

    async def set_person(self, request: web.Request) -> object:
        body = _Person.model_validate_json(await request.text())
        about = body.model_dump(exclude_none=True, exclude={"state"})
        chat = self._bot(request).chat(int(request.match_info["user"]), **about)
        if body.state is not None:
            chat.become(body.state)
        return _seen(chat)

    async def text(self, request: web.Request) -> object:
        body = _Text.model_validate_json(await request.text())
        return _dump(self._chat(request).send_text(body.text))

    async def edit(self, request: web.Request) -> object:
        body = _Edit.model_validate_json(await request.text())
        return _dump(self._chat(request).edit_text(body.message_id, body.text))

    async def photo(self, request: web.Request) -> object:
        files, caption = await _form(request)
        return _dump(self._chat(request).send_photo(files[0].content, caption=caption))

    async def document(self, request: web.Request) -> object:
        files, caption = await _form(request)
        return _dump(self._chat(request).send_document(files[0], caption=caption))

    async def album(self, request: web.Request) -> object:
        files, caption = await _form(request)
        items = [
            Photo(content=each.content) if (each.mime_type or "").startswith("image/") else each
            for each in files
        ]
        sent = self._chat(request).send_album(items, caption=caption)
        return [_dump(each) for each in sent]

    async def press(self, request: web.Request) -> object:
        body = _Press.model_validate_json(await request.text())
        return {"id": self._chat(request).press(body.message_id, body.button).id}

    def _bot(self, request: web.Request) -> FakeBot:
        return self._telegram.bots[int(request.match_info["bot"])]

    def _chat(self, request: web.Request) -> FakeChat:
        return self._bot(request).chats[int(request.match_info["user"])]


def _guarded(
    handler: Callable[[web.Request], Awaitable[object]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Answer as JSON, refusals too; and only to this machine's programs and the own page."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        own = f"{request.scheme}://{request.host}"
        # A name that is not this machine's may be another site's that points here.
        local = _LOCAL_HOST.fullmatch(request.host)
        if not local or request.headers.get("Origin", own) != own:
            return _refuse(403, "another site may not act here")
        try:
            result = await handler(request)
        except KeyError:
            return _refuse(404, "no such bot, chat or file")
        except TimeoutError as error:
            return _refuse(408, str(error))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            return _refuse(400, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
        except (ActionError, ValueError) as error:
            return _refuse(400, str(error))
        return result if isinstance(result, web.StreamResponse) else web.json_response(result)

    return guarded


def _refuse(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)


def _wait(request: web.Request) -> float:
    return min(float(request.query.get("wait", 0)), _LONGEST_WAIT_SECONDS)


async def _form(request: web.Request) -> tuple[list[File], str | None]:
    """Return the files of a form, and what is to stand under the first."""
    form: Mapping[str, Any] = await request.post()
    files = [
        File(content=each.file.read(), name=each.filename, mime_type=each.content_type)
        for each in form.values()
        if isinstance(each, web.FileField)
    ]
    if not files:
        raise ActionError("a form with a file is needed")
    return files, form.get("caption") or None


def _dump(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True, by_alias=True)


def _values(call: Call) -> dict[str, Any]:
    return call.method.model_dump(mode="json", exclude_unset=True)


def _seen(chat: FakeChat) -> dict[str, Any]:
    return {
        "revision": chat.changes.revision,
        "state": chat.state,
        "user": _dump(chat.user),
        "messages": [
            _dump(each) | {"versions": len(chat.versions(each))} for each in chat.messages
        ],
        "keyboard": _dump(chat.keyboard) if chat.keyboard else None,
        "actions": chat.actions,
        "answers": [
            {"id": each.id, "text": each.answer.text, "show_alert": bool(each.answer.show_alert)}
            for each in chat.bot.presses.values()
            if each.chat is chat and each.answer
        ],
    }
