"""The journal's hash chain: each entry's hash covers the one before it, so an edit anywhere breaks everything after."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

GENESIS = "0" * 64
"""What the first entry follows."""


def entry_hash(previous: str, fields: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the previous hash and the entry's fields as canonical JSON (sorted keys, UTF-8, no spaces)."""
    body = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def first_fault(entries: Iterable[tuple[int, str, str, Mapping[str, Any]]]) -> tuple[int, str, str | None]:
    """Walk (number, previous, hash, fields) in stored order: (length, last hash, fault or None).

    Numbers must count from 1 without a gap: a hole, a repeat or a swap is a fault even where hashes were recomputed.
    """
    length, last = 0, GENESIS
    for number, previous, hash_, fields in entries:
        if number != length + 1:
            return length, last, f"entry {number} stands where entry {length + 1} should be"
        if previous != last:
            return length, last, f"entry {number} does not follow the entry before it"
        if entry_hash(previous, fields) != hash_:
            return length, last, f"entry {number} was changed"
        length, last = number, hash_
    return length, last, None
