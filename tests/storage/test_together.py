"""Writers who come at the same moment share a transaction; each gets his own answer, or his own refusal."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cyberwehr.domain.terms import Channel
from cyberwehr.instance import Instance
from cyberwehr.services.actors import CALLER
from cyberwehr.services.intake import Details, Report, receive_call
from cyberwehr.storage import Call, StorageAway, journal
from cyberwehr.storage.together import MOST, Together


class Desk:
    """A database that only counts: what was committed in which transaction, and when it is let go."""

    def __init__(self) -> None:
        self.transactions: list[list[str]] = []
        self.open = threading.Event()
        self.away = False

    @contextmanager
    def begin(self) -> Iterator[Session]:
        self.open.wait(10)
        if self.away:
            raise StorageAway("the database does not answer")
        self.written: list[str] = []
        yield Session()
        self.transactions.append(self.written)

    def write_all(self, _tx: Session, values: Sequence[str]) -> list[str]:
        if "bad" in values:
            raise IntegrityError("INSERT", None, ValueError("bad"))
        self.written.extend(values)
        return [value.upper() for value in values]


def at_once(together: Together, desk: Desk, values: Sequence[str]) -> dict[str, object]:
    """All ask before the database lets anybody in: what each got."""
    got: dict[str, object] = {}

    def ask(value: str) -> None:
        try:
            got[value] = together.write(desk.write_all, value)
        except (IntegrityError, StorageAway) as error:
            got[value] = type(error)

    threads = [threading.Thread(target=ask, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    while len(together._waiting) < len(values):
        threading.Event().wait(0.001)
    desk.open.set()
    for thread in threads:
        thread.join(20)
    return got


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def together(desk: Desk) -> Together:
    return Together(desk.begin)


def test_those_who_come_together_are_committed_together(desk: Desk, together: Together) -> None:
    values = [f"v{n}" for n in range(20)]
    assert at_once(together, desk, values) == {value: value.upper() for value in values}
    assert [sorted(one) for one in desk.transactions] == [sorted(values)]


def test_no_transaction_takes_more_than_it_may(desk: Desk, together: Together) -> None:
    values = [f"v{n}" for n in range(MOST + 6)]
    assert len(at_once(together, desk, values)) == len(values)
    assert sorted(len(one) for one in desk.transactions) == [6, MOST]


def test_only_the_one_who_has_to_be_refused_is(desk: Desk, together: Together) -> None:
    assert at_once(together, desk, ["a", "bad", "b"]) == {"a": "A", "bad": IntegrityError, "b": "B"}
    assert sorted(map(tuple, desk.transactions)) == [("a",), ("b",)]


def test_a_database_that_is_away_is_found_out_once_for_all(desk: Desk, together: Together) -> None:
    desk.away = True
    assert at_once(together, desk, ["a", "b", "c"]) == dict.fromkeys("abc", StorageAway)
    assert desk.transactions == []
    desk.away = False
    assert together.write(desk.write_all, "d") == "D"


def test_a_fault_of_the_program_stays_one_and_others_still_write(desk: Desk, together: Together) -> None:
    desk.open.set()

    def broken(_tx: Session, _values: Sequence[str]) -> list[str]:
        raise RuntimeError("a fault")

    with pytest.raises(RuntimeError):
        together.write(broken, "a")
    assert together.write(desk.write_all, "b") == "B"


def test_calls_of_one_moment_are_each_kept_and_journalled(instance: Instance) -> None:
    got: list[str] = []

    def ring(number: int) -> None:
        details = Details(company=f"Muster {number} GmbH", phone="+49 234 5550100", postal_code="44787", town="Bochum")
        got.append(receive_call(instance, Report(Channel.PHONE, "de", details), CALLER).reference)

    threads = [threading.Thread(target=ring, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with instance.reading() as tx:
        kept = {call.reference: call.details["company"] for call in tx.query(Call)}
    assert set(kept) == set(got)
    assert sorted(kept.values()) == sorted(f"Muster {number} GmbH" for number in range(24))
    with instance.reading() as tx:
        assert journal.verify(tx) == (24, None)
