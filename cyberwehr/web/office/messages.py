"""The messages a channel has kept, ready to be shown: as text, with our own links to click on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from cyberwehr.domain.delivery import KeepsMessages, Message
from cyberwehr.web.context import the_instance

MOST = 200
KEEPERS = "cyberwehr.keepers"


@dataclass(frozen=True, slots=True)
class Shown:
    """pieces: (text, is a link of ours), in order."""

    message: Message
    at: datetime
    pieces: Sequence[tuple[str, bool]]


def kept_messages() -> list[Shown]:
    """Newest first."""
    messages = [message for keeper in keepers() for message in keeper.kept(MOST)]
    newest = sorted(messages, key=lambda message: message.created_at, reverse=True)[:MOST]
    return [Shown(message, message.created_at, tuple(pieces(message.text))) for message in newest]


def keepers() -> Sequence[KeepsMessages]:
    """The channels that keep what they deliver; made once per app."""
    if KEEPERS not in current_app.extensions:
        instance = the_instance()
        channels = instance.plugins.channels(instance.channel_settings())
        current_app.extensions[KEEPERS] = [each for each in channels if isinstance(each, KeepsMessages)]
    return cast(Sequence[KeepsMessages], current_app.extensions[KEEPERS])


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Only addresses of this very instance become links; whatever else a stranger wrote stays text."""
    ours = re.compile(f"({re.escape(the_instance().url('/'))}[A-Za-z0-9_/?=&-]*)")
    for n, piece in enumerate(ours.split(text)):
        if piece:
            yield piece, n % 2 == 1
