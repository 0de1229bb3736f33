"""Random links and credentials. The database holds only their hashes, so that a stolen copy opens nothing."""

import hashlib
import secrets


def new_token() -> str:
    """192 random bits, safe in a URL."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """SHA-256, hex. A random token needs no slow hash: there is nothing to guess."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
