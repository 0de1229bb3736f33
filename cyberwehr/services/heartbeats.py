"""Signs of life of the engines, and whether this instance is ready to work."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from cyberwehr.instance import Instance
from cyberwehr.storage import Heartbeat, now
from cyberwehr.storage.key_check import key_fits
from cyberwehr.storage.migrate import is_current

FRESH = timedelta(seconds=15)
FORGOTTEN = timedelta(hours=1)


def beat(instance: Instance, engine: str) -> None:
    with instance.begin() as tx:
        row = tx.get(Heartbeat, engine) or Heartbeat(engine=engine)
        row.at = now(tx)
        tx.add(row)
        tx.execute(delete(Heartbeat).where(Heartbeat.at < now(tx) - FORGOTTEN))


def readiness(instance: Instance) -> dict[str, bool]:
    """database (there, and ours), schema, regions, engine: each true if it would work now.

    StorageAway is the caller's to handle.
    """
    with instance.reading() as tx:
        schema = is_current(tx.connection())
        newest = tx.scalar(select(func.max(Heartbeat.at))) if schema else None
        engine = newest is not None and now(tx) - newest < FRESH
        fits = schema and key_fits(tx)
    return {"database": fits, "schema": schema, "regions": bool(instance.regions), "engine": engine}
