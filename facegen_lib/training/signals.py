"""What the system says when a process should end: Ctrl-C, `kill`, a terminal that is closed."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def heard(stop: Callable[[], None]) -> Iterator[None]:
    """Calls `stop` when a signal asks the process to end: Ctrl-C or the notebook's ■, SIGTERM, SIGHUP.

    A second Ctrl-C ends it at once; a second hang-up does not, because a terminal that is closed sends several. One
    that `nohup` has set to be ignored still is. In a thread other than the main one nothing is heard.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    before = {number: signal.getsignal(number) for number in numbers}

    def handle(number, frame) -> None:
        if number == signal.SIGINT:
            signal.signal(number, before[number])
        stop()

    for number in numbers:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
