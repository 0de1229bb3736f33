"""Duties to report that a law sets a limit to: when each clock began and when it runs out. Real hours, UTC."""

from dataclasses import dataclass
from datetime import datetime

from cyberwehr.domain.protocol import Words


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock. due_at: None if it has not begun (its `begins` says when). likely: False: probably not this company.

    source: law and paragraph, with the date of the text that was read. done_at: when it was met.
    """

    code: str
    name: Words
    authority: Words
    url: str
    begins: Words
    started_at: datetime | None
    due_at: datetime | None
    likely: bool
    source: str
    done_at: datetime | None = None
