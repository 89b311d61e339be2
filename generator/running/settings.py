"""What a service is told here: what Compose would give it, with everything led to this machine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

# Where a URL names its host: after `//` and, if there is one, a user with a password.
_HOST = r"(?<=//)(?P<user>[^/@\s,]*@)?(?P<host>{names})(?::\d+)?(?=[/?#,\s]|$)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What stands here for what compose has.

    Attributes:
        ports: where the services that run here listen, by name.
        servers: the URLs of backing services: by the variable that leads there, the names that
            such a server has in compose, and the URL that it has here.
        volumes: the folder that holds a folder for each volume.
    """

    ports: Mapping[str, int]
    servers: Mapping[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    volumes: Path


def settings_here(
    given: Mapping[str, str], volumes: Mapping[str, str], around: Surroundings
) -> dict[str, str]:
    """The variables of a service that runs on this machine.

    Only what leads to a compose service or a volume changes: whatever else a person has set, such
    as the URL of a bucket or of a server elsewhere, stays.

    Args:
        given: what Compose would give it.
        volumes: the names of its volumes, by the folder where it would find each.
        around: what stands here for what compose has.
    """
    settings: dict[str, str] = {}
    for name, value in given.items():
        hosts, url = around.servers.get(name, ((), ""))
        if hosts and _hosts(hosts).search(value):
            settings[name] = url
        else:
            settings[name] = _folders(_services(value, around.ports), volumes, around.volumes)
    return settings


def _services(value: str, ports: Mapping[str, int]) -> str:
    if "//" not in value or not ports:
        return value

    def lead(match: re.Match[str]) -> str:
        return f"{match['user'] or ''}127.0.0.1:{ports[match['host']]}"

    return _hosts(tuple(ports)).sub(lead, value)


def _folders(value: str, volumes: Mapping[str, str], parent: Path) -> str:
    for target, volume in volumes.items():
        folder = str(parent / volume)
        place = rf"(?P<scheme>^|://){re.escape(target.rstrip('/'))}(?=/|$)"
        found = re.search(place, value)
        if found:
            here = quote(folder) if found["scheme"] else folder
            value = value[: found.start()] + found["scheme"] + here + value[found.end() :]
    return value


def _hosts(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_HOST.format(names="|".join(map(re.escape, names))))
