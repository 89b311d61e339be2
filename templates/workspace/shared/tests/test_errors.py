"""Each error has its status, its code and its headers."""

from __future__ import annotations

import pytest

from shared import errors


def test_every_error_has_a_status_of_its_own() -> None:
    statuses = [kind.status for kind in errors.ServiceError.__subclasses__()]

    assert sorted(statuses) == [400, 401, 403, 404, 409, 413, 422, 429, 502, 503]


def test_an_error_names_its_culprit() -> None:
    error = errors.ConflictError("this address is taken", field="email")

    assert error.extensions == {"field": "email"}
    assert str(error) == "this address is taken"


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (errors.NotFoundError("no"), {}),
        (errors.UnauthorizedError("who?"), {"WWW-Authenticate": "Bearer"}),
        (errors.TooManyRequestsError("later", retry_after=3), {"Retry-After": "3"}),
        (errors.UnavailableError("later"), {}),
    ],
)
def test_an_error_knows_its_headers(error: errors.ServiceError, headers: dict[str, str]) -> None:
    assert error.headers() == headers
