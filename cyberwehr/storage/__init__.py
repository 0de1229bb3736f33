"""Everything that lasts: models, transactions, sealed values, migrations. Only this room commits."""

from cyberwehr.storage.database import Database, lock_row, now
from cyberwehr.storage.models import Alarm, Base, Call, Callout, Case, Incident, Wave
from cyberwehr.storage.records import (
    ApiToken,
    Heartbeat,
    JournalEntry,
    JournalHead,
    KeptAnswer,
    LoginSession,
    NightlyDuty,
    OutboxMessage,
    OutboxState,
    RateBucket,
    SetupLink,
    User,
)
from cyberwehr.storage.sealing import CannotOpen, Keyring
from cyberwehr.storage.together import WriteAll
from cyberwehr.storage.trouble import StorageAway, StorageFull

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
    "NightlyDuty",
    "OutboxMessage",
    "OutboxState",
    "RateBucket",
    "SetupLink",
    "StorageAway",
    "StorageFull",
    "User",
    "Wave",
    "WriteAll",
    "lock_row",
    "now",
]
