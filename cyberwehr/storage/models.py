"""The walk of a call as rows. Illegal states are refused by the database itself, not only by the code above."""

import secrets
from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import JSON as Json
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from cyberwehr.domain.terms import (
    BY_FORM,
    AlarmStatus,
    CalloutStatus,
    CallStatus,
    CallType,
    Channel,
    DeclineReason,
    FollowUp,
    IncidentStatus,
    Urgency,
    Verdict,
)
from cyberwehr.storage.sealing import CannotOpen, Keyring, Sealed, keyring_of
from cyberwehr.storage.types import JsonObject, UTCDateTime, one_of


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime,
        JsonObject: Json,
        bytes: LargeBinary,
        CallStatus: one_of(CallStatus, "call_status"),
        IncidentStatus: one_of(IncidentStatus, "incident_status"),
        AlarmStatus: one_of(AlarmStatus, "alarm_status"),
        CalloutStatus: one_of(CalloutStatus, "callout_status"),
        CallType: one_of(CallType, "call_type"),
        Channel: one_of(Channel, "channel"),
        Urgency: one_of(Urgency, "urgency"),
        Verdict: one_of(Verdict, "verdict"),
        DeclineReason: one_of(DeclineReason, "decline_reason"),
        FollowUp: one_of(FollowUp, "follow_up"),
    }


class Case(Base):
    """The key of one case. `wrapped_key` NULL: destroyed, nothing of the case can be read any more."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped_key: Mapped[bytes | None]

    @classmethod
    def new(cls, keyring: Keyring) -> "Case":
        case = cls(id=secrets.token_hex(16))
        key, case.wrapped_key = keyring.new_case_key(case.id)
        case.__dict__["_key"] = key
        return case

    @property
    def key(self) -> bytes:
        if "_key" not in self.__dict__:
            if self.wrapped_key is None:
                raise CannotOpen(f"the key of case {self.id} was destroyed")
            self.__dict__["_key"] = keyring_of(self).unwrap(self.id, self.wrapped_key)
        return cast(bytes, self.__dict__["_key"])


class Call(Base):
    """One request for help. details: everything personal as the caller gave it (domain.call.Details).

    judgement: {answers, suggested, protocol, override_reason}; notes: [{at, by, text}], by the caller or the desk.
    """

    __tablename__ = "calls"
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    channel: Mapped[Channel]
    language: Mapped[str] = mapped_column(String(8))
    region: Mapped[str | None] = mapped_column(String(64))
    partner: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[CallStatus] = mapped_column(default=CallStatus.WAITING)
    received_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    service_open: Mapped[bool]
    suggested_out_of_area: Mapped[bool] = mapped_column(default=False)
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    judged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    verdict: Mapped[Verdict | None]
    call_type: Mapped[CallType | None]
    urgency: Mapped[Urgency | None]
    status_token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    details_sealed: Mapped[bytes | None]
    judgement_sealed: Mapped[bytes | None]
    link_sealed: Mapped[bytes | None]
    notes_sealed: Mapped[bytes | None]
    notes = Sealed(row="reference")
    details = Sealed(row="reference")
    link = Sealed(row="reference")
    judgement = Sealed(row="reference")
    case: Mapped[Case] = relationship(lazy="joined", innerjoin=True)
    incident: Mapped["Incident | None"] = relationship(back_populates="calls")

    @property
    def is_verified(self) -> bool:
        """Not by a form, where anybody may claim to be anybody; or somebody was reached by a call-back."""
        return self.channel not in BY_FORM or self.verified_at is not None

    __table_args__ = (
        CheckConstraint("status NOT IN ('triaged', 'closed') OR verdict IS NOT NULL", name="judged_before_triaged"),
        CheckConstraint("status <> 'claimed' OR claimed_by IS NOT NULL", name="claimed_by_somebody"),
        Index("ix_calls_status_id", "status", "id"),
    )


class Incident(Base):
    """A call judged a real emergency. Its case is that of its first call.

    duties: code of a duty to report -> when it was met (ISO 8601).
    """

    __tablename__ = "incidents"
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    region: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[IncidentStatus] = mapped_column(default=IncidentStatus.OPEN)
    call_type: Mapped[CallType]
    urgency: Mapped[Urgency]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    code_word_sealed: Mapped[bytes | None]
    duties_sealed: Mapped[bytes | None]
    code_word = Sealed(row="reference")
    duties = Sealed(row="reference")
    case: Mapped[Case] = relationship(lazy="joined", innerjoin=True)
    calls: Mapped[list[Call]] = relationship(back_populates="incident", order_by=Call.id)
    waves: Mapped[list["Wave"]] = relationship(back_populates="incident", order_by="Wave.number")
    alarms: Mapped[list["Alarm"]] = relationship(back_populates="incident", order_by="Alarm.id")
    callouts: Mapped[list["Callout"]] = relationship(back_populates="incident", order_by="Callout.id")

    @property
    def speaker(self) -> Call:
        """The call that speaks for the incident: the first that was not withdrawn, else the first."""
        return next((call for call in self.calls if call.status is not CallStatus.WITHDRAWN), self.calls[0])

    @property
    def trusted(self) -> list[Call]:
        """Calls whose callers learn who comes and may object: not withdrawn, and verified or the speaker."""
        standing = [call for call in self.calls if call.status is not CallStatus.WITHDRAWN]
        return [call for call in standing if call.is_verified or call is self.speaker]

    __table_args__ = (
        CheckConstraint("region IS NOT NULL OR status IN ('open', 'withdrawn', 'closed')", name="placed_before_alarm"),
        Index("ix_incidents_status_id", "status", "id"),
    )


class Wave(Base):
    """One decision to alarm, with the ranking it was based on (provider ids, numbers and reason codes only)."""

    __tablename__ = "waves"
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    tier: Mapped[int] = mapped_column(SmallInteger)
    raised_at: Mapped[datetime]
    raised_by: Mapped[str] = mapped_column(String(140))
    ranking: Mapped[JsonObject]
    override_reason_sealed: Mapped[bytes | None]
    override_reason = Sealed(row="number")
    case: Mapped[Case] = relationship()
    incident: Mapped[Incident] = relationship(back_populates="waves")
    __table_args__ = (UniqueConstraint("incident_id", "number"),)


class Alarm(Base):
    """An incident offered to one provider; at most one per (incident, provider, round), one accepted per incident."""

    __tablename__ = "alarms"
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    provider: Mapped[str] = mapped_column(String(130))
    round: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[AlarmStatus] = mapped_column(default=AlarmStatus.SENT)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    remind_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    looking_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    eta_minutes: Mapped[int | None]
    decline_reason: Mapped[DeclineReason | None]
    answer_sealed: Mapped[bytes | None]
    link_sealed: Mapped[bytes | None]
    answer = Sealed(row="token_hash")
    link = Sealed(row="token_hash")
    case: Mapped[Case] = relationship(lazy="joined", innerjoin=True)
    incident: Mapped[Incident] = relationship(back_populates="alarms")
    wave: Mapped[Wave] = relationship()
    __table_args__ = (
        UniqueConstraint("incident_id", "provider", "round"),
        Index(
            "uq_alarms_one_winner",
            "incident_id",
            unique=True,
            sqlite_where=text("status = 'accepted'"),
            postgresql_where=text("status = 'accepted'"),
        ),
        Index(
            "ix_alarms_live",
            "expires_at",
            sqlite_where=text("status IN ('sent', 'opened')"),
            postgresql_where=text("status IN ('sent', 'opened')"),
        ),
        CheckConstraint("status <> 'accepted' OR eta_minutes IS NOT NULL", name="accepted_with_eta"),
        CheckConstraint("status <> 'declined' OR decline_reason IS NOT NULL", name="declined_with_reason"),
        CheckConstraint("eta_minutes BETWEEN 0 AND 10080", name="eta_within_a_week"),
    )


class Callout(Base):
    """The accepted alarm and what became of it. eta_at: when the technician said to arrive.

    permission: what was signed at arrival, {at, signed_by, access, liability, data_protection}.
    """

    __tablename__ = "callouts"
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarms.id"), unique=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    provider: Mapped[str] = mapped_column(String(130), index=True)
    status: Mapped[CalloutStatus] = mapped_column(default=CalloutStatus.ASSIGNED)
    accepted_at: Mapped[datetime]
    eta_at: Mapped[datetime]
    overdue_told_at: Mapped[datetime | None]
    en_route_at: Mapped[datetime | None]
    on_site_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    report_reminded_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    minutes: Mapped[int | None]
    follow_up: Mapped[FollowUp | None]
    technician_sealed: Mapped[bytes | None]
    notes_sealed: Mapped[bytes | None]
    report_sealed: Mapped[bytes | None]
    permission_sealed: Mapped[bytes | None]
    technician = Sealed(row="alarm_id")
    notes = Sealed(row="alarm_id")
    report = Sealed(row="alarm_id")
    permission = Sealed(row="alarm_id")
    case: Mapped[Case] = relationship(lazy="joined", innerjoin=True)
    incident: Mapped[Incident] = relationship(back_populates="callouts")
    alarm: Mapped[Alarm] = relationship()
    __table_args__ = (
        Index(
            "uq_callouts_one_at_a_time",
            "incident_id",
            unique=True,
            sqlite_where=text("status <> 'released'"),
            postgresql_where=text("status <> 'released'"),
        ),
        CheckConstraint("minutes BETWEEN 0 AND 100000", name="minutes_sane"),
        CheckConstraint("reported_at IS NULL OR minutes IS NOT NULL", name="reported_with_minutes"),
    )
