"""Texts, dates and numbers in the reader's language."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.faults import Refusal
from cyberwehr.i18n import Catalogues, Texts, pick_language

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
HEADER = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
CATALOGUES = Catalogues.load()
DE, EN = CATALOGUES.texts("de"), CATALOGUES.texts("en")


def region_with(folder: Path, entries: str) -> Path:
    file = folder / "translations" / "de" / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_text(HEADER + entries, encoding="utf-8")
    return folder


def test_a_text_in_both_languages() -> None:
    assert DE("Open the incident") == "Einsatz öffnen"
    assert EN("Open the incident") == "Open the incident"
    assert DE("About {km} km by road.", km="12") == "Etwa 12 km Fahrstrecke."


def test_a_text_without_translation_stays_as_it_is() -> None:
    assert DE("not in any catalogue: {name}", name="x") == "not in any catalogue: x"


@pytest.mark.parametrize("text", ["{", "}", "{}", "{0}", "{a.b}", "{{x}}", "100 % {", "{missing}"])
def test_literal_braces_are_left_alone(text: str) -> None:
    assert DE(text) == text
    assert DE(text, other="y") == text


@given(st.text(), st.text())
def test_a_value_is_never_taken_for_a_pattern(first: str, second: str) -> None:
    assert EN("<{first}|{second}>", first=first, second=second) == f"<{first}|{second}>"


def test_plural() -> None:
    forms = ("The link works once, within the next hour.", "The link works once, within the next {n} hours.")
    assert DE.plural(*forms, 1) == "Der Link gilt einmal und nur innerhalb der nächsten Stunde."
    assert DE.plural(*forms, 2400) == "Der Link gilt einmal und nur innerhalb der nächsten 2.400 Stunden."
    assert EN.plural("{n} cat of {name}", "{n} cats of {name}", 0, name="x") == "0 cats of x"


def test_an_unknown_language_gets_the_instances_default() -> None:
    assert CATALOGUES.texts("fr").language == "de"
    assert Catalogues.load(default="en").texts("fr").language == "en"
    assert CATALOGUES.texts("de-AT").language == CATALOGUES.texts("DE_de").language == "de"


def test_a_region_may_say_it_its_own_way_and_falls_back_to_the_core(tmp_path: Path) -> None:
    folder = region_with(tmp_path, 'msgid "Open the incident"\nmsgstr "Los geht es"\n')
    catalogues = Catalogues.load({"here": folder, "bare": tmp_path / "bare"})
    here = catalogues.texts("de", "here")
    assert here("Open the incident") == "Los geht es"
    assert here("Accept or decline") == "Annehmen oder ablehnen"
    assert catalogues.texts("de", "elsewhere")("Open the incident") == "Einsatz öffnen"
    assert catalogues.texts("en", "here")("Open the incident") == "Open the incident"


def test_fuzzy_and_empty_entries_of_a_region_do_not_count(tmp_path: Path) -> None:
    entries = '#, fuzzy\nmsgid "Open the incident"\nmsgstr "?"\n\nmsgid "Accept or decline"\nmsgstr ""\n'
    here = Catalogues.load({"here": region_with(tmp_path, entries)}).texts("de", "here")
    assert here("Open the incident") == "Einsatz öffnen"
    assert here("Accept or decline") == "Annehmen oder ablehnen"


def test_a_broken_catalogue_stops_the_start_and_says_where(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"messages\.po:6: "):
        Catalogues.load({"here": region_with(tmp_path / "a", "<<<<<<< ours\n")})
    folder = region_with(tmp_path / "b", "")
    (folder / "translations/de/LC_MESSAGES/messages.po").write_bytes(HEADER.encode() + b'msgid "x"\nmsgstr "\xe4"\n')
    with pytest.raises(Refusal, match="UTF-8"):
        Catalogues.load({"here": folder})


def test_moments_are_told_in_local_words() -> None:
    assert DE.moment(MONDAY, BERLIN) == "Montag, 23. November 2026, 08:00 Uhr"
    assert EN.moment(MONDAY, BERLIN) == "Monday, 23 November 2026, 08:00"
    assert DE.clock(MONDAY, BERLIN) == "08:00"


def test_moments_follow_summer_time() -> None:
    assert DE.clock(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), BERLIN) == "01:59"
    assert DE.clock(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), BERLIN) == "03:00"


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_moment_of_the_calendar_can_be_told(moment: datetime) -> None:
    assert str(moment.year) in DE.moment(moment, BERLIN) or moment.strftime("%m-%d") in ("12-31", "01-01")


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
def test_the_ends_of_the_calendar_can_be_told(zone: str) -> None:
    assert "1. Januar 1" in DE.moment(datetime(1, 1, 1, tzinfo=UTC), ZoneInfo(zone))
    assert "31. Dezember 9999" in DE.moment(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("length", "german", "english"),
    [
        (timedelta(seconds=30), "30 Sekunden", "30 seconds"),
        (timedelta(minutes=1), "1 Minute", "1 minute"),
        (timedelta(minutes=90), "1 Stunde, 30 Minuten", "1 hour, 30 minutes"),
        (timedelta(hours=24), "1 Tag", "1 day"),
        (timedelta(days=2, hours=3, minutes=4), "2 Tage, 3 Stunden", "2 days, 3 hours"),
        (timedelta(0), "0 Sekunden", "0 seconds"),
        (timedelta(minutes=59, seconds=59), "1 Stunde", "1 hour"),
    ],
)
def test_durations(length: timedelta, german: str, english: str) -> None:
    assert DE.duration(length) == german
    assert EN.duration(length) == english


def test_numbers() -> None:
    assert DE.number(1234.5) == "1.234,5"
    assert EN.number(1234.5) == "1,234.5"
    assert Texts("de")("{n} von {of}", n=1000, of="1000") == "1.000 von 1000"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.5", "en"),
        ("fr-FR, en;q=0.3, de;q=0.4", "de"),
        ("fr, tr;q=0.9", "de"),
        ("en;q=0, de;q=0.1", "de"),
        ("*", "de"),
        ("", "de"),
        ("en;q=x,;;,=", "de"),
        ("EN", "en"),
    ],
)
def test_the_browsers_wish(accepted: str, language: str) -> None:
    assert pick_language(accepted, ["de", "en"], "de") == language


@given(st.text())
def test_any_header_gets_an_offered_language(accepted: str) -> None:
    assert pick_language(accepted, ["de", "en"], "de") in ("de", "en")
