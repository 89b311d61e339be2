"""A defect is a problem without details, and a line in the log with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shared.log import configure_logging
from tests.support.problems import problem

if TYPE_CHECKING:
    import httpx2

    from shared.settings import ServiceSettings


async def test_an_unexpected_error_tells_nothing_and_is_logged_once_without_locals(
    settings: ServiceSettings, capsys: pytest.CaptureFixture[str], http: httpx2.AsyncClient
) -> None:
    configure_logging(settings)

    answer = await http.get("/api/v1/errors/terces")

    assert problem(answer)["code"] == "internal-error"
    assert "secret" not in answer.text
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (logged,) = [line for line in lines if "exception" in line]
    assert logged["request_id"] == "id-1"
    assert logged["exception"][0]["exc_value"] == "secret4"
    assert logged["exception"][0]["frames"][-1]["name"] == "fail"
    assert "hush" not in json.dumps(lines)


async def test_an_error_in_the_middle_of_a_response_reaches_the_server(
    http: httpx2.AsyncClient,
) -> None:
    with pytest.raises(RuntimeError, match="the source is gone"):
        await http.get("/api/v1/broken-stream")
