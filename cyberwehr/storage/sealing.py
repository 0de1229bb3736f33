"""Personal data is stored sealed: AES-256-GCM with a key per case, itself wrapped by the instance's key.

Destroying a case's key makes everything sealed with it unreadable, in the database and in every backup of it.
Format of a sealed value: version byte 1, 12 bytes nonce, ciphertext with tag. The additional data names table, column,
case and row, so that a sealed value copied into another place does not open.
"""

import hashlib
import hmac
import json
import secrets
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import object_session

VERSION = b"\x01"
NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed value does not open: wrong key, moved, edited, or its case key was destroyed."""


class Keyring:
    """The keys of an instance, each derived from its secret (HKDF-SHA-256, RFC 5869) for one purpose only."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._wrapping = self._derive("case keys")
        self._journal = self._derive("journal head")
        self._answers = self._derive("kept answers")

    def _derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=f"cyberwehr {purpose} v1".encode()).derive(self._secret)

    def new_case_key(self, case_id: str) -> tuple[bytes, bytes]:
        """A fresh case key: (key, wrapped form to store)."""
        key = secrets.token_bytes(32)
        return key, encrypt(self._wrapping, key, f"case {case_id}")

    def unwrap(self, case_id: str, wrapped: bytes) -> bytes:
        return decrypt(self._wrapping, wrapped, f"case {case_id}")

    def seal_answer(self, label: str, body: bytes) -> bytes:
        """Seal an API answer that is kept for idempotency."""
        return encrypt(self._answers, body, label)

    def open_answer(self, label: str, sealed: bytes) -> bytes:
        return decrypt(self._answers, sealed, label)

    def sign_head(self, length: int, last: str) -> str:
        """What only this instance can write beside the journal's end (HMAC-SHA-256, hex)."""
        return hmac.new(self._journal, f"{length} {last}".encode(), hashlib.sha256).hexdigest()


def encrypt(key: bytes, plain: bytes, label: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, label.encode())


def decrypt(key: bytes, sealed: bytes, label: str) -> bytes:
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != VERSION or not body:
        raise CannotOpen(f"{label}: this is no sealed value")
    try:
        return AESGCM(key).decrypt(nonce, body, label.encode())
    except InvalidTag:
        raise CannotOpen(f"{label}: the sealed value does not open with this key") from None


class Sealed:
    """A model attribute whose value (anything JSON can hold) lies encrypted in the bytes column `<name>_sealed`.

    The row needs a `case` relationship and must belong to a session. None is stored as NULL. Values are whole:
    assign a new value, do not change one in place. row: the column that tells rows of one case apart; it must be set
    before the value and never change.
    """

    def __init__(self, row: str | None = None) -> None:
        self.row = row

    def __set_name__(self, owner: type, name: str) -> None:
        self.column = f"{name}_sealed"
        self.label = f"{owner.__name__}.{name}"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        if sealed is None:
            return None
        return json.loads(decrypt(row.case.key, sealed, self.place(row)))

    def __set__(self, row: Any, value: Any) -> None:
        setattr(row, self.column, None if value is None else self.seal(row, value))

    def seal(self, row: Any, value: Any) -> bytes:
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        return encrypt(row.case.key, body, self.place(row))

    def place(self, row: Any) -> str:
        """Where a value belongs: table and column, case, row."""
        mark = getattr(row, self.row) if self.row else ""
        assert mark is not None, f"{self.label} was set before {self.row}"
        return f"{self.label} {row.case.id} {mark}"


def keyring_of(row: Any) -> Keyring:
    """The keyring of the session a row belongs to."""
    session = object_session(row)
    if session is None:
        raise CannotOpen("this row belongs to no session")
    return cast(Keyring, session.info["keyring"])
