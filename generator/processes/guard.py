"""Ends what a process started when that process itself was killed."""

import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

# A shell: `pkill -9 -f generator` does not take it along, and it costs a millisecond. Its input
# names what lives (`+ TARGET SIGNAL`) and what has ended (`- TARGET`); the end of the input means
# that nobody else is left to end the rest. With a folder ($1) only processes that have it in
# their command line are ended, because numbers are given out again, and then it is removed ($2).
_SCRIPT = """
living=
while read -r sign target name; do
    rest=
    for one in $living; do [ "${one%%:*}" = "$target" ] || rest="$rest $one"; done
    living=$rest
    [ "$sign" = + ] && living="$living $target:$name"
done
# Not `kill -s 0` where it can be helped: it finds the dead that nobody has waited for.
alive() {
    if [ -z "$1" ]; then kill -s 0 -- "$2"
    elif [ -d /proc/self ]; then grep -qaF -- "$1" "/proc/$2/cmdline"
    else ps -p "$2" -o args= | grep -qF -- "$1"; fi
}
finish() {
    alive "$1" "$2" || return
    kill -s "$3" -- "$2"
    n=0
    while alive "$1" "$2" && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
    alive "$1" "$2" && kill -s KILL -- "$2"
}
for one in $living; do finish "$1" "${one%%:*}" "${one#*:}" & done
wait
[ "$2" = remove ] || exit
rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
"""


class Guard:
    """Watches over processes until it is closed; any thread may call it.

    Args:
        folder: what the command line of each watched process holds, so that nobody else is ended
            who got its number; None when process groups are watched.
        remove: whether that folder is removed at the end.
        held: a file descriptor that stays open until the guard is done: the lock of what it guards.

    Raises:
        OSError: there is no shell.
    """

    def __init__(
        self, folder: Path | None = None, *, remove: bool = False, held: int | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._living: set[int] = set()
        words = [str(folder or ""), "remove" if folder and remove else ""]
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "sh", *words],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            encoding="ascii",
            start_new_session=True,
            pass_fds=() if held is None else (held,),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def watch(self, target: int, number: signal.Signals = signal.SIGKILL) -> None:
        """End this process, or this group if negative, when ours is gone.

        Args:
            target: its number.
            number: the signal that it gets first; five seconds later it is killed.
        """
        with self._lock:
            self._living.add(target)
            self._say(f"+ {target} {number.name.removeprefix('SIG')}")

    def forget(self, target: int) -> None:
        """Let go what has ended; one that is not watched is fine."""
        with self._lock:
            self._living.discard(target)
            self._say(f"- {target}")

    def close(self) -> None:
        """Let go everything; the folder, if it is to be removed, is gone afterwards."""
        for target in tuple(self._living):
            self.forget(target)
        with suppress(BrokenPipeError):
            self._shell.communicate()

    def _say(self, line: str) -> None:
        # Somebody may have killed the shell. Without it a kill of this process leaves children
        # behind, no more than that; so the work goes on.
        with suppress(OSError, ValueError):
            if self._shell.stdin:
                self._shell.stdin.write(f"{line}\n")
                self._shell.stdin.flush()
