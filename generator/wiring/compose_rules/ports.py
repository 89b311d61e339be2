"""The ports of the machine: each for one service, and data for this machine alone."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from generator.catalog import BACKING_SERVICES
from generator.wiring.compose_rules.model import ComposeEntry, Place, Problem, Scene
from generator.wiring.compose_text import entries

# Who speaks on these, or is made from these images, keeps data or hands them on.
_DATA_PORTS = frozenset(
    {1433, 1521, 2379, 3306, 4222, 5432, 5671, 5672, 5984, 6379, 9042, 9092, 9200, 9300, 11211,
     15672, 26257, 27017}
)  # fmt: skip
_DATA_IMAGE = re.compile(
    r"(?:^|/)(?:cassandra|clickhouse[\w-]*|cockroach|couchdb|elasticsearch|etcd|influxdb|kafka"
    r"|keydb|mariadb|memcached|minio|mongo|mysql|nats|neo4j|opensearch|postgis|postgres(?:ql)?"
    r"|rabbitmq|redis(?:-stack)?|redpanda|timescaledb|valkey)(?=[:@]|$)"
)
_DATA_SERVICES = frozenset(name for spec in BACKING_SERVICES for name in spec.compose_services)
# `[::1]:8000:80/tcp`, `127.0.0.1:8000-8002:80`, `8000:80`, `80`.
_SHORT = re.compile(
    r"(?:(?P<ip>\[[^\]]*\]|[^:\[\]]*):)?(?:(?P<host>[\d-]*):)?(?P<port>[\d-]+)(?:/(?P<protocol>\w+))?"
)
_ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what is looked for


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A port of the machine that leads to one of a container."""

    ip: str
    port: int
    target: int
    protocol: str
    place: Place

    def meets(self, other: "Published") -> bool:
        """Whether both would listen at the same place."""
        one, two = self.ip, other.ip
        is_same = one == two or one in _ANYWHERE or two in _ANYWHERE
        return is_same and (self.port, self.protocol) == (other.port, other.protocol)


def find_twin_ports(entry: ComposeEntry, scene: Scene) -> Iterator[Problem]:
    """A port that a service before this one publishes already."""
    taken: list[tuple[str, Published]] = []
    for other in scene.services.values():
        if other.name == entry.name:
            break
        taken += [(other.name, port) for port in published(other)]
    for port in published(entry):
        for name, theirs in taken:
            if port.meets(theirs):
                yield Problem(
                    place=port.place,
                    cause=f"publishes port {port.port}, and so does {name} "
                    f"({theirs.place.file}:{theirs.place.line})",
                    cure="give one of them another port",
                )
        taken.append((entry.name, port))


def find_open_data(entry: ComposeEntry, _: Scene) -> Iterator[Problem]:
    """Data that whoever reaches this machine reaches, too."""
    keeps_data = entry.name in _DATA_SERVICES or bool(_DATA_IMAGE.search(entry.text("image")))
    if keeps_data and entry.text("network_mode") == "host":
        yield Problem(
            place=entry.place_of("network_mode"),
            cause="listens on every network of this machine",
            cure="take network_mode away, and publish its port on 127.0.0.1",
        )
    for port in published(entry):
        if (keeps_data or port.target in _DATA_PORTS) and not _is_loopback(port.ip):
            yield Problem(
                place=port.place,
                cause=f"publishes port {port.target} of data on every network of this machine"
                if port.ip in _ANYWHERE
                else f"publishes port {port.target} of data on {port.ip}",
                cure=f"publish it on loopback: 127.0.0.1:{port.port}:{port.target}",
            )


def _is_loopback(ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip).is_loopback
    except ValueError:
        return False


def published(entry: ComposeEntry) -> Iterator[Published]:
    """Every port of the machine that leads to a service."""
    for item in entry.items("ports"):
        ip, host, target, protocol = _fields(entry, item.node)
        hosts, targets = _numbers(host), _numbers(target)
        for number, port in enumerate(hosts):
            yield Published(
                ip=ip.strip("[]"),
                port=port,
                target=targets[min(number, len(targets) - 1)] if targets else 0,
                protocol=protocol or "tcp",
                place=item.place,
            )


def _fields(entry: ComposeEntry, node: yaml.Node) -> tuple[str, str, str, str]:
    if isinstance(node, yaml.MappingNode):
        given = {name: entry.filled(value) for name, value in entries(node).items()}
        names = ("host_ip", "published", "target", "protocol")
        ip, host, port, protocol = (given.get(name, "") for name in names)
        return ip, host, port, protocol
    match = _SHORT.fullmatch(entry.filled(node))
    if match is None:
        return "", "", "", ""
    ip, host = match["ip"] or "", match["host"]
    # Two parts are the machine's port and the container's.
    if host is None:
        ip, host = "", ip
    return ip, host or "", match["port"], match["protocol"] or ""


def _numbers(text: str) -> range:
    first, _, last = text.partition("-")
    if not first.isdecimal() or not (last or first).isdecimal():
        return range(0)
    return range(int(first), min(int(last or first), 65535) + 1)
