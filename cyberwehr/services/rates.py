"""How often somebody may knock. Buckets live in the database, so that all nodes count together."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from cyberwehr.instance import Instance
from cyberwehr.services.errors import TooMany
from cyberwehr.services.tokens import token_hash
from cyberwehr.storage import RateBucket, now


def knock(instance: Instance, purpose: str, who: str, limit: int, per: timedelta) -> None:
    """Count one attempt and refuse it if there were more than `limit` in this window. `who` is stored hashed only."""
    with instance.begin() as tx:
        moment = now(tx)
        start = window_start(moment, per)
        name = f"{purpose}:{token_hash(who)[:32]}"
        insert = sqlite.insert if instance.database.is_sqlite else postgresql.insert
        tx.execute(
            insert(RateBucket)
            .values(name=name, window=start, count=1)
            .on_conflict_do_update(index_elements=["name", "window"], set_={"count": RateBucket.count + 1})
        )
        count = tx.scalar(select(RateBucket.count).where(RateBucket.name == name, RateBucket.window == start)) or 0
    if count > limit:
        raise TooMany(retry_after=int((start + per - moment).total_seconds()) + 1)


def window_start(moment: datetime, per: timedelta) -> datetime:
    seconds = int(per.total_seconds())
    return moment.fromtimestamp(moment.timestamp() // seconds * seconds, tz=moment.tzinfo)


def forget_old(instance: Instance) -> None:
    with instance.begin() as tx:
        tx.execute(delete(RateBucket).where(RateBucket.window < now(tx) - timedelta(days=1)))
