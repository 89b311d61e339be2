"""The same content has the same fingerprint in every process."""

import subprocess
import sys

# A union of a set of keys and a frozenset is a plain set, whatever its type says.
PRINT = """
from generator.verification.context import BootPlan
from generator.verification.fingerprint import _plain

names = {"AMQP_URL": "", "REDIS_URL": "", "DATA_SERVICE_URL": ""}.keys() | frozenset({"OTHER_URL"})
print(_plain(BootPlan(dependencies=names)))
"""


def test_the_facts_of_a_plan_do_not_depend_on_how_this_process_orders_sets() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", PRINT],
            env={"PYTHONHASHSEED": str(seed)}, check=True, capture_output=True, text=True,
        ).stdout
        for seed in range(1, 5)
    }  # fmt: skip
    assert len(said) == 1
