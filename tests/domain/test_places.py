"""Postal code and town, as people type them, to the region that serves them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.domain.hours import hours
from cyberwehr.domain.places import Placement, find_region, region_postal_codes, road_km
from cyberwehr.domain.region import Region
from cyberwehr.geodata import place_table

CALLS = Path(__file__).parents[1] / "data" / "calls_dev.jsonl"

BOCHUM = """BO, WAT, Wattenscheid, Wattenscheid-Mitte, Günnigfeld, Westenfeld, Höntrop, Eppendorf, Leithe, Sevinghausen,
Munscheid, Grumme, Altenbochum, Südinnenstadt, Gleisdreieck, Kruppwerke, Hamme, Goldhamme, Stahlhausen, Hordel,
Hofstede, Riemke, Ehrenfeld, Bergen, Hiltrop, Gerthe, Harpen, Kornharpen, Rosenberg, Voede-Abzweig, Laer, Werne,
Langendreer, Langendreer-Alter Bahnhof, Wiemelhausen, Brenschede, Steinkuhl, Stiepel, Querenburg, Hustadt, Weitmar,
Weitmar-Mitte, Weitmar-Mark, Linden, Dahlhausen, Oberdahlhausen, Sundern"""
ESSEN = """E, Ostviertel, Nordviertel, Westviertel, Südviertel, Südostviertel, Altendorf, Frohnhausen, Holsterhausen,
Rüttenscheid, Huttrop, Rellinghausen, Bergerhausen, Fulerum, Schönebeck, Bedingrade, Frintrop, Dellwig, Gerschede,
Borbeck, Borbeck-Mitte, Bochold, Bergeborbeck, Altenessen, Altenessen-Nord, Altenessen-Süd, Bredeney, Schuir, Werden,
Heidhausen, Heisingen, Kupferdreh, Byfang, Steele, Kray, Frillendorf, Schonnebeck, Stoppenberg, Katernberg, Karnap,
Margarethenhöhe, Fischlaken, Überruhr, Überruhr-Hinsel, Überruhr-Holthausen, Freisenbruch, Horst, Leithe, Vogelheim,
Burgaltendorf, Kettwig, Haarzopf, Stadtwald, Eiberg, Zollverein"""
GELSENKIRCHEN = """GE, Buer, Buer-Mitte, Schalke, Schalke-Nord, Bismarck, Bulmke, Hüllen, Bulmke-Hüllen, Feldmark,
Heßler, Scholven, Hassel, Erle, Resse, Resser Mark, Horst, Beckhausen, Schaffrath, Sutum, Ückendorf, Rotthausen"""


def region(key: str, ags: str, places: str, **more: object) -> Region:
    names = tuple(name.strip() for name in places.replace("\n", " ").split(",") if name.strip())
    return Region(key, {"de": key.title()}, (ags,), "0800 1191112", hours("24/7"), names, **more)  # type: ignore[arg-type]


PILOT = (
    region("bochum", "05911", BOCHUM),
    region("essen", "05113", ESSEN),
    region("gelsenkirchen", "05513", GELSENKIRCHEN),
)


def place(code: str | None, town: str | None, street: str | None = None) -> Placement:
    return find_region(code, town, PILOT, place_table(), street)


def codes(placement: Placement) -> set[str]:
    return {notice.code for notice in placement.notices}


def calls() -> list[dict]:
    return [json.loads(line) for line in CALLS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("call", calls(), ids=lambda call: call["id"])
def test_every_call_of_the_list(call: dict) -> None:
    found = place(call["postal_code"], call["town"], call["street"])
    assert found.region == call["expected"]["region"]
    assert found.suggested_out_of_area == (found.region is None)


OUT = "out"
OPEN = None

RECORDS = [
    # a served code decides
    ("44787", "Bochum", "bochum"),
    ("44787", None, "bochum"),
    ("45127", "Bohcum", "essen"),
    ("45127", "Essn", "essen"),
    ("44787", "Witten", "bochum"),
    ("45879", "Bochum", "gelsenkirchen"),
    ("44894", "Werne", "bochum"),
    ("44803", "Laer", "bochum"),
    ("45899", "Horst", "gelsenkirchen"),
    ("45279", "Horst", "essen"),
    ("45127", "xyz qwv", "essen"),
    ("45127", "Essen (Oldenburg)", "essen"),
    ("44866", "Bochum/Essen", "bochum"),
    ("D-44787", "Bochum", "bochum"),
    ("DE 44787", "", "bochum"),
    ("D44787", "", "bochum"),
    ("４４７８７", "Bochum", "bochum"),
    ("٤٤٧٨٧", "Bochum", "bochum"),
    ("44 787", "Bochum", "bochum"),
    ("4478O", "Herten", OUT),
    ("4479l", "Bochum", "bochum"),
    ("44787 Bochum", "", "bochum"),
    (" 45127\n", "ESSEN", "essen"),
    (None, "45127 Essen", "essen"),
    ("", "45879 Gelsenkirchen", "gelsenkirchen"),
    ("Essen", "", "essen"),
    ("45127 Essen", "45127 Essen", "essen"),
    # another district's code
    ("44623", "Bochum Riemke", "bochum"),
    ("44623", "Riemke", "bochum"),
    ("44649", "Wanne-Eickel", OUT),
    ("44649", "Herne", OUT),
    ("58453", "Witten", OUT),
    ("58453", "Bochum", OUT),
    ("44147", "Dortmund", OUT),
    ("44147", "Bochum", "bochum"),
    ("45473", "Mülheim a.d. Ruhr", OUT),
    ("45473", "Mülheim", OUT),
    ("45468", "Essen", "essen"),
    ("45468", "Bochum", OUT),
    ("59368", "Werne", OUT),
    ("48366", "Laer", OUT),
    ("50825", "Ehrenfeld", OUT),
    ("50825", "Köln-Ehrenfeld", OUT),
    ("50825", None, OUT),
    ("46282", "Holsterhausen", OUT),
    ("46397", "Bocholt", OUT),
    ("45964", "Gladbeck", OUT),
    ("45699", "Herten", OUT),
    ("45663", "Recklinghausen", OUT),
    ("45699", "Horst", OPEN),
    # unknown codes: post-office boxes, slips, other states
    ("44701", "Bochum", "bochum"),
    ("44799", "Bochum", "bochum"),
    ("45001", "Essen", "essen"),
    ("45801", "Gelsenkirchen", "gelsenkirchen"),
    ("44876", "Wattenscheid", "bochum"),
    ("44876", "Wattenschied", "bochum"),
    ("44701", "", OPEN),
    ("44701", "Essen", OUT),
    ("44701", "Herne", OUT),
    ("49632", "Essen", OUT),
    ("49632", "Essen (Oldenburg)", OUT),
    ("49152", "Bad Essen", OUT),
    ("26427", "Esens", OUT),
    ("10115", "Berlin", OUT),
    ("00000", "Bochum", OUT),
    ("99999", "", OUT),
    # no code: the town
    (None, "Bochum", "bochum"),
    (None, "BOCHUM", "bochum"),
    (None, "Stadt Bochum", "bochum"),
    (None, "Bochum, NRW", "bochum"),
    (None, "Bocum", "bochum"),
    (None, "Bohcum Laer", "bochum"),
    (None, "Bochum-Langendreer", "bochum"),
    (None, "BochumLangendreer", "bochum"),
    (None, "Bochum Riemke", "bochum"),
    (None, "Bochum Ruhrpark", "bochum"),
    (None, "Bochum-Werne", "bochum"),
    (None, "BO-Linden", "bochum"),
    (None, "BO-Werne", "bochum"),
    (None, "Alten-Bochum", "bochum"),
    (None, "4630 Bochum 1", "bochum"),
    (None, "Wattenscheid", "bochum"),
    (None, "Hoentrop", "bochum"),
    (None, "HÖNTROP", "bochum"),
    (None, "Ho\u0308ntrop", "bochum"),
    (None, "GE-Rotthausen", "gelsenkirchen"),
    (None, "GE Rothausen", "gelsenkirchen"),
    (None, "GE-Horst", "gelsenkirchen"),
    (None, "E-Horst", "essen"),
    (None, "E-Steele", "essen"),
    (None, "Gelsenkichen", "gelsenkirchen"),
    (None, "Gelsen Kirchen", "gelsenkirchen"),
    (None, "Gelsenkirchn-Buer", "gelsenkirchen"),
    (None, "Gelsenkirchen-Bismark", "gelsenkirchen"),
    (None, "Buer", "gelsenkirchen"),
    (None, "Bür", "gelsenkirchen"),
    (None, "Uckendorf", "gelsenkirchen"),
    (None, "Ueckendorf", "gelsenkirchen"),
    (None, "Hessler", "gelsenkirchen"),
    (None, "Esssen", "essen"),
    (None, "Eßen", "essen"),
    (None, "Essen a. d. Ruhr", "essen"),
    (None, "Essen/Ruhr", "essen"),
    (None, "Essen-Innenstadt", "essen"),
    (None, "Essen Hbf", "essen"),
    (None, "Kettwig", "essen"),
    (None, "Kettwig a. d. Ruhr", "essen"),
    (None, "Kettwig bei Essen", "essen"),
    (None, "Werden", "essen"),
    (None, "Werden (Essen)", "essen"),
    (None, "Steele, Essen", "essen"),
    (None, "Ruettenscheid", "essen"),
    (None, "Bochold", "essen"),
    (None, "Köln", OUT),
    (None, "Köln Ehrenfeld", OUT),
    (None, "Bocholt", OUT),
    (None, "Muelheim/Ruhr", OUT),
    (None, "Mühlheim an der Ruhr", OUT),
    (None, "Geilenkirchen", OUT),
    (None, "Geilenkirchn", OUT),
    (None, "Velbert bei Essen", OUT),
    (None, "Hattingen (Ruhr)", OUT),
    (None, "Essen (Oldenburg)", OUT),
    (None, "Essen-Oldenburg", OUT),
    (None, "Essen i. Oldb.", OUT),
    (None, "Hessen", OUT),
    (None, "Gelenkirchen", OPEN),
    (None, "Bad Essen", OPEN),
    (None, "Esens", OUT),
    (None, "Bochholt", OUT),
    (None, "Werne", OPEN),
    (None, "Horst", OPEN),
    (None, "bei Essen", OPEN),
    (None, "Bochum/Witten", OPEN),
    (None, "Essen oder Bochum", OPEN),
    (None, "E-Commerce", OPEN),
    (None, "E", OPEN),
    (None, "Horst Müller", OPEN),
    (None, "Neustadt", OPEN),
    (None, "weiß ich nicht", OPEN),
    ("n/a", "n/a", OPEN),
    (None, None, OPEN),
    ("", " \t", OPEN),
    ("-", "-", OPEN),
]


@pytest.mark.parametrize(("code", "town", "expected"), RECORDS)
def test_what_a_person_would_expect(code: str | None, town: str | None, expected: str | None) -> None:
    found = place(code, town)
    assert found == Placement(None if expected == OUT else expected, expected == OUT, found.notices)


@pytest.mark.parametrize(
    ("code", "town", "notice"),
    [
        ("45879", "Essen", "code_and_town_contradict"),
        ("44787", "Witten", "code_and_town_contradict"),
        ("44787", "Bochum und Essen", "several_towns_named"),
        ("45127", "Bochum/Essen", "several_towns_named"),
        ("45879", "Gelsenkirchen, Filiale Bochum", "several_towns_named"),
        ("44787", "qwertz", "town_unknown"),
        ("44623", "Bochum Riemke", "postal_code_elsewhere"),
        ("44876", "Wattenscheid", "postal_code_unknown"),
        ("49632", "Essen", "postal_code_unknown"),
        ("58453", "Witten", "postal_code_elsewhere"),
        ("447", "Bochum", "postal_code_unreadable"),
        (None, "Esssen", "town_corrected"),
        ("45144", "Esssen", "town_corrected"),
        (None, "Buer", "only_part_of_town_named"),
        (None, "Horst", "town_ambiguous"),
        (None, "Köln", "town_not_served"),
        (None, "qwertz", "town_unknown"),
        (None, None, "place_missing"),
    ],
)
def test_doubts_are_told(code: str | None, town: str | None, notice: str) -> None:
    assert codes(place(code, town)) == {notice}


@pytest.mark.parametrize(
    ("code", "town"),
    [("44787", "Bochum"), ("44787", None), ("44787", "Bochum-Mitte"), ("45899", "Horst"), (None, "Bochum")],
)
def test_nothing_is_remarked_when_all_is_well(code: str | None, town: str | None) -> None:
    assert place(code, town).notices == ()


def test_the_end_of_the_street_helps_when_nothing_else_is_there() -> None:
    assert place("", "", "Hauptstraße 5, 45127 Essen").region == "essen"
    assert place("44787", "Bochum", "Hauptstraße 5, 45127 Essen").region == "bochum"


COLOGNE = region("cologne", "05315", "Ehrenfeld")
LEVERKUSEN_SIDE = region("rbk", "05378", "")


@pytest.mark.parametrize(
    ("served", "town", "expected", "out"),
    [
        ((COLOGNE, LEVERKUSEN_SIDE), "Köln", "cologne", False),
        ((COLOGNE, LEVERKUSEN_SIDE), "Bergisch Gladbach", "rbk", False),
        ((COLOGNE, LEVERKUSEN_SIDE), "Bergsch Gladbach", "rbk", False),
        ((COLOGNE, LEVERKUSEN_SIDE), None, None, False),
        ((COLOGNE, LEVERKUSEN_SIDE), "Bonn", None, False),
        ((COLOGNE,), "Bergisch Gladbach", None, True),
        ((COLOGNE,), "Köln", "cologne", False),
        ((COLOGNE,), "", None, False),
    ],
)
def test_a_code_in_two_districts_uses_the_town(
    served: tuple[Region, ...], town: str | None, expected: str | None, out: bool
) -> None:
    found = find_region("51467", town, served, place_table())
    assert (found.region, found.suggested_out_of_area) == (expected, out)


def test_codes_of_a_region_follow_its_districts_and_corrections() -> None:
    plain = region_postal_codes(PILOT[0], place_table())
    corrected = region("bochum", "05911", "", postal_codes_add=("44701",), postal_codes_remove=("44787",))
    assert len(plain) == 18
    assert region_postal_codes(corrected, place_table()) == plain - {"44787"} | {"44701"}
    assert find_region("44701", None, [corrected], place_table()).region == "bochum"
    assert find_region("44787", "Bochum", [corrected], place_table()).notices


def test_no_real_town_of_the_state_is_taken_for_another() -> None:
    served = {"05911", "05113", "05513"}
    for row in place_table().rows:
        if row.district_ags not in served:
            assert place(None, row.municipality).region is None, row.municipality
            assert place(row.postal_code, row.municipality).suggested_out_of_area, row.municipality


OTHER_TOWNS = """Esslingen, Essingen, Essenbach, Essenheim, Eisenach, Eschen, Bochow, Buchen, Buchum, Bockau, Borken,
Bottrop, Werda, Werdau, Werdohl, Gelnhausen, Gelting, Geldern, Steeden, Stelle, Altenau, Altena, Haßloch, Hassfurt,
Heßdorf, Lindau, Lindern, Stolpen, Langenau, Langen, Kupferzell, Holzhausen, Frankenhausen, Bad Frankenhausen,
Bad Essen, Bad Werne, Neuessen, Kettenkamp, Harpstedt, Hofstetten, Rosenheim, Burgdorf, Schalksmühle, Erlenbach,
Bissendorf, Westerfeld, Wiesenfeld, Hüllhorst, Weiden, Minden, Emden, Dresden, Kaltenkirchen, Neunkirchen,
Gelsdorf, Altenkirchen, Euskirchen, Weitnau, Grimma, Lahr, Haren, Hameln, Hamm, Horstedt, Horstmar"""


@pytest.mark.parametrize("town", [town.strip() for town in OTHER_TOWNS.split(",")])
def test_other_real_towns_are_no_misspellings(town: str) -> None:
    assert place(None, town).region is None


def test_every_served_code_is_found_whatever_the_town() -> None:
    for item in PILOT:
        for code in region_postal_codes(item, place_table()):
            assert place(code, "Dortmund").region == item.key


@given(st.text() | st.none(), st.text() | st.none(), st.text() | st.none())
def test_no_text_raises(code: str | None, town: str | None, street: str | None) -> None:
    found = place(code, town, street)
    assert found.region is None or not found.suggested_out_of_area


@given(st.text(alphabet="Esn BochumGlkir-a.d()/0459\ud800\0ß\u0308"), st.text(alphabet="045O9- DlE٤"))
def test_no_text_near_the_names_raises(town: str, code: str) -> None:
    assert isinstance(place(code, town), Placement)


def test_long_text_is_read_in_no_time() -> None:
    assert place("4" * 1_000_000, "Bochum " * 100_000).region == "bochum"


def test_road_kilometres_are_the_great_circle_and_its_detour() -> None:
    assert road_km((51.0, 7.0), (51.0, 7.0)) == 0
    assert road_km((0.0, 0.0), (0.0, 180.0)) == pytest.approx(20015.115 * 1.28, abs=0.01)
    assert road_km((51.48, 7.22), (51.46, 7.01)) == pytest.approx(road_km((51.46, 7.01), (51.48, 7.22)))
