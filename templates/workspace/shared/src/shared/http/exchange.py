"""Sends a call once and reads what comes back."""

from __future__ import annotations

from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import perf_counter
from typing import TYPE_CHECKING

import httpx2
import structlog

from shared.errors import BadGatewayError, ServiceError
from shared.http.answers import Answer, NotUnderstoodError
from shared.http.balancing import TRIED, BalancedTransport
from shared.http.problems import error_of
from shared.http.unreachable import unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.http.calls import Call
    from shared.http.instances import Instance
    from shared.http.target import Target
    from shared.http.target_metrics import TargetMetrics

_HEADERS = {"Accept": "application/json, application/problem+json", "Accept-Encoding": "identity"}


class Exchange:
    """The connections to one target; every failure comes out of it as a ServiceError."""

    def __init__(
        self, target: Target, metrics: TargetMetrics, transport: httpx2.AsyncBaseTransport | None
    ) -> None:
        self.metrics = metrics
        self._target = target
        self._log = structlog.stdlib.get_logger(__name__).bind(target=target.name)
        limits = target.timeouts
        self._http = httpx2.AsyncClient(
            base_url=target.base_url,
            headers=_HEADERS | dict(target.headers),
            transport=transport or BalancedTransport(target, metrics),
            timeout=httpx2.Timeout(
                connect=limits.connect, read=limits.read, write=limits.write, pool=limits.pool
            ),
            # Nobody's cookie may end up in somebody else's request.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def attempt(self, call: Call, headers: Mapping[str, str], tried: set[Instance]) -> Answer:
        """Send it and return the answer if it is below 300; raises a ServiceError otherwise."""
        started, outcome = perf_counter(), "cancelled"
        try:
            answer = await self._send(call, headers, tried)
            outcome = str(answer.status)
        except httpx2.TransportError as error:
            outcome = type(error).__name__
            raise unreachable(self._target.name, error) from error
        except (NotUnderstoodError, httpx2.InvalidURL) as error:
            outcome = type(error).__name__
            raise self.not_understood(call, error) from None
        finally:
            self.metrics.attempted(call.method, outcome, perf_counter() - started)
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        raise self._failure(call, answer)

    def not_understood(self, call: Call, reason: Exception) -> BadGatewayError:
        """Log why an answer makes no sense and return the error that says no more than that."""
        self._log.error("bad answer", call=str(call), reason=str(reason))
        return BadGatewayError(f"{self._target.name} gave an answer that makes no sense")

    def _failure(self, call: Call, answer: Answer) -> ServiceError:
        error = error_of(self._target.name, answer)
        if isinstance(error, BadGatewayError):
            self._log.error("bad answer", call=str(call), status=answer.status)
        return error

    async def _send(self, call: Call, headers: Mapping[str, str], tried: set[Instance]) -> Answer:
        request = self._http.build_request(
            call.method,
            call.path,
            params=call.params or None,
            headers={**call.headers, **headers},
            content=call.content,
            extensions={TRIED: tried},
        )
        response = await self._http.send(request, stream=True)
        try:
            return await Answer.read(response, self._target.max_response_bytes)
        finally:
            await response.aclose()
