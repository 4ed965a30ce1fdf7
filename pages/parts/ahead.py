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
_reader: list[threading.Thread] = []
"""The thread that reads, while there is a server."""
_answering = 0
_asked_at = 0.0


def read(*reads: Read) -> None:
    """Name what may be asked next, the likeliest first, in the place of what was named before."""
    with _turn:
        _wanted[:] = reads if _reader else ()
        _turn.notify()


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Somebody waits: a page is drawn, or something is done."""
    global _answering, _asked_at
    with _turn:
        _answering += 1
    try:
        yield
    finally:
        with _turn:
            _answering -= 1
            _asked_at = time.monotonic()
            _turn.notify()


def begin() -> None:
    """From now on what is named is read, by a thread of its own."""
    with _turn:
        _reader.append(threading.Thread(target=_read, name="ahead"))
        _reader[0].start()


def end() -> None:
    """Read nothing any more; waits for what is being read."""
    with _turn:
        thread = _reader.pop()
        _wanted.clear()
        _turn.notify()
    thread.join()


def _read() -> None:
    while (first := _next()) is not None:
        try:
            first()
        except Exception as error:  # nobody asked yet: whoever does is told what is wrong
            log.event("not_read_ahead", fault=type(error).__name__)


def _next() -> Read | None:
    """The likeliest of what is named, once nobody has asked for anything for a while; None where the server ends."""
    with _turn:
        while _reader:
            left = _asked_at + PAUSE - time.monotonic()
            if not _wanted or _answering:
                _turn.wait()
            elif left > 0:
                _turn.wait(left)
            else:
                return _wanted.pop(0)
    return None
