"""Who does something: a person, a token, the holder of a link, or the engine."""

from dataclasses import dataclass

from cyberwehr.domain.terms import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """id stands in the journal (user:3, token:5, provider:REGION/KEY, caller, public, engine)."""

    id: str
    role: Role | None = None
    provider: str | None = None


ENGINE = Actor("engine")
PUBLIC = Actor("public")
CALLER = Actor("caller")


def provider_by_link(provider: str) -> Actor:
    """Whoever holds a provider's alarm link acts for that provider."""
    return Actor(f"provider:{provider}", Role.PROVIDER, provider)
