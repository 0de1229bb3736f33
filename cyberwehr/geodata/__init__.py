"""Districts, postal codes and roads, as they ship with the package; SOURCES.md beside them says whose they are."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from cyberwehr.domain.places import PlaceTable, PostalArea


@dataclass(frozen=True, slots=True)
class District:
    """A Kreis or a city that is one. `ags`: five digits with leading zero; the point lies inside (WGS84 degrees)."""

    ags: str
    name: str
    kind: str
    regierungsbezirk: str
    nuts3: str
    lat: float
    lon: float
    neighbours: tuple[str, ...]


@lru_cache(maxsize=1)
def place_table() -> PlaceTable:
    """All street postal codes with their municipalities and districts, read once."""
    rows = (
        PostalArea(
            row["plz"],
            row["gemeinde"],
            row["gemeinde_ags"],
            row["kreis_ags"],
            float(row["lat"]),
            float(row["lon"]),
        )
        for row in _rows("nrw_plz.csv")
    )
    return PlaceTable(rows, {ags: district.name for ags, district in districts().items()})


@lru_cache(maxsize=1)
def districts() -> Mapping[str, District]:
    """All districts by AGS, read once."""
    return MappingProxyType({row["ags"]: _district(row) for row in _rows("nrw_kreise.csv")})


def _district(row: Mapping[str, str]) -> District:
    return District(
        row["ags"],
        row["name"],
        row["type"],
        row["regierungsbezirk"],
        row["nuts3"],
        float(row["lat"]),
        float(row["lon"]),
        tuple(row["neighbours"].split()),
    )


def _rows(name: str) -> Iterable[dict[str, str]]:
    text = (files(__name__) / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())
