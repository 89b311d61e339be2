"""Says which pages may call from a browser, and what they may read of an answer."""

from fastapi.middleware.cors import CORSMiddleware

from app.settings import ApiSettings
from shared.asgi import App
from shared.lifecycle import Resources
from shared.web import Feature

PREFLIGHT_SECONDS = 10 * 60
REQUEST_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "X-Request-ID")
# What a page needs of an answer beside its body; browsers hide every other header from it.
RESPONSE_HEADERS = ("Idempotent-Replayed", "Location", "Retry-After", "X-Request-ID")


def allow_origins(app: App, resources: Resources) -> App:
    """Let the pages of CORS_ORIGINS call; without any, no other page may.

    Tokens come in a header and never in a cookie, so credentials stay off.
    """
    origins = resources.get(ApiSettings).cors_origins
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=REQUEST_HEADERS,
        expose_headers=RESPONSE_HEADERS,
        max_age=PREFLIGHT_SECONDS,
    )


feature = Feature(name="cors", middlewares=(allow_origins,))
