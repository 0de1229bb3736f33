"""A database that does not answer or has no room, in our own words."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import ConnectionTimeout
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class StorageAway(Exception):
    """The database does not answer now; nothing was written. Trying again later makes sense."""


class StorageSilent(StorageAway):
    """Nobody answers at the database's address, not even with a refusal: found out only by waiting."""


class StorageFull(StorageAway):
    """The disk under the database is full; reading still works."""


@contextmanager
def translated_errors() -> Iterator[None]:
    """Say `away` and `full` in our own words; every other database error is a fault of ours and stays one."""
    try:
        yield
    except PoolTimeout as error:
        raise StorageAway("all database connections are busy") from error
    except DBAPIError as error:
        raise translated(error) from error


def translated(error: DBAPIError) -> Exception:
    words = str(error.orig).lower()
    if "disk is full" in words or "no space left" in words or "disk full" in words:
        return StorageFull("the disk is full")
    if isinstance(error.orig, ConnectionTimeout):
        return StorageSilent("the database does not answer")
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return StorageAway("the database does not answer")
    return error
