"""Measures what one check of a password costs without anything around it."""

import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

_CHECKS = 40


def argon2_milliseconds(*, memory_kib: int, passes: int, threads: int) -> float:
    """Processor milliseconds of one check, as many at the same time as there are threads."""
    # Installed for benchmarks only.
    argon2: Any = import_module("argon2")
    hasher = argon2.PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
    known = hasher.hash("some password")
    with ThreadPoolExecutor(threads) as pool:
        used = time.process_time()
        checked = [pool.submit(hasher.verify, known, "some password") for _ in range(_CHECKS)]
    # The pool has waited for all of them.
    assert all(check.result() for check in checked)
    return 1000 * (time.process_time() - used) / _CHECKS
