"""Measures what a worker and a cache leave in Redis, with servers as compose would start them."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as NoConnectionError
from redis.retry import Retry

from tests.benchmarks.commands import environment
from tests.benchmarks.figures import Ratio, Result, Row
from tests.support.checkout import PROJECT

EVENTS, PICTURES = 100_000, 1_000
# Each event is claimed by both consumers that a rendered worker has for it.
CONSUMERS = 2
_PICTURE_BYTES = 700_000
_INFRA = PROJECT / "templates/workspace/infra"
_SOURCES = ("", "templates/worker/src", "templates/workspace/shared/src")
_PROGRAMS = ("redis-server", "valkey-server")
_MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class _Server:
    """A server with the memory and the policy of its compose fragment."""

    url: str
    client: "Redis"
    limit_mib: int

    def used_mib(self) -> float:
        """What its data take, in MiB."""
        return float(self.client.info("memory")["used_memory"]) / _MIB

    def count(self, name: str) -> float:
        """One of its counters."""
        return float(self.client.info("stats")[name])


def measure(_rounds: int) -> Result:
    """Write once: memory is the same in each round."""
    with (
        tempfile.TemporaryDirectory(prefix="generator-bench-") as folder,
        _started("redis", Path(folder)) as state,
        _started("redis-cache", Path(folder)) as cache,
    ):
        before = state.used_mib()
        rows = [_row("empty", state, cache)]
        for what, count in (("events", EVENTS), ("pictures", PICTURES), ("cached", EVENTS)):
            words = [what, str(count), state.url, cache.url, str(Path(folder) / "blobs")]
            _write(words)
            rows.append(_row(f"{count:,} {what}", state, cache))
        events = rows[1].figures["redis, MiB"] - before
        pictures = rows[2].figures["redis, MiB"] - rows[1].figures["redis, MiB"]
        size = sum(p.stat().st_size for p in Path(folder, "blobs").rglob("*") if p.is_file())
    limits = (
        f"redis has {state.limit_mib} MiB and refuses writes when it is full; "
        f"redis-cache has {cache.limit_mib} MiB and forgets."
    )
    written = (
        f"An event is claimed by {CONSUMERS} consumers, counted, and if it is one of a user "
        "compared with the last version; a hundredth have caused a task with a status."
    )
    kept = (
        f"A picture is an original of {_PICTURE_BYTES:,} bytes, two forms of a tenth of it, and a "
        f"task with its result. The object store has {size / _MIB:,.0f} MiB of them."
    )
    return Result(
        title="Memory of Redis",
        rows=tuple(rows),
        ratios=(
            Ratio(what="bytes of redis: one event", value=_bytes(events, EVENTS)),
            Ratio(what="bytes of redis: one picture", value=_bytes(pictures, PICTURES)),
        ),
        notes=(limits, written, kept),
    )


def _bytes(mib: float, count: int) -> float:
    return mib * _MIB / count


def _row(subject: str, state: _Server, cache: _Server) -> Row:
    return Row(
        subject=subject,
        figures={
            "redis, MiB": state.used_mib(),
            "redis-cache, MiB": cache.used_mib(),
            "forgotten by the cache": cache.count("evicted_keys"),
        },
    )


@contextmanager
def _started(fragment: str, folder: Path) -> Iterator[_Server]:
    program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit(f"This benchmark needs {' or '.join(_PROGRAMS)}.")
    text = (_INFRA / f"{fragment}.compose.yaml").read_text(encoding="utf-8")
    names = ("maxmemory", "maxmemory-policy")
    settings = {name: re.findall(rf"^ +{name} (\S+)$", text, re.MULTILINE)[0] for name in names}
    socket = folder / f"{fragment}.sock"
    words = [
        program,
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    words += [word for name, value in settings.items() for word in (f"--{name}", value)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
        retry = Retry(ConstantBackoff(0.05), 200, supported_errors=(NoConnectionError,))
        client = Redis(unix_socket_path=str(socket), retry=retry)
        try:
            client.ping()
            limit = int(settings["maxmemory"].removesuffix("mb"))
            yield _Server(url=f"unix://{socket}", client=client, limit_mib=limit)
        finally:
            client.close()
            process.terminate()


def _write(words: list[str]) -> None:
    path = ":".join(str(PROJECT / each) for each in _SOURCES)
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.peers.redis_writer", *words],
        env=environment({"PYTHONPATH": path}),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"The writer has failed:\n{done.stderr[-2000:]}")
    # Log lines come before it.
    if json.loads(done.stdout.splitlines()[-1])["refused"]:
        raise SystemExit(f"Redis was full: {done.stdout}")
