"""Where a call comes from: postal code and town -> region, and how far it is."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt

from cyberwehr.domain.notices import Notice
from cyberwehr.domain.region import Region
from cyberwehr.domain.town_names import Gazetteer, Meaning, Reading, plain, short_names

EARTH_RADIUS_KM = 6371.0088
ROAD_FACTOR = 1.28

Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS84."""

_CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_ADDRESS_END = re.compile(r"(?<!\d)(\d{5})\s+(\D+)$")
_LETTERS_FOR_DIGITS = str.maketrans("OoIl", "0011")
_SHOWN = 120


def road_km(a: Point, b: Point) -> float:
    """Road kilometres between two points, estimated.

    The great circle on a sphere with the mean earth radius of 6371.0088 km (IUGG), times 1.28, the usual detour.
    """
    lat_a, lat_b = radians(a[0]), radians(b[0])
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half))) * ROAD_FACTOR


@dataclass(frozen=True, slots=True)
class PostalArea:
    """A street postal code in one municipality; AGS are strings with leading zero. The point is the code's."""

    postal_code: str
    municipality: str
    municipality_ags: str
    district_ags: str
    lat: float
    lon: float


class PlaceTable:
    """All postal areas a deployment knows; `districts` maps five-digit AGS to names. Compared by identity."""

    def __init__(self, rows: Iterable[PostalArea], districts: Mapping[str, str] | None = None) -> None:
        self.rows = tuple(rows)
        self.districts = dict(districts or {})
        self._by_code: dict[str, tuple[PostalArea, ...]] = {}
        self._towns: dict[str, frozenset[str]] = {}
        for row in self.rows:
            self._by_code[row.postal_code] = (*self._by_code.get(row.postal_code, ()), row)
            for name in set(short_names(row.municipality)):
                self._towns[name] = self._towns.get(name, frozenset()) | {row.district_ags}

    def areas(self, postal_code: str) -> tuple[PostalArea, ...]:
        """One area for each municipality the code lies in; empty if the code is unknown."""
        return self._by_code.get(postal_code, ())

    def districts_of(self, postal_code: str) -> frozenset[str]:
        """AGS of the districts the code lies in."""
        return frozenset(area.district_ags for area in self.areas(postal_code))

    def districts_of_town(self, name: str) -> frozenset[str]:
        """AGS of the districts with a municipality of this name, however it is spelt or shortened."""
        return self._towns.get(plain(name), frozenset())

    def towns(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Normalised names of municipalities and districts, with the AGS of their districts."""
        yield from self._towns.items()
        for ags, name in self.districts.items():
            yield plain(name), frozenset({ags})

    def point(self, postal_code: str) -> Point | None:
        """The point of the code's area; None if the code is unknown."""
        areas = self.areas(postal_code)
        return (areas[0].lat, areas[0].lon) if areas else None


@dataclass(frozen=True, slots=True)
class Placement:
    """The region of a call, None if a person has to decide; `suggested_out_of_area` if it seems to be no region's."""

    region: str | None
    suggested_out_of_area: bool
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class _Outline:
    """The part of a region that says where it is; hashable, unlike the region."""

    key: str
    names: tuple[str, ...]
    districts: tuple[str, ...]
    places: tuple[str, ...]
    add: tuple[str, ...]
    remove: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Map:
    """What the regions of an instance cover: codes of each region, all names, the table below."""

    codes: Mapping[str, frozenset[str]]
    districts: Mapping[str, frozenset[str]]
    gazetteer: Gazetteer
    table: PlaceTable

    def owners(self, postal_code: str) -> frozenset[str]:
        return frozenset(key for key, codes in self.codes.items() if postal_code in codes)

    def shared(self, postal_code: str) -> bool:
        """Whether the code also lies in a district of nobody's or somebody else's."""
        owners = self.owners(postal_code)
        owned = frozenset[str]().union(*(self.districts[key] for key in owners))
        return len(owners) > 1 or bool(
            self.table.districts_of(postal_code) & owned and self.table.districts_of(postal_code) - owned
        )

    def plausible(self, postal_code: str, regions: Iterable[str]) -> frozenset[str]:
        """The regions among whose codes the first two digits occur."""
        return frozenset(key for key in regions if any(code[:2] == postal_code[:2] for code in self.codes[key]))


def region_postal_codes(region: Region, table: PlaceTable) -> frozenset[str]:
    """The codes of a region: of its districts, plus `postal_codes_add`, minus `postal_codes_remove`."""
    return _codes(_outline(region), table)


def find_region(
    postal_code: str | None,
    town: str | None,
    regions: Sequence[Region],
    table: PlaceTable,
    street: str | None = None,
) -> Placement:
    """The region a call belongs to, by postal code and town as they were typed; any text at all is taken.

    A served code decides. Another code yields to a served town (or part of one) only if its first two digits occur
    among that region's codes. Without a code the town decides, without both the end of `street`. Doubts are notices.
    """
    map_ = _map(tuple(_outline(region) for region in regions), table)
    code, place, notices = _typed(postal_code or "", town or "", street or "")
    reading = map_.gazetteer.read(place)
    if code is None:
        found = _by_town(reading, place)
    elif map_.owners(code):
        found = _by_served_code(code, reading, place, map_)
    else:
        found = _by_other_code(code, reading, place, map_)
    if reading.corrected and reading.regions:
        notices.append(Notice("town_corrected", {"town": place, "read_as": reading.corrected.title()}))
    return Placement(found.region, found.suggested_out_of_area, (*notices, *found.notices))


def _typed(code_text: str, town: str, street: str) -> tuple[str | None, str, list[Notice]]:
    """Code and town, wherever they were typed: both in one field, or behind the street."""
    code_text, town, street = (_ascii_digits(text) for text in (code_text, town, street))
    code = _read_code(code_text)
    notices = []
    if code_text and code is None and not (town or not _has_letters(code_text)):
        town = code_text
    elif code_text and code is None:
        notices.append(Notice("postal_code_unreadable", {"postal_code": code_text[:_SHOWN]}))
    elif not town and code:
        town = re.sub(r"^\s*(?:DE?\b)?[\W\d]*", "", code_text, flags=re.I)
    if code is None and (inside := _CODE.search(town)):
        code = inside[0]
    if code is None and not _has_letters(town) and (end := _ADDRESS_END.search(street)):
        code, town = end[1], end[2]
    return code, town[:_SHOWN], notices


def _ascii_digits(text: str) -> str:
    """Text with every script's digits as 0-9, without blanks around."""
    wide = unicodedata.normalize("NFKC", text[:1000]).strip()
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in wide)


def _has_letters(text: str) -> bool:
    return any(char.isalpha() for char in text)


def _read_code(text: str) -> str | None:
    """Five digits, whatever stands around or between them; O and l pass for 0 and 1 among digits."""
    if found := _CODE.search(text):
        return found[0]
    bare = re.sub(r"^(?:DE?)?[\s.\-]*|[\s.\-]", "", text, flags=re.I)
    digits = bare.translate(_LETTERS_FOR_DIGITS)
    return digits if re.fullmatch(r"\d{5}", digits) and sum(map(str.isdigit, bare)) >= 3 else None


def _by_town(reading: Reading, town: str) -> Placement:
    named = {"town": town}
    if not reading.said:
        return Placement(None, False, (Notice("place_missing"),))
    if len(reading.regions) == 1 and not reading.elsewhere:
        doubts = (Notice("only_part_of_town_named", named),) if reading.part_only else ()
        return Placement(_only(reading.regions), False, doubts)
    if reading.regions:
        return Placement(None, False, (Notice("town_ambiguous", named),))
    if reading.elsewhere:
        return Placement(None, True, (Notice("town_not_served", named),))
    return Placement(None, False, (Notice("town_unknown", named),))


def _by_served_code(code: str, reading: Reading, town: str, map_: _Map) -> Placement:
    owners, said = map_.owners(code), {"postal_code": code, "town": town}
    if map_.shared(code):
        return _by_shared_code(code, reading, said, map_)
    named = reading.regions or reading.elsewhere
    if named and not reading.regions & owners:
        return Placement(_only(owners), False, (Notice("code_and_town_contradict", said),))
    if len(reading.regions) > 1 and not reading.part_only:
        return Placement(_only(owners), False, (Notice("several_towns_named", said),))
    doubts = (Notice("town_unknown", {"town": town}),) if reading.said and not named else ()
    return Placement(_only(owners), False, doubts)


def _by_shared_code(code: str, reading: Reading, said: Mapping[str, str], map_: _Map) -> Placement:
    """A code that lies in several districts: the town decides, or a person."""
    meant = reading.regions & map_.owners(code)
    if len(meant) == 1 and not reading.elsewhere & map_.table.districts_of(code):
        return Placement(_only(meant), False)
    if not meant and reading.elsewhere & map_.table.districts_of(code):
        return Placement(None, True, (Notice("town_not_served", {"town": said["town"]}),))
    return Placement(None, False, (Notice("postal_code_shared", said),))


def _by_other_code(code: str, reading: Reading, town: str, map_: _Map) -> Placement:
    """A code of no region: unknown (mistyped, of a post-office box, of another state) or another district's."""
    said = {"postal_code": code, "town": town}
    districts = map_.table.districts_of(code)
    notice = Notice("postal_code_elsewhere" if districts else "postal_code_unknown", said)
    if reading.elsewhere & districts:
        return Placement(None, True, (notice,))
    meant = map_.plausible(code, reading.regions)
    if len(meant) == 1 and (not reading.elsewhere or reading.part_only):
        return Placement(_only(meant), False, (notice,))
    is_open = bool(meant) or (not reading.said and not districts and bool(map_.plausible(code, map_.codes)))
    return Placement(None, not is_open, (notice,))


def _only(regions: frozenset[str]) -> str:
    return next(iter(regions))


def _outline(region: Region) -> _Outline:
    return _Outline(
        region.key,
        tuple(region.name.values()),
        tuple(region.districts),
        tuple(region.places),
        tuple(region.postal_codes_add),
        tuple(region.postal_codes_remove),
    )


def _codes(outline: _Outline, table: PlaceTable) -> frozenset[str]:
    own = {row.postal_code for row in table.rows if row.district_ags in outline.districts}
    return frozenset((own | set(outline.add)) - set(outline.remove))


@lru_cache(maxsize=16)
def _map(outlines: tuple[_Outline, ...], table: PlaceTable) -> _Map:
    return _Map(
        {outline.key: _codes(outline, table) for outline in outlines},
        {outline.key: frozenset(outline.districts) for outline in outlines},
        Gazetteer(_names(outlines, table)),
        table,
    )


def _names(outlines: tuple[_Outline, ...], table: PlaceTable) -> Iterator[tuple[str, Meaning]]:
    served = {ags: outline.key for outline in outlines for ags in outline.districts}
    for name, districts in table.towns():
        regions = frozenset(served[ags] for ags in districts if ags in served)
        yield name, Meaning(town_of=regions, elsewhere=districts - served.keys())
    for outline in outlines:
        own = frozenset({outline.key})
        yield from ((plain(name), Meaning(town_of=own)) for name in outline.names)
        yield from ((plain(place), Meaning(part_of=own)) for place in outline.places)
