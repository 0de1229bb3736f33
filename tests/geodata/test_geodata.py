"""The data that ships: complete, and consistent with itself."""

import json
from importlib.resources import files

from cyberwehr.geodata import districts, place_table

FOLDER = files("cyberwehr.geodata")


def test_the_table_holds_every_street_code_once_a_municipality() -> None:
    rows = place_table().rows
    assert len(rows) == len({(row.postal_code, row.municipality_ags) for row in rows}) == 872
    assert len({row.postal_code for row in rows}) == 865
    assert place_table() is place_table()


def test_keys_fit_together() -> None:
    for row in place_table().rows:
        assert (len(row.postal_code), len(row.municipality_ags), len(row.district_ags)) == (5, 8, 5)
        assert row.municipality_ags.startswith(row.district_ags)
        assert row.district_ags in districts()


def test_districts_have_names_and_mutual_neighbours() -> None:
    assert len(districts()) == 53
    for ags, district in districts().items():
        assert ags == district.ags
        assert ags.startswith("05")
        assert district.name
        assert all(ags in districts()[other].neighbours for other in district.neighbours)


def test_points_lie_in_the_state() -> None:
    points = [(row.lat, row.lon) for row in place_table().rows] + [(d.lat, d.lon) for d in districts().values()]
    assert all(50.3 < lat < 52.6 and 5.8 < lon < 9.5 for lat, lon in points)
    assert place_table().point("44787") is not None
    assert place_table().point("99999") is None


def test_lookups_by_code_and_name() -> None:
    table = place_table()
    assert table.districts_of("51467") == {"05315", "05378"}
    assert [area.municipality for area in table.areas("40721")] == ["Düsseldorf", "Hilden"]
    assert table.districts_of_town("MUELHEIM (Ruhr)") == frozenset()
    assert table.districts_of_town("Muelheim") == table.districts_of_town("Mülheim an der Ruhr") == {"05117"}
    assert table.districts["05562"] == "Recklinghausen"


def test_shapes_and_roads_are_readable_and_sources_named() -> None:
    shapes = json.loads((FOLDER / "nrw_kreise.geojson").read_text(encoding="utf-8"))
    roads = json.loads((FOLDER / "nrw_road_graph.json").read_text(encoding="utf-8"))
    sources = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    assert len(shapes["features"]) == 53
    assert len(roads["nodes"]) == 4424
    for needed in ("© OpenStreetMap contributors", "© GeoBasis-DE / BKG (Daten verändert)", "ODbL", "dl-de/by-2-0"):
        assert needed in sources
    for data in FOLDER.iterdir():
        if data.name.endswith((".csv", ".json", ".geojson")):
            assert f"`{data.name}`" in sources
