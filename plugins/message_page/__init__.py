"""In demo mode nothing leaves the building: messages are kept, and a page shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from cyberwehr import Channel, hookimpl
from cyberwehr.plugins.message_page.channel import MessagePage


@hookimpl
def cyberwehr_channels(settings: Mapping[str, Any]) -> Sequence[Channel]:
    """One channel in demo mode, none otherwise."""
    return [MessagePage(settings["data_dir"] / "messages")] if settings["demo"] else []
