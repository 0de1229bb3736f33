"""Everything that lasts: models, transactions, sealed values, migrations. Only this room commits."""

from cyberwehr.storage.database import Database, StorageAway, StorageFull, lock_row, now
from cyberwehr.storage.models import Alarm, Base, Call, Callout, Case, Incident, Wave
from cyberwehr.storage.records import (
    ApiToken,
    Heartbeat,
    JournalEntry,
    JournalHead,
    KeptAnswer,
    LoginSession,
    OutboxMessage,
    OutboxState,
    RateBucket,
    SetupLink,
    User,
)
from cyberwehr.storage.sealing import CannotOpen, Keyring

__all__ = [
    "Alarm",
    "ApiToken",
    "Base",
    "Call",
    "Callout",
    "CannotOpen",
    "Case",
    "Database",
    "Heartbeat",
    "Incident",
    "JournalEntry",
    "JournalHead",
    "KeptAnswer",
    "Keyring",
    "LoginSession",
    "OutboxMessage",
    "OutboxState",
    "RateBucket",
    "SetupLink",
    "StorageAway",
    "StorageFull",
    "User",
    "Wave",
    "lock_row",
    "now",
]
