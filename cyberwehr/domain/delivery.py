"""What a channel plugin gets and what it answers: one message, one delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient, ready to leave the building.

    id: stable over all attempts; mail uses it as Message-ID (`<id@host>`), gateways as idempotency key.
    text is plain text; html, where given, says the same.
    """

    id: str
    channel: str
    to: str
    language: str
    subject: str
    text: str
    created_at: datetime
    html: str | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The next system took responsibility. `receipt_id`: what a later delivery receipt will carry, if anything."""

    receipt_id: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now: try again, not before `after` has passed (the core's back-off may wait longer)."""

    reason: str
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Failed:
    """Never: this recipient or message will not be accepted. `reason` is short and carries no message text."""

    reason: str


Delivery = HandedOver | Retry | Failed


@runtime_checkable
class Channel(Protocol):
    """One way for messages to leave the building. `kinds`: the contact channels it serves ("mail", "sms", …; "*" all).

    A channel with an exact kind is preferred to one with "*". `deliver` is called by the engine only, outside of any
    transaction; it must return within 15 seconds and must not raise for expected trouble.
    """

    name: str
    kinds: Sequence[str]

    def deliver(self, message: Message) -> Delivery: ...


@runtime_checkable
class KeepsMessages(Protocol):
    """A channel that keeps what it delivered, so that a page can show it (the demo's message page)."""

    def kept(self, limit: int) -> Sequence[Message]: ...
