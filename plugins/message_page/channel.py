"""Messages as files: one JSON file each, named so that the same message is kept once and the names sort by time."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from cyberwehr import Delivery, HandedOver, Message, Retry

KEPT = 1_000
"""More than anybody reads; the oldest go first."""


@dataclass(slots=True)
class MessagePage:
    """Keeps what it is given in a folder, readable by this user alone: the messages hold people's data."""

    folder: Path
    name: str = "message_page"
    kinds: Sequence[str] = ("*",)

    def deliver(self, message: Message) -> Delivery:
        """Keep one message; the same id again changes nothing."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._keep(message)
            self._forget_oldest()
        except OSError as error:
            return Retry(f"message not kept: {error.strerror}")
        return HandedOver()

    def kept(self, limit: int) -> Sequence[Message]:
        """The newest messages, newest first. What cannot be read (any more) is left out."""
        files = sorted(self.folder.glob("*.json"), reverse=True)
        return [message for file in files[: max(0, limit)] for message in _read(file)]

    def _keep(self, message: Message) -> None:
        """Written aside and renamed: a reader never sees half a message."""
        handle, aside = mkstemp(dir=self.folder, suffix=".part")  # made with mode 0600
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(message), file, default=datetime.isoformat)
        os.replace(aside, self.folder / _file_name(message))

    def _forget_oldest(self) -> None:
        for file in sorted(self.folder.glob("*.json"))[:-KEPT]:
            file.unlink(missing_ok=True)


def _file_name(message: Message) -> str:
    """Time, then a digest of the id: the id itself may hold anything."""
    created = message.created_at.astimezone(UTC)
    return f"{created:%Y%m%dT%H%M%S.%f}-{sha256(message.id.encode()).hexdigest()[:16]}.json"


def _read(file: Path) -> Iterator[Message]:
    try:
        fields: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        yield Message(**{**fields, "created_at": datetime.fromisoformat(fields["created_at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return
