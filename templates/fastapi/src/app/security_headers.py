"""Tells browsers with every answer what never to do with it."""

from app.settings import ApiSettings
from shared.asgi import App, Message, Receive, Scope, Send
from shared.lifecycle import Resources
from shared.web import Feature

_YEAR = 365 * 24 * 60 * 60
# Answers are about people: no cache keeps them, and no page shows them as if they were pages.
_ALWAYS = {
    b"cache-control": b"no-store",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}
_NOT_FOR_PAGES = {b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'"}
_PRODUCTION = {b"strict-transport-security": f"max-age={_YEAR}".encode()}


class SecurityHeaders:
    """Adds the headers that an answer doesn't have by itself."""

    def __init__(self, app: App, resources: Resources) -> None:
        self._app = app
        production = resources.get(ApiSettings).environment == "production"
        self._always = _ALWAYS | (_PRODUCTION if production else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = dict(message.get("headers", ()))
                # The pages of /docs need their scripts.
                page = given.get(b"content-type", b"").startswith(b"text/html")
                wanted = self._always if page else self._always | _NOT_FOR_PAGES
                added = [pair for pair in wanted.items() if pair[0] not in given]
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self._app(scope, receive, send_with_headers)


feature = Feature(name="security-headers", middlewares=(SecurityHeaders,))
