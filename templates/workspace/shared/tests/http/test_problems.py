"""Problem details are the typed error again that they were made of."""

from __future__ import annotations

import pytest

from shared import errors
from tests.support.answers import PROBLEM, error_from


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
    found = error_from(status, PROBLEM | {"field": "email", "self": 1, "request_id": "id-1"})

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
    found = error_from(status, PROBLEM)

    assert type(found) is errors.BadGatewayError
    assert str(found) == "users-data refused this service"
    assert type(found.__cause__) is kind


@pytest.mark.parametrize("body", [None, [], "x", {"detail": 3, "code": 4, "title": {}}, {}])
def test_json_that_is_no_problem_is_still_the_error_of_its_status(body: object) -> None:
    found = error_from(404, body)

    assert type(found) is errors.NotFoundError
    assert (found.detail, found.code) == ("users-data answered 404", "not-found")


@pytest.mark.parametrize("code", ["", "Odd", "a b", "a\r\nb", "x" * 65, "-"])
def test_a_code_that_is_none_is_not_passed_on(code: str) -> None:
    assert error_from(409, PROBLEM | {"code": code}).code == "conflict"
