"""The process that decodes: `python -m app.media.decoding`, one picture after the other."""

import resource
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

from app.media.imaging import processed
from app.media.limits import Limits
from app.media.pictures import PictureError, Pictures
from app.media.wire import LENGTH, REQUEST_PARTS, answer, limits_of

_MIB = 1024 * 1024


def main() -> None:
    """Answer requests until the other side is gone."""
    # Whoever stops the service lets the picture in hand be finished, and then closes the pipe.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with suppress(EOFError):
        while True:
            told, content = (_part(sys.stdin.buffer) for _ in range(REQUEST_PARTS))
            sys.stdout.buffer.write(answer(_outcome(content, limits_of(told))))
            sys.stdout.buffer.flush()


def _outcome(content: bytes, limits: Limits) -> Pictures | PictureError:
    most = limits.memory_mib * _MIB
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        return processed(content, limits)
    except PictureError as error:
        return error


def _part(source: BinaryIO) -> bytes:
    size = LENGTH.unpack(_exactly(source, LENGTH.size))[0]
    return _exactly(source, size)


def _exactly(source: BinaryIO, size: int) -> bytes:
    read = source.read(size)
    if len(read) < size:
        raise EOFError
    return read


if __name__ == "__main__":
    main()
