"""A decoder: `python -m app.decoder` processes one picture after the other."""

import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from app.decoder.imaging import Limits, PictureError, Pictures, process_picture
from app.decoder.protocol import LENGTH, REQUEST_PARTS, DecoderError, pack_response, read_limits

_MIB = 1024 * 1024
_EAGER_TO_DIE = "1000"


def main() -> None:
    """Answer requests until the other side is gone."""
    # Whoever stops the service lets the picture in hand be finished, and then closes the pipe.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # Where memory is short, the kernel ends a decoder, not the worker with everything it does.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_EAGER_TO_DIE, encoding="ascii")
    with suppress(EOFError):
        while True:
            limits, content = (_read_part(sys.stdin.buffer) for _ in range(REQUEST_PARTS))
            sys.stdout.buffer.write(pack_response(_process(content, read_limits(limits))))
            sys.stdout.buffer.flush()


def _process(content: bytes, limits: Limits) -> Pictures | PictureError | DecoderError:
    _limit_memory(limits.memory_mib * _MIB)
    try:
        return process_picture(content, limits)
    except PictureError as error:
        return error
    except MemoryError:
        return DecoderError(f"it takes more than {limits.memory_mib} MiB of memory")


def _limit_memory(most: int) -> None:
    # What the process makes, not what it maps of libraries: that is what fills a container.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _read_part(source: BinaryIO) -> bytes:
    size = LENGTH.unpack(_read_exactly(source, LENGTH.size))[0]
    return _read_exactly(source, size)


def _read_exactly(source: BinaryIO, size: int) -> bytes:
    read = source.read(size)
    if len(read) < size:
        raise EOFError
    return read


if __name__ == "__main__":
    main()
