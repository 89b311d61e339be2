"""The HTTP server of the fake Bot API: requests, downloads, and what it sends to webhooks."""

from __future__ import annotations

import re
import socket
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Self

from aiogram import methods
from aiogram.methods import Response
from aiogram.types import ResponseParameters
from aiohttp import (
    BodyPartReader,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    MultipartReader,
    web,
)
from anyio import create_task_group

from shared.testing.telegram.bots import FakeBot, File, as_chat_id
from shared.testing.telegram.control import control_routes
from shared.testing.telegram.failures import ApiError
from shared.testing.telegram.methods import PERFORM, BotMethods, parse_method
from shared.testing.telegram.updates import WebhookSender

if TYPE_CHECKING:
    from aiogram.methods import TelegramMethod
    from aiogram.types import Update
    from anyio.abc import TaskGroup

UPLOAD_BYTES = 50 * 2**20
_WEBHOOK_SECONDS = 60
_OK = range(200, 300)
_TOKEN = re.compile(r"[0-9]{1,16}:[A-Za-z0-9_-]+")


class FakeTelegram:
    """Telegram on a port of this machine, with any number of bots and people.

    `backoff_seconds` is the first pause before an update is sent to a webhook again.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, backoff_seconds: float = 0.1
    ) -> None:
        self.host = host
        self.port = port
        self.bots: dict[int, FakeBot] = {}
        self._backoff = backoff_seconds
        self._senders: dict[int, WebhookSender] = {}
        self._stack = AsyncExitStack()
        self._group: TaskGroup
        self._session: ClientSession

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=UPLOAD_BYTES)
        app.add_routes(
            [
                web.route("*", "/bot{token}/{method}", self._api),
                web.get("/file/bot{token}/{path:.+}", self._download),
                *control_routes(self),
            ]
        )
        async with AsyncExitStack() as stack:
            # Before anything runs: that a port is taken is then a plain OSError.
            listening = stack.enter_context(socket.create_server((self.host, self.port)))
            self.port = listening.getsockname()[1]
            self._group = await stack.enter_async_context(create_task_group())
            stack.callback(self._stop_senders)
            timeout = ClientTimeout(total=_WEBHOOK_SECONDS)
            self._session = await stack.enter_async_context(ClientSession(timeout=timeout))
            # Who waits for updates does not keep it from ending.
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.SockSite(runner, listening).start()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        """Where it is: for aiogram's TelegramAPIServer.from_base, and for a browser."""
        return f"http://{self.host}:{self.port}"

    def bot(self, token: str) -> FakeBot:
        """Return the bot of this token; its number is in it. ValueError if this is no token."""
        if not _TOKEN.fullmatch(token):
            raise ValueError("a token looks like 42:abc")
        number = int(token.split(":", maxsplit=1)[0])
        return self.bots.setdefault(number, FakeBot(token))

    def _bot_of(self, request: web.Request) -> FakeBot:
        token = request.match_info["token"]
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        bot = self.bot(token)
        if bot.revoked or bot.token != token:
            raise ApiError(401, "Unauthorized")
        return bot

    async def _api(self, request: web.Request) -> web.StreamResponse:
        try:
            bot = self._bot_of(request)
            values, uploads = await _read_request(request)
            method = parse_method(request.match_info["method"], values)
            chat_id = as_chat_id(getattr(method, "chat_id", None))
            failure = await bot.plan.meet(method.__api_method__, chat_id)
            if failure and failure.loss == "before":
                return _lose(request)
            if failure and failure.loss is None:
                bot.record(method, failure.status)
                return _refuse(failure.error(), failure.body)
            result = await self._perform(bot, method, uploads)
            if failure:
                return _lose(request)
        except ApiError as error:
            return _refuse(error)
        typed: Any = Response
        return _json(typed[method.__returning__](ok=True, result=result))

    async def _perform(
        self, bot: FakeBot, method: TelegramMethod[Any], uploads: dict[str, File]
    ) -> object:
        status = 200
        try:
            result = PERFORM[type(method)](BotMethods(bot=bot, uploads=uploads), method)
            if isawaitable(result):
                result = await result
        except ApiError as error:
            status = error.status
            raise
        finally:
            bot.record(method, status)
        if isinstance(method, methods.SetWebhook | methods.DeleteWebhook):
            self._restart_sender(bot)
        return result

    async def _download(self, request: web.Request) -> web.StreamResponse:
        try:
            bot = self._bot_of(request)
            failure = await bot.plan.meet("download")
            file = bot.files.at(request.match_info["path"])
        except ApiError as error:
            return _refuse(error)
        refusal = failure.error() if failure and failure.loss is None else None
        status = refusal.status if refusal else 200
        bot.record(methods.GetFile(file_id=file.id), status, "download")
        if failure and refusal:
            return _refuse(refusal, failure.body)
        if failure and failure.loss == "before":
            return _lose(request)
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
        response.content_length = len(file.content)
        await response.prepare(request)
        if failure:
            await response.write(file.content[: len(file.content) // 2])
            return _lose(request)
        await response.write(file.content)
        return response

    def _restart_sender(self, bot: FakeBot) -> None:
        if previous := self._senders.pop(bot.user.id, None):
            previous.stop()
        if bot.webhook.url:

            async def send(update: Update) -> bool:
                return await self._send(bot, update)

            connections = bot.webhook.max_connections or 1
            sender = WebhookSender(
                bot.updates, send, connections=connections, pause_seconds=self._backoff
            )
            self._senders[bot.user.id] = sender
            self._group.start_soon(sender.run)

    def _stop_senders(self) -> None:
        for sender in self._senders.values():
            sender.stop()

    async def _send(self, bot: FakeBot, update: Update) -> bool:
        """Send an update to the bot's webhook; return whether it took it."""
        headers = {"Content-Type": "application/json"}
        if bot.webhook_secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = bot.webhook_secret
        body = update.model_dump_json(exclude_none=True, by_alias=True)
        try:
            async with self._session.post(
                bot.webhook.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status in _OK:
                    await self._carry_out(bot, answer)
                    return True
                problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (ClientError, TimeoutError) as error:
            problem = f"{type(error).__name__}: {error}"
        news = {"last_error_date": datetime.now(UTC), "last_error_message": problem}
        bot.webhook = bot.webhook.model_copy(update=news)
        bot.changes.notify()
        return False

    async def _carry_out(self, bot: FakeBot, answer: ClientResponse) -> None:
        """Do what the answer of a webhook asks for, of which nothing is reported."""
        uploads: dict[str, File] = {}
        if answer.content_type == "multipart/form-data":
            values, uploads = await _read_form(MultipartReader(answer.headers, answer.content))
        elif answer.content_type == "application/json":
            values = await answer.json() or {}
        else:
            return
        try:
            if name := values.pop("method", None):
                await self._perform(bot, parse_method(name, values), uploads)
        except ApiError:
            return


async def _read_request(request: web.Request) -> tuple[dict[str, Any], dict[str, File]]:
    """Return the fields and the files of a request, however they were sent."""
    values: dict[str, Any] = dict(request.query)
    try:
        if request.content_type == "multipart/form-data":
            fields, uploads = await _read_form(await request.multipart())
            return values | fields, uploads
        if request.content_type == "application/json":
            return values | await request.json(), {}
        return values | dict(await request.post()), {}
    except (TypeError, ValueError):
        raise ApiError(400, "Bad Request: can't parse the request") from None


async def _read_form(
    reader: MultipartReader,
) -> tuple[dict[str, Any], dict[str, File]]:
    values: dict[str, Any] = {}
    uploads: dict[str, File] = {}
    async for part in reader:
        if not isinstance(part, BodyPartReader) or not part.name:
            raise ApiError(400, "Bad Request: can't parse the form")
        content = bytearray()
        while chunk := await part.read_chunk():
            content += chunk
            if len(content) > UPLOAD_BYTES:
                raise ApiError(413, "Request Entity Too Large")
        if part.filename is None:
            values[part.name] = content.decode()
        else:
            uploads[part.name] = File(content=bytes(content), name=part.filename)
    # A file may also stand in the field itself.
    return {name: name for name in uploads} | values, uploads


def _json(answer: Response[Any], status: int = 200) -> web.Response:
    text = answer.model_dump_json(exclude_none=True, by_alias=True)
    return web.Response(text=text, status=status, content_type="application/json")


def _refuse(error: ApiError, body: str | None = None) -> web.Response:
    if body is not None:
        return web.Response(text=body, status=error.status, content_type="text/html")
    parameters = ResponseParameters(retry_after=error.retry_after) if error.retry_after else None
    answer = Response[bool](
        ok=False, error_code=error.status, description=error.description, parameters=parameters
    )
    return _json(answer, error.status)


def _lose(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
