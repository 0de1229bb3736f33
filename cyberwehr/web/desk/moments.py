"""Days and times that somebody types."""

from datetime import datetime

from cyberwehr.i18n import N_
from cyberwehr.web.context import the_instance
from cyberwehr.web.typed import Typed


def read_moment(typed: Typed, name: str) -> datetime | None:
    """On the clock of the control centre; None if nothing was typed, which means now."""
    given = typed.text(name, 40)
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
        return moment if moment.tzinfo else moment.replace(tzinfo=the_instance().zone)
    except ValueError:
        typed.fault(name, N_("Please give day and time, for example 2026-11-23 14:05."))
        return None
