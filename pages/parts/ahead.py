"""What people will probably look at next, read while nobody waits for an answer, so that it is known when they ask.

Called by the pages, which name it, and by the launcher, whose server alone reads ahead. The newest of what was named
counts, and what cannot be read is left to who asks for it.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from core import log

PAUSE = 1.0
"""Seconds for which nobody must have asked for anything: whoever clicks on sooner is not to share a processor."""
Read = Callable[[], object]
_turn = threading.Condition()
_wanted: list[Read] = []
_answering = 0
_asked_at = 0.0
_is_over = True


def read(*reads: Read) -> None:
    """Name what may be asked next, the likeliest first, in the place of what was named before."""
    with _turn:
        _wanted[:] = () if _is_over else reads
        _turn.notify()


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """A page is being answered."""
    global _answering, _asked_at
    with _turn:
        _answering += 1
        _turn.notify()
    try:
        yield
    finally:
        with _turn:
            _answering -= 1
            _asked_at = time.monotonic()
            _turn.notify()


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """While the block runs, what is named is read by a thread of its own."""
    global _is_over
    _is_over = False
    thread = threading.Thread(target=_read, name="ahead")
    thread.start()
    try:
        yield
    finally:
        with _turn:
            _is_over = True
            _turn.notify()
        thread.join()


def _next() -> Read | None:
    """The likeliest of what is named, once nobody has asked for anything for a while; None where the server ends."""
    with _turn:
        while True:
            _turn.wait_for(lambda: _is_over or (_wanted and not _answering))
            if _is_over or not _turn.wait_for(lambda: _is_over or _answering, _asked_at + PAUSE - time.monotonic()):
                return None if _is_over else _wanted.pop(0)


def _read() -> None:
    while (first := _next()) is not None:
        try:
            first()
        except Exception:  # nobody asked yet: whoever does is told what is wrong
            log.event("not_read_ahead")
