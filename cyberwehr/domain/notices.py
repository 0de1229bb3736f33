"""Remarks in code form, worded elsewhere in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark: `code` is snake_case, `params` are the words that go into the sentence (kept as given, not escaped)."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict, hash=False)
