"""Credentials of machines. A token is shown once, when it is made."""

from sqlalchemy import bindparam, select

from cyberwehr.domain.terms import Role
from cyberwehr.instance import Instance
from cyberwehr.services.actors import Actor
from cyberwehr.services.errors import Invalid
from cyberwehr.services.journalling import record
from cyberwehr.services.tokens import new_token, token_hash
from cyberwehr.storage import ApiToken, now

tokens = ApiToken.__table__.c
BEARER = select(tokens.id, tokens.role, tokens.provider, tokens.name).where(
    tokens.token_hash == bindparam("hash"), tokens.revoked_at.is_(None)
)
"""Asked at every request: columns of the table rather than an object to keep track of."""


def create_token(instance: Instance, role: Role, name: str, actor: Actor, provider: str | None = None) -> str:
    """A new token. provider (REGION/KEY) is needed for role provider, and only there."""
    if (role is Role.PROVIDER) != (provider is not None):
        raise Invalid("provider_missing" if provider is None else "provider_not_wanted")
    if provider is not None and provider not in instance.providers:
        raise Invalid("unknown_provider", provider=provider)
    token = f"cw_{new_token()}"
    with instance.begin() as tx:
        row = ApiToken(token_hash=token_hash(token), name=name[:64], role=role, provider=provider, created_at=now(tx))
        tx.add(row)
        tx.flush()
        record(tx, actor, "token_created", token=row.id, role=role, provider=provider)
    return token


def actor_of(instance: Instance, token: str) -> tuple[Actor, str] | None:
    """Who bears a token, and its name; None if it is unknown or (for a second at most) revoked."""
    row = instance.database.look_up(BEARER, {"hash": token_hash(token)})
    return (Actor(f"token:{row.id}", row.role, row.provider), row.name) if row else None
