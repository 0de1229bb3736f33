"""People of the control centre: invited by a one-time link, signed in with a password, remembered here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from cyberwehr.domain.terms import Role
from cyberwehr.instance import Instance
from cyberwehr.services.actors import Actor
from cyberwehr.services.errors import Gone, Invalid, Unknown
from cyberwehr.services.journalling import record
from cyberwehr.services.tokens import new_token, token_hash
from cyberwehr.storage import LoginSession, SetupLink, User, lock_row, now

LINK_LIVES = timedelta(hours=24)
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
"""Sessions end after 30 minutes of silence and after 12 hours in any case (ASVS 5.0 V7.3)."""

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 128
"""ASVS 5.0 V6.2: at least 15 characters where no second factor is asked, at least 64 allowed."""

STAFF = frozenset(set(Role) - {Role.PROVIDER, Role.PARTNER, Role.INSTANCE})
HASHER = PasswordHasher()
COSTS = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
NOBODY = f"$argon2id$v=19${COSTS}${'A' * 22}${'A' * 43}"
"""No password's hash, but as costly to check: where there is no user the answer takes as long as for a real one."""


T = TypeVar("T")
Apart = Callable[[Callable[[], T]], T]
"""Runs native work where it does not hold up others (gevent's thread pool in the web, directly elsewhere)."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser session as a page needs it."""

    user_id: int
    email: str
    role: Role
    csrf_token: str

    @property
    def actor(self) -> Actor:
        return Actor(f"user:{self.user_id}", self.role)


def invite(instance: Instance, email: str, role: Role, actor: Actor) -> str:
    """Create a user without password; returns the link with which he chooses one. Inviting again replaces the link."""
    address = checked_email(email)
    if role not in STAFF:
        raise Invalid("not_a_role_for_people")
    with instance.begin() as tx:
        user = tx.scalar(select(User).where(User.email == address))
        if user is not None and user.password_hash is not None:
            raise Invalid("user_exists")
        if user is None:
            user = User(email=address, role=role, created_at=now(tx))
            tx.add(user)
        user.role = role
        tx.flush()
        record(tx, actor, "user_invited", user=user.id, role=role)
        return instance.desk_url(f"/setup/{new_link(tx, user.id)}")


def create_user(instance: Instance, email: str, role: Role, password: str, actor: Actor) -> int:
    """A user with a password at once (command line). Returns its id."""
    check_password(password)
    link = invite(instance, email, role, actor)
    return set_up(instance, link.rsplit("/", 1)[1], password)


def first_administrator_link(instance: Instance) -> str | None:
    """A fresh one-time link for the first administrator, who names himself; None once somebody can sign in."""
    with instance.begin() as tx:
        if somebody_can_sign_in(tx):
            return None
        tx.execute(
            update(SetupLink).where(SetupLink.user_id.is_(None), SetupLink.used_at.is_(None)).values(used_at=now(tx))
        )
        return instance.desk_url(f"/setup/{new_link(tx, None)}")


def new_link(tx: Session, user_id: int | None) -> str:
    token = new_token()
    if user_id is not None:
        old = update(SetupLink).where(SetupLink.user_id == user_id, SetupLink.used_at.is_(None))
        tx.execute(old.values(used_at=now(tx)))
    tx.add(
        SetupLink(token_hash=token_hash(token), user_id=user_id, created_at=now(tx), expires_at=now(tx) + LINK_LIVES)
    )
    return token


def look_at_link(instance: Instance, token: str) -> str | None:
    """The mail address a set-up link is for; None: it is for the first administrator, who names his own."""
    with instance.reading() as tx:
        link = usable_link(tx, token)
        user = tx.get(User, link.user_id) if link.user_id else None
        return user.email if user else None


def set_up(
    instance: Instance, token: str, password: str, email: str = "", apart: Apart[str] = lambda work: work()
) -> int:
    """Choose the password; the link is used up. Returns the user's id."""
    check_password(password)
    password_hash = apart(lambda: HASHER.hash(password))
    with instance.begin() as tx:
        lock_row(tx, SetupLink, token_hash(token))
        link = usable_link(tx, token)
        user = tx.get(User, link.user_id) if link.user_id else new_administrator(tx, email)
        if user is None:
            raise Unknown("unknown_link")
        user.password_hash, link.used_at = password_hash, now(tx)
        tx.flush()
        record(tx, Actor(f"user:{user.id}", user.role), "user_set_up", user=user.id)
        return user.id


def new_administrator(tx: Session, email: str) -> User:
    """Whoever holds the first link; if he was invited under this address before, he becomes what the link makes him."""
    address = checked_email(email)
    user = tx.scalar(select(User).where(User.email == address)) or User(email=address, created_at=now(tx))
    user.role = Role.ADMINISTRATOR
    tx.add(user)
    return user


def usable_link(tx: Session, token: str) -> SetupLink:
    link = tx.get(SetupLink, token_hash(token))
    if link is None:
        raise Unknown("unknown_link")
    over = link.used_at is not None or link.expires_at <= now(tx)
    if over or (link.user_id is None and somebody_can_sign_in(tx)):
        raise Gone("link_used_up")
    return link


def somebody_can_sign_in(tx: Session) -> bool:
    return bool(tx.scalar(select(exists().where(User.password_hash.is_not(None)))))


def sign_in(instance: Instance, email: str, password: str, apart: Apart[bool] = lambda work: work()) -> str | None:
    """A fresh session token, or None: wrong address, wrong password and disabled user look and last the same."""
    with instance.reading() as tx:
        user = tx.scalar(select(User).where(User.email == email.strip().lower(), User.disabled_at.is_(None)))
        known = user.password_hash if user and user.password_hash else NOBODY
        user_id = user.id if user and user.password_hash else None
    if not apart(lambda: matches(known, password)) or user_id is None:
        return None
    with instance.begin() as tx:
        token = new_token()
        tx.add(
            LoginSession(
                token_hash=token_hash(token),
                user_id=user_id,
                csrf_token=new_token(),
                created_at=now(tx),
                seen_at=now(tx),
            )
        )
        record(tx, Actor(f"user:{user_id}"), "signed_in", user=user_id)
    return token


def matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


def session_of(instance: Instance, token: str, *, sign_of_life: bool = True) -> SignedIn | None:
    """Who is behind a session cookie, if it still lives. Notes the sign of life at most once a minute.

    sign_of_life: False for what a page asks for by itself, so that an open page does not keep the session alive.
    """
    with instance.reading() as tx:
        session = tx.get(LoginSession, token_hash(token))
        if session is None or not alive(tx, session):
            return None
        user, stale = session.user, now(tx) - session.seen_at > timedelta(minutes=1)
        signed_in = SignedIn(user.id, user.email, user.role, session.csrf_token)
    if stale and sign_of_life:
        with instance.begin() as tx:
            seen = update(LoginSession).where(LoginSession.token_hash == token_hash(token))
            tx.execute(seen.values(seen_at=now(tx)))
    return signed_in


def alive(tx: Session, session: LoginSession) -> bool:
    if session.ended_at is not None or session.user.disabled_at is not None:
        return False
    return now(tx) - session.seen_at <= IDLE and now(tx) - session.created_at <= ABSOLUTE


def sign_out(instance: Instance, token: str) -> None:
    with instance.begin() as tx:
        session = tx.get(LoginSession, token_hash(token))
        if session is not None and session.ended_at is None:
            session.ended_at = now(tx)
            record(tx, Actor(f"user:{session.user_id}"), "signed_out", user=session.user_id)


def checked_email(email: str) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        raise Invalid("odd_email") from None


def check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid("password_too_short", least=str(SHORTEST_PASSWORD))
    if len(password) > LONGEST_PASSWORD:
        raise Invalid("password_too_long", most=str(LONGEST_PASSWORD))
