"""Once a night, whichever engine comes first; over midnight, over both clock changes, after a crash."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from cyberwehr.instance import Instance
from cyberwehr.services import nightly
from tests.conftest import MovingClock

BERLIN = ZoneInfo("Europe/Berlin")
HALF_PAST_THREE = time(3, 30)


@pytest.mark.parametrize(
    ("moment", "at", "day"),
    [
        ("2026-11-23T03:29:59+01:00", "03:30", date(2026, 11, 22)),
        ("2026-11-23T03:30:00+01:00", "03:30", date(2026, 11, 23)),
        ("2026-11-23T23:59:59+01:00", "03:30", date(2026, 11, 23)),
        ("2026-11-24T00:00:00+01:00", "03:30", date(2026, 11, 23)),
        ("2026-11-24T00:00:00+01:00", "00:00", date(2026, 11, 24)),
        ("2026-03-29T01:59:00+01:00", "02:30", date(2026, 3, 28)),  # 02:30 is skipped: it comes at 03:30
        ("2026-03-29T03:29:00+02:00", "02:30", date(2026, 3, 28)),
        ("2026-03-29T03:30:00+02:00", "02:30", date(2026, 3, 29)),
        ("2026-10-25T02:30:00+02:00", "02:30", date(2026, 10, 25)),  # 02:30 comes twice: the first counts
        ("2026-10-25T02:29:00+01:00", "02:30", date(2026, 10, 25)),
    ],
)
def test_which_day_is_due(moment: str, at: str, day: date) -> None:
    found = nightly.due_day(datetime.fromisoformat(moment).astimezone(UTC), time.fromisoformat(at), BERLIN)
    assert found == day


def take(instance: Instance, finish: bool = True) -> date | None:
    day = nightly.take(instance, "duty", HALF_PAST_THREE)
    if day is not None and finish:
        nightly.finish(instance, "duty", day)
    return day


def test_every_quarter_of_an_hour_over_both_clock_changes_each_night_comes_once(
    sqlite_instance: Instance, clock: MovingClock
) -> None:
    for start in (datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)):
        clock.at = start
        taken = [day for _ in range(4 * 24 * 4) if (clock.forward(minutes=15), day := take(sqlite_instance))[1]]
        assert taken == [date.fromordinal(start.date().toordinal() + n) for n in range(5)]


def test_of_many_engines_one_gets_the_night(instance: Instance) -> None:
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: nightly.claimed(instance, "duty", date(2026, 11, 23)), range(6)))
    assert sorted(taken) == [False] * 5 + [True]


def test_what_was_begun_and_not_finished_is_tried_again(instance: Instance, clock: MovingClock) -> None:
    assert take(instance, finish=False) == date(2026, 11, 23)
    clock.forward(minutes=9)
    assert take(instance) is None
    clock.forward(minutes=2)
    assert take(instance) == date(2026, 11, 23)
    clock.forward(minutes=11)
    assert take(instance) is None
    clock.forward(days=3)
    assert take(instance) == date(2026, 11, 26)
