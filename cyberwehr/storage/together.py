"""Writers who come at the same moment share one transaction: one lock, one journal head, one wait for the disk.

Nobody is answered before what he wrote is on the disk. If the shared transaction is refused, each writes alone, so that
only he is refused who has to be.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cyberwehr.storage.trouble import StorageAway

V = TypeVar("V")
R = TypeVar("R")
Begin = Callable[[], AbstractContextManager[Session]]
WriteAll = Callable[[Session, Sequence[V]], Sequence[R]]
"""Writes all values in one transaction: one result for each, in their order."""
MOST = 64
"""Values in one transaction; whoever else has come gets the next."""


class Share(Generic[V, R]):
    """One writer's value, and what became of it. It may be written twice: together with others, then alone."""

    def __init__(self, write_all: WriteAll[V, R], value: V) -> None:
        self.write_all = write_all
        self.value = value
        self.taken = False
        self.away: StorageAway | None = None
        self.results: list[R] = []

    def result(self, begin: Begin) -> R:
        if self.away is not None:
            raise self.away
        if not self.results:
            with begin() as tx:
                alone = list(self.write_all(tx, [self.value]))
            self.results = alone
        return self.results[0]


class Together:
    """begin: opens a transaction that is committed at its end."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin
        self._waiting: deque[Share[Any, Any]] = deque()
        self._turn = threading.Lock()

    def write(self, write_all: WriteAll[V, R], value: V) -> R:
        """The value's result, once it is committed; raises what `write_all` raised, or why it could not be committed.

        Only values of the same `write_all` share a transaction.
        """
        share = Share(write_all, value)
        self._waiting.append(share)
        time.sleep(0)  # under gevent: whoever else is ready comes along
        with self._turn:
            while not share.taken:
                self._write_waiting()
        return share.result(self._begin)

    def _write_waiting(self) -> None:
        shares: list[Share[Any, Any]] = []
        try:
            with self._begin() as tx:
                shares = self._take()
                results = shares[0].write_all(tx, [share.value for share in shares])
        except StorageAway as away:  # for all who wait: each would find it out for himself, one after the other
            for share in shares or self._take():
                share.away = away
        except DBAPIError:
            return  # one of them is refused: each alone
        else:
            for share, result in zip(shares, results, strict=True):
                share.results = [result]

    def _take(self) -> list[Share[Any, Any]]:
        """Who wants the same as the first who waits, in their order."""
        first = self._waiting[0]
        shares = [share for share in self._waiting if share.write_all == first.write_all][:MOST]
        for share in shares:
            self._waiting.remove(share)
            share.taken = True
        return shares
