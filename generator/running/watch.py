"""Sees which services' code has changed on disk."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

# What is written in a service's folder that its process never reads.
_UNREAD = frozenset({"tests", "blobs", ".venv"})
_LOOK_MILLISECONDS = 200


class _Read(DefaultFilter):
    """Lets through what a process may read."""

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__()
        self._folders = folders

    def __call__(self, change: Change, path: str) -> bool:
        place = Path(path)
        inside = (place.relative_to(one).parts for one in self._folders if _is_in(place, one))
        return super().__call__(change, path) and not any(_UNREAD & set(parts) for parts in inside)


def changed_services(
    folders: Mapping[Path, Sequence[str]], over: threading.Event
) -> Iterator[tuple[str, ...]]:
    """The services whose code has changed, each time that something has; at first none, once.

    From that first answer on no change is missed.

    Args:
        folders: whose code is in each folder; those below it count.
        over: set when nobody looks any more.
    """
    paths = [folder for folder in folders if folder.is_dir()]
    looks = watch(
        *paths,
        watch_filter=_Read(paths),
        stop_event=over,
        rust_timeout=_LOOK_MILLISECONDS,
        yield_on_timeout=True,
    )
    next(looks, None)
    yield ()
    for changes in looks:
        if not changes:
            continue
        places = [Path(path) for _, path in changes]
        concerned = {
            name
            for folder, names in folders.items()
            if any(_is_in(place, folder) for place in places)
            for name in names
        }
        yield tuple(sorted(concerned))


def _is_in(place: Path, folder: Path) -> bool:
    return place.is_relative_to(folder)
