"""Sends a call once and reads what comes back, within limits."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2
import structlog
from prometheus_client import Counter, Gauge, Histogram
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from shared.errors import BadGatewayError, ServiceError
from shared.http.balancing import TRIED, BalancedTransport, direct_transport
from shared.http.errors import NotUnderstoodError, error_of, network_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prometheus_client import CollectorRegistry

    from shared.http.balancing import Instance
    from shared.http.request import Call
    from shared.http.settings import Target

T = TypeVar("T")

_HEADERS = {"Accept": "application/json, application/problem+json", "Accept-Encoding": "gzip"}
_COMPRESSED = frozenset({"gzip", "x-gzip", "deflate"})
# Tells gzip from zlib, which is what `deflate` means, by the first bytes.
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class ClientMetrics:
    """What is measured of all clients of a process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "http_client_request_duration_seconds",
            "Time of one attempt, from sending it to the last byte of its answer.",
            ("target", "method", "outcome"),
            registry=registry,
        )
        self.retries = Counter(
            "http_client_retries",
            "Attempts after the first one.",
            ("target",),
            registry=registry,
        )
        self.ejected = Gauge(
            "http_client_instance_ejected",
            "1 while the circuit to an instance is open: it failed and is left alone.",
            ("target", "instance"),
            registry=registry,
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer, in memory."""

    status: int
    headers: httpx2.Headers
    body: bytes

    @classmethod
    async def read(cls, response: httpx2.Response, limit: int) -> Answer:
        """Read a streamed response; raises NotUnderstoodError when it is over `limit` bytes."""
        body = await _read_body(response, limit)
        return cls(status=response.status_code, headers=response.headers, body=body)

    @property
    def is_json(self) -> bool:
        """Say whether the body is JSON by its Content-Type."""
        media_type: str = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return media_type == "application/json" or media_type.endswith("+json")

    def into(self, adapter: TypeAdapter[T]) -> T:
        """Return the body as what was asked for; raises NotUnderstoodError when it is not that."""
        if self.body and not self.is_json:
            raise NotUnderstoodError("it is not JSON")
        findings = ""
        try:
            if self.body:
                return adapter.validate_json(self.body)
            return adapter.validate_python(None)
        except ValidationError as error:
            # Not the error itself: it holds the data.
            findings = ", ".join(
                f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['type']}"
                for each in error.errors(include_url=False, include_context=False)[:10]
            )
        raise NotUnderstoodError(findings)

    def members(self) -> dict[str, Any]:
        """Return the members of a JSON object, none when the body is something else."""
        if not self.is_json:
            return {}
        try:
            body = from_json(self.body, allow_inf_nan=False)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


async def _read_body(response: httpx2.Response, limit: int) -> bytes:
    if response.is_stream_consumed:
        # What stands in for the network in tests hands over answers that have been read.
        return bytes(response.content)
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", *_COMPRESSED}:
        raise NotUnderstoodError(f"it is compressed in a way that was not asked for: {encoding}")
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB) if encoding in _COMPRESSED else None
    body, received = bytearray(), False
    # Not httpx2's own decoding: that makes megabytes of a few bytes before anybody can count them.
    async for part in response.aiter_raw():
        received = received or bool(part)
        try:
            body += part if inflater is None else inflater.decompress(part, limit + 1 - len(body))
        except zlib.error:
            raise NotUnderstoodError("its compression is broken") from None
        if len(body) > limit:
            raise NotUnderstoodError(f"it is longer than {limit} bytes")
    if inflater is not None and received and not inflater.eof:
        raise NotUnderstoodError("its compression is cut short")
    return bytes(body)


class HttpSender:
    """The connections to one target; every failure comes out of it as a ServiceError."""

    def __init__(
        self, target: Target, metrics: ClientMetrics, transport: httpx2.AsyncBaseTransport | None
    ) -> None:
        self._target, self._metrics = target, metrics
        self._log = structlog.stdlib.get_logger(__name__)
        limits = target.timeouts
        self._http = httpx2.AsyncClient(
            base_url=target.base_url,
            headers=_HEADERS | dict(target.headers),
            transport=transport or _transport(target, metrics),
            timeout=httpx2.Timeout(
                connect=limits.connect, read=limits.read, write=limits.write, pool=limits.pool
            ),
            # Nobody's cookie may end up in somebody else's request.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            # A proxy is named by a setting, never by whatever the environment happens to say.
            trust_env=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    def count_retry(self) -> None:
        """Count an attempt after the first one."""
        self._metrics.retries.labels(self._target.name).inc()

    async def attempt(self, call: Call, headers: Mapping[str, str], tried: set[Instance]) -> Answer:
        """Send it and return the answer if it is below 300; raises a ServiceError otherwise."""
        started, outcome = perf_counter(), "cancelled"
        try:
            answer = await self._send(call, headers, tried)
            outcome = str(answer.status)
        except httpx2.TransportError as error:
            outcome = type(error).__name__
            raise network_error(self._target.name, error) from error
        except (NotUnderstoodError, httpx2.InvalidURL) as error:
            outcome = type(error).__name__
            raise self.not_understood(call, error) from None
        finally:
            seconds = self._metrics.seconds.labels(self._target.name, call.method, outcome)
            seconds.observe(perf_counter() - started)
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return answer
        raise self._failure(call, answer)

    def not_understood(self, call: Call, reason: Exception) -> BadGatewayError:
        """Log why an answer makes no sense and return the error that says no more than that."""
        self._log.error("bad answer", target=self._target.name, call=str(call), reason=str(reason))
        return BadGatewayError(f"{self._target.name} gave an answer that makes no sense")

    def _failure(self, call: Call, answer: Answer) -> ServiceError:
        error = error_of(self._target.name, answer)
        if isinstance(error, BadGatewayError):
            target, status = self._target.name, answer.status
            self._log.error("bad answer", target=target, call=str(call), status=status)
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


def _transport(target: Target, metrics: ClientMetrics) -> httpx2.AsyncBaseTransport:
    if target.linked:
        return BalancedTransport(target, metrics.ejected)
    return direct_transport(target)
