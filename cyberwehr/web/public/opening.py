"""Is somebody there now, and if not, when."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.lists import format_list

from cyberwehr.domain.region import Region
from cyberwehr.storage import now
from cyberwehr.web.context import texts, the_instance


@dataclass(frozen=True, slots=True)
class Opening:
    """next: in UTC, None while it is open or if there is none in sight. places: the towns it holds for, in words."""

    open: bool
    next: datetime | None
    zone: ZoneInfo
    hotline: str
    places: str = ""


def opening_of(region: str | None, moment: datetime) -> Opening:
    instance = the_instance()
    hours, hotline = instance.opening(region), instance.frame(region).hotline
    is_open = hours.is_open(moment)
    return Opening(is_open, None if is_open else hours.next_opening(moment), hours.zone, hotline)


def openings() -> list[Opening]:
    """For each set of regions that are open at the same times and have the same number."""
    moment, together = this_moment(), dict[Opening, list[str]]()
    for key, region in the_instance().regions.items():
        together.setdefault(opening_of(key, moment), []).append(name_of(region))
    return [replace(opening, places=in_words(names)) for opening, names in together.items()]


def this_moment() -> datetime:
    with the_instance().reading() as tx:
        return now(tx)


def name_of(region: Region) -> str:
    return region.name.get(texts().language) or next(iter(region.name.values()))


def in_words(names: list[str]) -> str:
    return format_list(names, locale=texts().locale)


def all_places() -> str:
    """All towns served, in words."""
    return in_words([name_of(region) for region in the_instance().regions.values()])
