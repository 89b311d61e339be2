"""Asks a running service over HTTP, and waits for an answer with a deadline."""

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass

ANSWER_SECONDS = 5.0
_PAUSE_SECONDS = 0.05
_SHOWN = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a path answered; status 0 when there was no answer."""

    status: int
    body: str

    def __str__(self) -> str:
        if not self.status:
            return f"no answer ({self.body})"
        return f"{self.status} {self.body}".strip()


def ask(port: int, path: str) -> Answer:
    """The answer of a loopback service to a GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read(_SHOWN).decode(errors="replace")
        return Answer(status=response.status, body=" ".join(body.split()))
    except (OSError, http.client.HTTPException) as error:
        return Answer(status=0, body=str(error) or type(error).__name__)
    finally:
        connection.close()


def wait_for(
    seen: Callable[[], Answer],
    wanted: Callable[[Answer], bool],
    *,
    alive: Callable[[], bool],
    seconds: float,
) -> tuple[bool, Answer]:
    """Ask until the wanted answer comes, the process is gone or the time is over.

    Returns:
        Whether it came, and the last answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        running = alive()
        answer = seen()
        if running and wanted(answer):
            return True, answer
        if not running or time.monotonic() > deadline:
            return False, answer
        time.sleep(_PAUSE_SECONDS)
