"""`python -m generator.backing.rabbitmq` downloads RabbitMQ into the cache.

It prints the folders that make it an installed one when they stand first on PATH.
"""

import os
import sys

from generator.backing.ladder import Request, UnsuitableError
from generator.backing.rabbitmq.fetched import find_fetched
from generator.backing.undo import Undo


def main() -> int:
    """Print the folders, or on stderr why there are none."""
    undo = Undo()
    try:
        programs = find_fetched(Request(environment=os.environ, fetch=True), undo)
    except UnsuitableError as error:
        sys.stderr.write(f"RabbitMQ cannot be fetched: {error.outcome}\n")
        return 1
    finally:
        undo.finish()
    sys.stdout.write(":".join(map(str, (programs.server.parent, *programs.folders))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
