"""What stands beside the walk: journal, outbox, kept answers, rate buckets, signs of life, accounts."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cyberwehr.domain.terms import Role
from cyberwehr.storage.models import Base, Case
from cyberwehr.storage.sealing import Sealed
from cyberwehr.storage.types import JsonObject, one_of


class JournalEntry(Base):
    """One decision: ids, enumerations and sealed text only, so that erasing a case never breaks the chain."""

    __tablename__ = "journal"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(140))
    action: Mapped[str] = mapped_column(String(60), index=True)
    call_id: Mapped[int | None] = mapped_column(index=True)
    incident_id: Mapped[int | None] = mapped_column(index=True)
    alarm_id: Mapped[int | None]
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"))
    facts: Mapped[JsonObject]
    note_sealed: Mapped[bytes | None]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    note = Sealed()
    case: Mapped[Case | None] = relationship()


class JournalHead(Base):
    """Length and last hash of the journal, signed with a key that is not in the database. One row."""

    __tablename__ = "journal_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    length: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(64))
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class OutboxState(StrEnum):
    QUEUED = "queued"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPERSEDED = "superseded"


class OutboxMessage(Base):
    """One message to one recipient. letter: to, language, subject, text, html; blanked when the state is final."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    alarm_id: Mapped[int | None] = mapped_column(ForeignKey("alarms.id"), index=True)
    rung: Mapped[int] = mapped_column(default=0)
    state: Mapped[OutboxState] = mapped_column(one_of(OutboxState, "outbox_state"), default=OutboxState.QUEUED)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    useless_after: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None] = mapped_column(String(64))
    settled_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(300))
    receipt_id: Mapped[str | None] = mapped_column(String(200))
    letter_sealed: Mapped[bytes | None]
    letter = Sealed(row="message_id")
    case: Mapped[Case] = relationship(lazy="joined", innerjoin=True)
    __table_args__ = (
        Index(
            "ix_outbox_due",
            "due_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        CheckConstraint("state <> 'queued' OR letter_sealed IS NOT NULL", name="queued_has_letter"),
    )


class KeptAnswer(Base):
    """The first answer to a request with an Idempotency-Key, sealed with the instance's key."""

    __tablename__ = "kept_answers"
    credential: Mapped[str] = mapped_column(String(80), primary_key=True)
    route: Mapped[str] = mapped_column(String(200), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer_sealed: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)


class RateBucket(Base):
    """How often somebody knocked in one window of time; shared by all nodes."""

    __tablename__ = "rate_buckets"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    window: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class Heartbeat(Base):
    """The last sign of life of one engine."""

    __tablename__ = "heartbeats"
    engine: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]


class NightlyDuty(Base):
    """What is done once a night by one of the engines. day: the last it was begun for; finished_at NULL: not yet."""

    __tablename__ = "nightly_duties"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date]
    begun_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class User(Base):
    """A person of the control centre. password_hash NULL: invited, not yet set up."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "user_role"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("role NOT IN ('provider', 'partner', 'instance')", name="people_only"),)


class SetupLink(Base):
    """A one-time link with which an invited person chooses a password."""

    __tablename__ = "setup_links"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginSession(Base):
    """A signed-in browser. The cookie holds a random value, the table only its hash."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ApiToken(Base):
    """A machine's credential; the table holds only its hash. `provider`: REGION/KEY for role provider."""

    __tablename__ = "api_tokens"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(one_of(Role, "token_role"))
    provider: Mapped[str | None] = mapped_column(String(130))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("(role = 'provider') = (provider IS NOT NULL)", name="provider_tokens_name_one"),)
