"""What a container may do: no root, no writing beside its volumes, bounded, a known image."""

import re
from collections.abc import Iterator

from generator.wiring.compose_rules.model import ComposeEntry, Problem, Scene

_ROOT = frozenset({"0", "root"})
# A version has two numbers at least, or the tag is a commit.
_VERSION = re.compile(r"\d+[.-]\d+|(?:^|[.-])[0-9a-f]{7,40}$")
_LIMITS = {"cpus": "cpus", "memory": "mem_limit"}


def find_root(entry: ComposeEntry, _: Scene) -> Iterator[Problem]:
    """Whoever runs as root, or as whom the image says."""
    user = entry.text("user").split(":")[0]
    if not user or user in _ROOT:
        yield Problem(
            place=entry.place_of("user"),
            cause="runs as root" if user else "has no user, and images run as root by default",
            cure='set user, as in user: "10001:10001"',
        )


def find_writable(entry: ComposeEntry, _: Scene) -> Iterator[Problem]:
    """Whoever may write into the file system of its container."""
    if not entry.is_set("read_only"):
        yield Problem(
            place=entry.place_of("read_only"),
            cause="may write anywhere in its container",
            cure="set read_only: true, with tmpfs or volumes where it must write",
        )


def find_unlimited(entry: ComposeEntry, _: Scene) -> Iterator[Problem]:
    """Whoever may take all processors or all memory of the machine."""
    limits = entry.mapping("deploy", "resources", "limits")
    missing = [
        name
        for name, short in _LIMITS.items()
        if not (entry.text(short) or (name in limits and entry.filled(limits[name].node)))
    ]
    if missing:
        yield Problem(
            place=entry.place_of("deploy"),
            cause=f"has no limit of {' and '.join(missing)}",
            cure="set deploy.resources.limits",
        )


def find_floating(entry: ComposeEntry, _: Scene) -> Iterator[Problem]:
    """Whoever runs an image that may be another one tomorrow, unless it is built here."""
    image = entry.text("image")
    if not image or entry.located("build") or "@sha256:" in image:
        return
    name, separator, tag = image.rpartition(":")
    is_tagged = bool(separator) and "/" not in tag
    if not (is_tagged and name and _VERSION.search(tag)):
        yield Problem(
            place=entry.place_of("image"),
            cause=f"runs {image}, which may be another image tomorrow",
            cure="name a whole version, as in postgres:17.6, or a digest",
        )
