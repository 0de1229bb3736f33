"""Mail by SMTP."""

from collections.abc import Mapping, Sequence
from typing import Any

from cyberwehr import Channel, hookimpl
from cyberwehr.plugins.mail.channel import MailChannel
from cyberwehr.plugins.mail.server import Server


@hookimpl
def cyberwehr_channels(settings: Mapping[str, Any]) -> Sequence[Channel]:
    """One channel if a mail server is set, none otherwise."""
    if not settings["mail_url"]:
        return []
    return [MailChannel(Server.from_url(settings["mail_url"], settings["host"]), settings["mail_sender"])]
