"""What people will probably look at next, read while nobody waits for an answer, so that it is known when they ask.

Called by the pages, which name it, and by the launcher, whose server alone reads ahead. The newest of what was named
counts; only a page being answered is waited for, and what cannot be read is left to who asks for it.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

from core import log

Read = Callable[[], object]
_turn = threading.Condition()
_wanted: list[Read] = []
_answering = 0
_is_over = True


def read(*reads: Read) -> None:
    """Name what may be asked next, the likeliest first, in the place of what was named before."""
    with _turn:
        _wanted[:] = () if _is_over else reads
        _turn.notify()


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """A page is being answered."""
    global _answering
    with _turn:
        _answering += 1
    try:
        yield
    finally:
        with _turn:
            _answering -= 1
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


def _read() -> None:
    while True:
        with _turn:
            _turn.wait_for(lambda: _is_over or (_wanted and not _answering))
            if _is_over:
                return
            first = _wanted.pop(0)
        try:
            first()
        except Exception:  # nobody asked yet: whoever does is told what is wrong
            log.event("not_read_ahead")
