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
