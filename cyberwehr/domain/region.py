"""A city or district as the core sees it: what its folder says, checked and typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from cyberwehr.domain.hours import Closure, Hours
from cyberwehr.domain.terms import CallType, Disclosure, Urgency

LocalText = Mapping[str, str]
"""Language code ("de", "en") -> text."""

__all__ = ["AlarmPlan", "Closure", "Contact", "LocalText", "Provider", "Region"]


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach a provider. `channel` names a channel plugin's kind: mail, sms, …"""

    channel: str
    to: str


@dataclass(frozen=True, slots=True)
class AlarmPlan:
    """How an incident of one urgency is offered (Alarm- und Ausrückeordnung).

    fan_out: live offers at a time. accept_within: how long an offer stands. rounds: how often the silent are asked.
    wait_at_most: a provider whose duty starts within this time still counts. auto: alarm without a commander.
    """

    fan_out: int = 1
    accept_within: timedelta = timedelta(minutes=15)
    rounds: int = 1
    wait_at_most: timedelta = timedelta(0)
    auto: bool = False


@dataclass(frozen=True, slots=True)
class Provider:
    """A private IT service provider as its region lists it. `radius_km` counts road kilometres; None: no limit."""

    region: str
    key: str
    name: str
    postal_code: str
    duty: Hours
    capacity: int = 1
    skills: frozenset[CallType] = frozenset()
    languages: tuple[str, ...] = ("de",)
    radius_km: float | None = None
    qualified_until: date | None = None
    answer_minutes: float = 10.0
    point: tuple[float, float] | None = None
    contacts: tuple[Contact, ...] = ()

    @property
    def id(self) -> str:
        """REGION/KEY, unique in an instance."""
        return f"{self.region}/{self.key}"

    @property
    def is_example(self) -> bool:
        """True if one of its addresses can never be reached (RFC 2606 `.example`)."""
        return any(contact.to.rstrip(">").endswith(".example") for contact in self.contacts)


@dataclass(frozen=True, slots=True)
class Region:
    """A region of an instance. `districts` are five-digit AGS; `neighbours` are region keys in order of mutual aid."""

    key: str
    name: LocalText
    districts: tuple[str, ...]
    hotline: str
    opening: Hours
    places: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("de", "en")
    neighbours: tuple[str, ...] = ()
    disclosure: Disclosure = Disclosure.STAGED
    plans: Mapping[Urgency, AlarmPlan] = field(default_factory=dict)
    providers: tuple[Provider, ...] = ()
    provider_order: tuple[str, ...] = ()
    postal_codes_add: tuple[str, ...] = ()
    postal_codes_remove: tuple[str, ...] = ()

    def plan(self, urgency: Urgency) -> AlarmPlan:
        """The alarm plan for an urgency; a region that says nothing gets the defaults of `AlarmPlan`."""
        return self.plans.get(urgency, AlarmPlan())
