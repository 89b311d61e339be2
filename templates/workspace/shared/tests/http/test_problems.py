from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from shared import errors
from shared.http.answers import Answer
from shared.http.problems import error_of

PROBLEM = {"type": "urn:problem:x", "title": "Odd", "status": 1, "detail": "Why", "code": "odd-one"}


def error(status: int, body: object, **headers: str) -> errors.ServiceError:
    fields = {"Content-Type": "application/problem+json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    answer = Answer(status=status, headers=httpx2.Headers(fields), body=json.dumps(body).encode())
    return error_of("users-data", answer)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (413, errors.PayloadTooLargeError),
        (422, errors.InvalidError),
        (429, errors.TooManyRequestsError),
        (502, errors.UnavailableError),
        (503, errors.UnavailableError),
        (504, errors.UnavailableError),
    ],
)
def test_a_problem_is_the_error_again_that_it_was_made_of(
    status: int, kind: type[errors.ServiceError]
) -> None:
    found = error(status, PROBLEM | {"field": "email", "self": 1, "request_id": "id-1"})

    assert type(found) is kind
    assert (found.detail, found.code, found.title) == ("Why", "odd-one", "Odd")
    assert found.extensions == {"field": "email", "self": 1}
    assert kind.code != "odd-one"


@pytest.mark.parametrize(
    ("status", "kind"), [(401, errors.UnauthorizedError), (403, errors.ForbiddenError)]
)
def test_being_refused_is_nothing_that_the_own_caller_can_change(
    status: int, kind: type[errors.ServiceError]
) -> None:
    found = error(status, PROBLEM)

    assert type(found) is errors.BadGatewayError
    assert str(found) == "users-data refused this service"
    assert type(found.__cause__) is kind


@pytest.mark.parametrize("body", [None, [], "x", {"detail": 3, "code": 4, "title": {}}, {}])
def test_json_that_is_no_problem_is_still_the_error_of_its_status(body: object) -> None:
    found = error(404, body)

    assert type(found) is errors.NotFoundError
    assert (found.detail, found.code) == ("users-data answered 404", "not-found")


@pytest.mark.parametrize("code", ["", "Odd", "a b", "a\r\nb", "x" * 65, "-"])
def test_a_code_that_is_none_is_not_passed_on(code: str) -> None:
    assert error(409, PROBLEM | {"code": code}).code == "conflict"


@pytest.mark.parametrize(
    ("header", "member", "seconds"),
    [
        ("3", 9, 3),
        ("0.25", None, 0.25),
        ("", 9, 9),
        ("soon", 1.5, 1.5),
        ("-3", "9\r\nX: 1", None),
        ("", -1, None),
        ("9" * 5000, None, None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None, 0),
        ("Sun, 06 Nov 1994 08:49:37 -0000", None, 0),
    ],
)
def test_the_time_to_wait_is_a_number_or_a_date(
    header: str, member: object, seconds: float | None
) -> None:
    found = error(503, {"retry_after": member}, Retry_After=header)

    assert found.extensions.get("retry_after") == seconds


def test_a_date_to_come_is_so_many_seconds_away() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    found = error(429, PROBLEM, Retry_After=later)

    assert 58 < float(found.headers()["Retry-After"]) <= 60
