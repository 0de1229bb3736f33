"""A call for help as it was given to us, before anybody judged it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from cyberwehr.domain.contacts import mailable
from cyberwehr.domain.terms import CallType, Channel


@dataclass(frozen=True, slots=True)
class Consent:
    """None: not asked. forward: to providers; statistics: pseudonymised figures; police: pass on to the police."""

    forward: bool | None = None
    statistics: bool | None = None
    police: bool | None = None


@dataclass(frozen=True, slots=True)
class SafeContact:
    """A way to reach the caller that the attacker does not read. kind: "phone", "mail", "sms" or free text."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Details:
    """Everything personal in a call, as typed or heard. employees: head count; turnover in million EUR a year."""

    company: str | None = None
    contact_name: str | None = None
    phone: str | None = None
    email: str | None = None
    email_safe: bool | None = None
    safe_contact: SafeContact | None = None
    postal_code: str | None = None
    town: str | None = None
    street: str | None = None
    sector: str | None = None
    employees: int | None = None
    turnover_million_eur: float | None = None
    description: str | None = None
    reported_type: CallType | None = None
    consent: Consent = field(default_factory=Consent)

    def as_json(self) -> dict[str, Any]:
        flat = {name: getattr(self, name) for name in self.__slots__}
        return {
            **flat,
            "consent": asdict(self.consent),
            "safe_contact": asdict(self.safe_contact) if self.safe_contact else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> "Details":
        """The details as stored; an erased call (None) has none."""
        values = dict(stored or {})
        values["consent"] = Consent(**(values.get("consent") or {}))
        if values.get("safe_contact"):
            values["safe_contact"] = SafeContact(**values["safe_contact"])
        if values.get("reported_type"):
            values["reported_type"] = CallType(values["reported_type"])
        return cls(**values)

    @property
    def can_be_rung(self) -> bool:
        """Was a telephone number given, of whatever kind? It may still be a wrong one."""
        return bool(self.phone or (self.safe_contact and self.safe_contact.kind in ("phone", "sms")))

    @property
    def safe_mail(self) -> str | None:
        """The address that may be written to: a safe contact by mail, or the company's own if it is called safe.

        The company's own mailbox may be in the attacker's hands; a mail to it would warn him.
        """
        if self.safe_contact and self.safe_contact.kind == "mail":
            safe = mailable(self.safe_contact.value)
            return None if self.email_safe is False and self._same_mailbox(safe) else safe
        return mailable(self.email) if self.email_safe else None

    def _same_mailbox(self, address: str | None) -> bool:
        return address is not None and address.lower() == (mailable(self.email) or "").lower()


@dataclass(frozen=True, slots=True)
class Report:
    """One request for help on its way in. received_at: when it happened, aware; None: now."""

    channel: Channel
    language: str
    details: Details
    partner: str | None = None
    received_at: datetime | None = None


def size_class(employees: int | None) -> str | None:
    """Head count bands of Commission Recommendation 2003/361/EC, Annex, Art. 2 (staff only)."""
    if employees is None:
        return None
    bands = ((10, "micro"), (50, "small"), (250, "medium"))
    return next((name for limit, name in bands if employees < limit), "large")


def postal_district(postal_code: str | None) -> str | None:
    """The first three digits: where roughly, without saying who."""
    return f"{postal_code[:3]}.." if postal_code and len(postal_code) >= 3 else None
