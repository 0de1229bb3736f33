"""How many tasks of this process may be at the database at once, and how long the others wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cyberwehr.storage.trouble import StorageAway, StorageSilent

BUSY_SECONDS = 10.0


class Turns:
    """So many tasks of this process at once; the others wait here, patiently and without a connection.

    SQLAlchemy's pool could make them wait, too, but it wakes nobody when a connection could not be made: behind a
    database that is silent they would wait to the end. Here they are told as soon as one of those inside knows.
    """

    def __init__(self, number: int) -> None:
        self._free = number
        self._silences = 0
        self._changed = threading.Condition()

    @contextmanager
    def taken(self) -> Iterator[None]:
        self._take()
        try:
            yield
        except StorageSilent:
            self._send_away()
            raise
        finally:
            self._leave()

    def _take(self) -> None:
        with self._changed:
            known = self._silences
            if not self._changed.wait_for(lambda: self._free > 0 or self._silences > known, BUSY_SECONDS):
                raise StorageAway("the database is busy")
            if self._silences > known:
                raise StorageSilent("the database does not answer")
            self._free -= 1

    def _send_away(self) -> None:
        with self._changed:
            self._silences += 1
            self._changed.notify_all()

    def _leave(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify()
