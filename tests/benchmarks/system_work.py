"""Measures what the whole system does on this machine: a photo's way, requests, tasks, memory."""

import io
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import psutil
from PIL import Image

from generator.running import Record
from tests.benchmarks.accounts import CACHED, UNCACHED, Account, log_in, register, texts
from tests.benchmarks.bursts import CONNECTIONS, PROCESSES, Figures, burst, middle
from tests.benchmarks.figures import Ratio, Result, Row
from tests.benchmarks.load import Order
from tests.benchmarks.whole_system import API, BOT, DATA, SystemGround, system_ground
from tests.support.administrator import enter_as_administrator

_PHOTOS = 20
_TASKS = 300
_PEOPLE = 4
_SENDERS = 8
_BURST_SECONDS = 5.0
_PATIENCE_SECONDS = 120.0
_MIB = 1 << 20
_SERVERS = {"postgres": "PostgreSQL", "redis-server": "Redis", "beam.smp": "RabbitMQ"}


def measure(rounds: int) -> Result:
    """Send photos one after the other, read from several processes, then post tasks."""
    with (
        system_ground() as system,
        system.up() as record,
        _open(system, record) as clients,
    ):
        # The first one is not counted.
        _photo_seconds(clients)
        ways = sorted(_photo_seconds(clients) for _ in range(_PHOTOS))
        accounts = log_in(clients.api_port, register(clients.api_port, _PEOPLE))
        reads = {
            work: middle([_read(record, work, clients, accounts) for _ in range(rounds)])
            for work in (CACHED, UNCACHED)
        }
        tasks = statistics.median(_tasks_per_second(clients) for _ in range(min(rounds, 3)))
        memory = _memory(record)
    return _result(ways, reads, tasks, memory)


@dataclass(frozen=True, kw_only=True)
class _Clients:
    """Ways into the running system.

    Attributes:
        api: as an administrator.
        chat: the path of a person's chat with the bot, on the fake Telegram.
    """

    telegram: httpx2.Client
    chat: str
    data: httpx2.Client
    api: httpx2.Client
    api_port: int


@contextmanager
def _open(system: SystemGround, record: Record) -> Iterator[_Clients]:
    urls = {one.name: one.url for one in record.services}
    with (
        httpx2.Client(base_url=record.fakes[BOT], timeout=_PATIENCE_SECONDS) as telegram,
        httpx2.Client(base_url=urls[DATA], timeout=_PATIENCE_SECONDS) as data,
        httpx2.Client(base_url=urls[API], timeout=_PATIENCE_SECONDS) as api,
    ):
        data.headers["X-API-Key"] = system.setting("OPERATOR__USERS_DATA__API_KEY")
        [bot] = telegram.get("/control/bots").json()
        chat = f"/control/bots/{bot['id']}/chats/1001"
        telegram.put(chat, json={"first_name": "Ann", "language_code": "en"}).raise_for_status()
        enter_as_administrator(api, data)
        port = int(urls[API].rpartition(":")[2])
        yield _Clients(telegram=telegram, chat=chat, data=data, api=api, api_port=port)


def _photo_seconds(clients: _Clients) -> float:
    """From sending a photo to the bot until its thumbnail is in the chat."""
    content = io.BytesIO()
    Image.linear_gradient("L").resize((1600, 1200)).save(content, "JPEG")
    files = {"photo": ("photo.jpg", content.getvalue(), "image/jpeg")}
    begun = time.perf_counter()
    sent = clients.telegram.post(f"{clients.chat}/photo", files=files).raise_for_status().json()
    revision, deadline = -1, begun + _PATIENCE_SECONDS
    while time.perf_counter() < deadline:
        query = {"revision": revision, "wait": 2}
        seen = clients.telegram.get(clients.chat, params=query).raise_for_status().json()
        revision = seen["revision"]
        if any(
            message["from"]["is_bot"]
            and "photo" in message
            and message["message_id"] > sent["message_id"]
            for message in seen["messages"]
        ):
            return time.perf_counter() - begun
    raise SystemExit("No thumbnail came back.")


class _Services:
    """All services of the system as one subject of a load."""

    name = "the system"

    def __init__(self, record: Record) -> None:
        self._processes = [psutil.Process(one.pid) for one in record.services if one.pid]

    def cpu_seconds(self) -> float:
        """What they have used of processors so far."""
        times = [one.cpu_times() for one in self._processes]
        return sum(each.user + each.system for each in times)

    def memory(self) -> float:
        """What they hold in memory, in MiB."""
        return sum(one.memory_info().rss for one in self._processes) / _MIB


def _read(record: Record, work: str, clients: _Clients, accounts: Sequence[Account]) -> Figures:
    order = Order(
        port=clients.api_port,
        connections=CONNECTIONS,
        seconds=_BURST_SECONDS,
        texts=texts(work, accounts),
    )
    return burst(_Services(record), [order] * PROCESSES)


def _tasks_per_second(clients: _Clients) -> float:
    """Pictures processed once more: from posting the first task to the end of the last one."""
    user = clients.data.get("/api/v1/users/by-telegram-id/1001").raise_for_status().json()
    page = clients.data.get(f"/api/v1/users/{user['id']}/files").raise_for_status().json()
    file = page["items"][0]
    payload = {"file_id": file["id"], "blob": file["storage_key"]}

    def post(_: int) -> str:
        task = {"type": "media.process", "payload": payload}
        answer = clients.api.post("/api/v1/tasks", json=task).raise_for_status().json()
        return str(answer["id"])

    begun = time.perf_counter()
    with ThreadPoolExecutor(_SENDERS) as pool:
        waiting = list(pool.map(post, range(_TASKS)))
        while waiting:
            found = list(pool.map(lambda one: _task(clients, one), waiting[-_SENDERS:]))
            if all(task["status"] == "done" for task in found):
                del waiting[-_SENDERS:]
    return _TASKS / (time.perf_counter() - begun)


def _task(clients: _Clients, task_id: str) -> dict[str, Any]:
    answer = clients.api.get(f"/api/v1/tasks/{task_id}").raise_for_status().json()
    assert answer["status"] not in {"failed", "cancelled"}, answer
    return dict(answer)


def _memory(record: Record) -> dict[str, float]:
    """What each part holds, in MiB, with all its processes."""
    found = {
        one.name: _held(psutil.Process(one.pid)) for one in record.services if one.pid is not None
    }
    for child in psutil.Process(record.pid).children(recursive=True):
        parent = child.parent()
        if child.name() in _SERVERS and parent and parent.name() != child.name():
            found[_SERVERS[child.name()]] = _held(child)
    found["generator up"] = psutil.Process(record.pid).memory_info().rss / _MIB
    return found


def _held(process: psutil.Process) -> float:
    """Memory of its own, and what it shares with its children once: PSS."""
    every = [process, *process.children(recursive=True)]
    return sum(one.memory_full_info().pss for one in every) / _MIB


def _result(
    ways: Sequence[float], reads: dict[str, Figures], tasks: float, memory: dict[str, float]
) -> Result:
    figures = {
        "a photo's way, p50, ms": 1000 * statistics.median(ways),
        "a photo's way, p95, ms": 1000 * ways[len(ways) * 95 // 100],
        **{f"{work}, requests/s": found.rate for work, found in reads.items()},
        **{f"{work}, p95, ms": found.p95 for work, found in reads.items()},
        "pictures processed by tasks, tasks/s": tasks,
        **{f"memory of {name}, MiB": held for name, held in memory.items()},
    }
    return Result(
        title="The whole system at work",
        rows=tuple(Row(subject=name, figures={"": value}) for name, value in figures.items()),
        ratios=(
            Ratio(
                what="memory of generator up / of the services",
                value=memory["generator up"] / sum(memory[one] for one in memory if "-" in one),
            ),
        ),
        notes=(
            "A service of each kind in one process, PostgreSQL, RabbitMQ and Redis, as of `up`.",
            "Load and system share the machine.",
            f"A photo's way: {_PHOTOS} times in turn, until the thumbnail is in the chat.",
            "On it: bot, object store, data service, task, worker, event, bot.",
            f"Tasks: {_TASKS} by {_SENDERS} callers of the API, two pictures of that photo each.",
            "Memory is what is resident, shared pages counted once (PSS).",
        ),
    )
