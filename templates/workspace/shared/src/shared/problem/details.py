"""What a caller is told about an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse

from shared.correlation import current_request_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from shared.errors import ServiceError

PROBLEM_MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it; an error may add members of its own."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None = None


class ProblemResponse(JSONResponse):
    """A response whose body is a problem."""

    media_type = PROBLEM_MEDIA_TYPE


def problem_response(error: ServiceError) -> ProblemResponse:
    """Return the response that tells the caller about this error."""
    members = {**error.extensions, "code": error.code, "title": error.title}
    members |= {"status": error.status, "detail": error.detail}
    return render_problem(members, error.headers())


def render_problem(
    members: Mapping[str, JsonValue], headers: Mapping[str, str] | None = None
) -> ProblemResponse:
    """Complete the members with a type and the request id and make a response of them."""
    problem = Problem.model_validate(
        {
            **members,
            "type": f"urn:problem:{members['code']}",
            "request_id": current_request_id(),
        }
    )
    return ProblemResponse(problem.model_dump(mode="json"), problem.status, headers)
