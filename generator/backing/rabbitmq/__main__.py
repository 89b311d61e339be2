"""`python -m generator.backing.rabbitmq` downloads RabbitMQ into the cache.

It prints the folders that make it an installed one when they stand first on PATH.
"""

import os
import sys

from generator.backing.cleanup import Cleanup
from generator.backing.providers import Request, UnsuitableError
from generator.backing.rabbitmq.fetched import find_fetched


def main() -> int:
    """Print the folders, or on stderr why there are none."""
    cleanup = Cleanup()
    try:
        programs = find_fetched(Request(environment=os.environ, fetch=True), cleanup)
    except UnsuitableError as error:
        sys.stderr.write(f"RabbitMQ cannot be fetched: {error.outcome}\n")
        return 1
    finally:
        cleanup.finish()
    sys.stdout.write(":".join(map(str, (programs.server.parent, *programs.folders))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
