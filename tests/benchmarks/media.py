"""Times the worker's making of smaller pictures against a short script with Pillow."""

import sys
import tempfile
from pathlib import Path

from PIL import Image

from tests.benchmarks.commands import Command, Cost, alternate, environment
from tests.benchmarks.figures import Ratio, Result, Row
from tests.support.checkout import PROJECT

_COUNT = 30
_SIDES = {"the worker's media": "worker", "Pillow alone": "pillow"}
_SOURCES = ("templates/worker/src", "templates/workspace/shared/src")
# 12 megapixels, as a telephone takes them; noise, so that it is no easier to decode than a photo.
_SIZE, _SIGMA = (4000, 3000), 60


def measure(rounds: int) -> Result:
    """Alternate both over the same picture."""
    with tempfile.TemporaryDirectory(prefix="generator-bench-") as folder:
        file = Path(folder) / "picture.jpg"
        Image.effect_noise(_SIZE, _SIGMA).convert("RGB").save(file, "JPEG", quality=85)
        costs = alternate({name: _command(side, file) for name, side in _SIDES.items()}, rounds)
        size = file.stat().st_size / 1024 / 1024
    rows = tuple(Row(subject=name, figures=_figures(cost)) for name, cost in costs.items())
    ours, peer = costs.values()
    return Result(
        title="Pictures",
        rows=rows,
        ratios=(
            Ratio(what="pictures per second of a core: worker / Pillow", value=peer.cpu / ours.cpu),
        ),
        notes=(
            f"One JPEG of {_SIZE[0]} x {_SIZE[1]} pixels and {size:.1f} MiB, {_COUNT} times.",
            "Both make a thumbnail and a compressed form, which have to be equally large.",
            "Starting the process is counted.",
        ),
    )


def _command(side: str, file: Path) -> Command:
    module = ("-m", "tests.benchmarks.peers.pictures", side, str(_COUNT), str(file))
    path = {"PYTHONPATH": ":".join(str(PROJECT / each) for each in ("", *_SOURCES))}
    return Command(
        words=(sys.executable, *module), environment=environment(path), prepare=lambda: PROJECT
    )


def _figures(cost: Cost) -> dict[str, float]:
    return {
        "pictures/s of a core": (_COUNT + 2) / cost.cpu,
        "CPU ms/picture": 1000 * cost.cpu / (_COUNT + 2),
    }
