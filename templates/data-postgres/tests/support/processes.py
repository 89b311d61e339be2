"""The service as a process of its own."""

from functools import partial
from pathlib import Path

from shared.testing import run_app, served_app
from tests.support.environment import API_KEY

ROOT = Path(__file__).parents[2]

run = partial(run_app, ROOT)
served = partial(served_app, ROOT, {"X-API-Key": API_KEY})
