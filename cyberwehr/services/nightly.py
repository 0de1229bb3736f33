"""What is done once a night, by whichever engine comes first: the database decides."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cyberwehr.instance import Instance
from cyberwehr.storage import NightlyDuty, now

PATIENCE = timedelta(minutes=10)
"""After this a duty that was begun and not finished is taken for failed, and tried again."""

ONE_DAY = timedelta(days=1)


def take(instance: Instance, name: str, at: time) -> date | None:
    """The day to do this duty for, if it is due and nobody has it; whoever gets a day does it and calls `finish`.

    at: on the wall, in the instance's zone. A night in which no engine ran is made up for at once.
    """
    with instance.reading() as tx:
        day = due_day(now(tx), at, instance.zone)
        known = tx.scalar(select(NightlyDuty).where(NightlyDuty.name == name))
        if known is not None and not is_open(known, day, now(tx)):
            return None
    return day if claimed(instance, name, day) else None


def due_day(moment: datetime, at: time, zone: ZoneInfo) -> date:
    """The local day whose hour has come last. An hour that the clocks skip or repeat comes once."""
    today = moment.astimezone(zone).date()
    return today if datetime.combine(today, at, zone).astimezone(UTC) <= moment else today - ONE_DAY


def is_open(duty: NightlyDuty, day: date, moment: datetime) -> bool:
    return duty.day < day or (duty.finished_at is None and duty.begun_at < moment - PATIENCE)


def claimed(instance: Instance, name: str, day: date) -> bool:
    """One statement, so that of two engines at the same moment only one gets a row back."""
    insert = sqlite.insert if instance.database.is_sqlite else postgresql.insert
    with instance.begin() as tx:
        moment = now(tx)
        failed = and_(NightlyDuty.finished_at.is_(None), NightlyDuty.begun_at < moment - PATIENCE)
        values = {"day": day, "begun_at": moment, "finished_at": None}
        taken = tx.execute(
            insert(NightlyDuty)
            .values(name=name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values, where=or_(NightlyDuty.day < day, failed))
            .returning(NightlyDuty.name)
        )
        return taken.scalar() is not None


def finish(instance: Instance, name: str, day: date) -> None:
    with instance.begin() as tx:
        tx.execute(
            update(NightlyDuty).where(NightlyDuty.name == name, NightlyDuty.day == day).values(finished_at=now(tx))
        )
