"""What a caller may say about a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping


class CallOptions(TypedDict, total=False):
    """What a call may have.

    `path_params` fill the `{names}` of the path, quoted. A query parameter that is None is left
    out. `json` may hold models, UUIDs, times. With an `idempotency_key` the provider does the
    same thing once however often it is asked, so that any method may be retried.
    """

    path_params: Mapping[str, object]
    params: Mapping[str, object]
    json: object
    headers: Mapping[str, str]
    idempotency_key: str
