"""An error that is no problem, or an odd one, is still the error of its status."""

from __future__ import annotations

import pytest

from shared import errors
from tests.support.answers import PROBLEM, error_from


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
