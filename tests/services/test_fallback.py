"""The fallback sheet: everything needed without a computer, in both languages, once a night, for its owner's eyes."""

import re
import zlib
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from cyberwehr.domain.call import SafeContact
from cyberwehr.domain.terms import Urgency
from cyberwehr.engine import Engine
from cyberwehr.i18n import Texts
from cyberwehr.instance import Instance
from cyberwehr.messages import sheet as paper
from cyberwehr.services import fallback
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.fallback_sheet import sheet_of
from tests.conftest import MovingClock
from tests.services import stage

EVIL = '<script>alert(1)</script> #panic("x") $x$ \u202e{{ 7 * 7 }}'


def html(instance: Instance, language: str) -> str:
    with instance.reading() as tx:
        return paper.as_html(sheet_of(instance, tx, instance.catalogues.texts(language)))


def with_folder(instance: Instance, folder: Path, **more: Any) -> Instance:
    settings = replace(instance.config.fallback, folder=folder, **more)
    return replace(instance, config=replace(instance.config, fallback=settings))


def pages(pdf: bytes) -> int:
    """By the page tree's own count."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    texts = [pdf, *(unpacked for stream in streams if (unpacked := inflate(stream)))]
    return max(int(found) for text in texts for found in re.findall(rb"/Count (\d+)", text))


def inflate(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_it_holds_what_is_needed_without_a_computer(instance: Instance) -> None:
    safe = SafeContact("phone", "0171 3920011")
    reference, _ = stage.alarmed(instance, safe_contact=safe)
    waiting = stage.call(instance, company="Wartende KG")
    word = stage.look(instance, reference).code_word
    german, english = html(instance, "de"), html(instance, "en")
    for shown in map(unescape, (german, english)):
        for region in instance.regions.values():
            assert region.hotline in shown
            assert region.opening.spec in shown
        for provider in instance.providers.values():
            assert all(part in shown for part in (provider.name, *(each.to for each in provider.contacts)))
        for known in (reference, "Muster GmbH", "0234 5550100", "0171 3920011", "Musterweg 1", word, waiting):
            assert known in shown
        assert "Wartende KG" in shown
        assert "info@muster.example" not in shown, "a mailbox that may be in the attacker's hands"
        assert shown.count('<ul class="choices">') >= 3
        assert "<script" not in shown
    assert "ÜBUNG" in german
    assert "EXERCISE" in english
    for words in (
        "Einsatzleitung",
        "Dringlichkeit",
        "kritisch",
        "Alarmiert",
        "Zahlen Sie nichts und antworten",
        "Ja",
        "Codewort",
    ):
        assert words.lower() in german.lower(), words
    assert "Pay nothing and do not answer" in english


def test_what_is_over_stands_no_longer_on_it(instance: Instance) -> None:
    from cyberwehr.services import calls

    reference = stage.call(instance)
    calls.withdraw_call(instance, reference, "x", stage.OPERATOR)
    assert reference not in html(instance, "en")
    assert "No case was open" in html(instance, "en")


def test_a_surge_is_cut_and_says_so(sqlite_instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    from cyberwehr.services import fallback_cases

    monkeypatch.setattr(fallback_cases, "MOST", 2)
    references = [stage.call(sqlite_instance) for _ in range(5)]
    shown = html(sqlite_instance, "en")
    assert [reference in shown for reference in references] == [True, True, False, False, False]
    assert "do not fit here: 3" in shown


def test_whatever_somebody_typed_stays_text(sqlite_instance: Instance) -> None:
    stage.emergency(sqlite_instance, company=EVIL, description=EVIL * 20, street="x" * 300, town="🚒 ﷺ 漢字")
    shown = html(sqlite_instance, "de")
    assert "<script" not in shown
    assert "{{ 7 * 7 }}" in shown
    assert "\u202e" not in shown
    with sqlite_instance.reading() as tx:
        sheet = sheet_of(sqlite_instance, tx, sqlite_instance.catalogues.texts("de"))
    assert paper.as_pdf(sheet, stage.look(sqlite_instance, stage.emergency(sqlite_instance)).opened_at)[:5] == b"%PDF-"


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_pdf_is_tagged_and_has_pages(sqlite_instance: Instance, clock: MovingClock, language: str) -> None:
    """It keeps to PDF/UA-1, or typst would refuse."""
    stage.alarmed(sqlite_instance)
    with sqlite_instance.reading() as tx:
        sheet = sheet_of(sqlite_instance, tx, sqlite_instance.catalogues.texts(language))
    pdf = paper.printed(sheet, clock.at, ["ua-1"])
    assert pdf.startswith(b"%PDF-1.7")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert pages(pdf) >= 5
    assert f"/Lang({language})".encode() in pdf
    assert b"pdfuaid" in pdf


def test_the_files(sqlite_instance: Instance, tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    instance = with_folder(sqlite_instance, folder)
    files = fallback.write(instance, ENGINE)
    names = [f"fallback-2026-11-23-{language}.{kind}" for kind in ("html", "pdf") for language in ("de", "en")]
    assert [file.name for file in files] == names
    assert sorted(file.name for file in folder.iterdir()) == sorted(names)
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert fallback.write(instance, ENGINE) == files
    assert stage.actions(instance) == ["fallback_written"] * 2


def test_old_sheets_go_and_other_files_stay(sqlite_instance: Instance, tmp_path: Path, clock: MovingClock) -> None:
    instance = with_folder(sqlite_instance, tmp_path / "sheets", keep=2)
    for _ in range(4):
        fallback.write(instance, ENGINE)
        clock.forward(days=1)
    (tmp_path / "sheets" / "notes.txt").write_text("keep me")
    fallback.write(instance, ENGINE)
    days = sorted({file.name[9:19] for file in (tmp_path / "sheets").iterdir()} - {""})
    assert days == ["2026-11-26", "2026-11-27"]
    assert (tmp_path / "sheets" / "notes.txt").exists()


def test_without_the_extra_there_is_html_and_one_line_in_the_log(
    sqlite_instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "PRINTS", False)
    monkeypatch.setattr(fallback, "PDF_REMEDY", "pip install it")
    instance = with_folder(sqlite_instance, tmp_path / "sheets")
    with capture_logs() as logs:
        Engine(instance, ()).write_fallback()
    assert [line["event"] for line in logs] == ["fallback_written", "fallback_without_pdf"]
    assert {file.suffix for file in (tmp_path / "sheets").iterdir()} == {".html"}


def test_two_engines_write_once_a_night(instance: Instance, tmp_path: Path, clock: MovingClock) -> None:
    """Every half hour from Friday noon to Tuesday noon, over the night in which the clocks go back."""
    instance = with_folder(instance, tmp_path / "sheets")
    engines = [Engine(instance, ()), Engine(instance, ())]
    clock.at = clock.at.replace(month=10, day=23, hour=10)
    with capture_logs() as logs:
        for _ in range(4 * 48 + 1):
            for engine in engines:
                engine.write_fallback()
            clock.forward(minutes=30)
    written = [line["files"][0].rsplit("/", 1)[1][9:19] for line in logs if line["event"] == "fallback_written"]
    assert written == [f"2026-10-{day}" for day in (23, 24, 25, 26, 27)]


def test_a_broken_folder_is_logged_and_tried_again(
    sqlite_instance: Instance, tmp_path: Path, clock: MovingClock
) -> None:
    (tmp_path / "sheets").write_text("a file where the folder should be")
    engine = Engine(with_folder(sqlite_instance, tmp_path / "sheets"), ())
    with capture_logs() as logs:
        engine.write_fallback()
        clock.forward(minutes=5)
        engine.write_fallback()
    assert [(line["event"], line["reason"]) for line in logs] == [("fallback_not_written", "File exists")]
    (tmp_path / "sheets").unlink()
    clock.forward(minutes=6)
    with capture_logs() as logs:
        engine.write_fallback()
    assert [line["event"] for line in logs] == ["fallback_written"]


def test_a_case_without_details_has_its_place(sqlite_instance: Instance) -> None:
    reference = stage.call(sqlite_instance, **dict.fromkeys(("company", "contact_name", "street", "town", "email")))
    assert reference in html(sqlite_instance, "de")
    assert stage.judge(sqlite_instance, reference, Urgency.NORMAL) in html(sqlite_instance, "de")


def test_a_year_of_closures_and_limits_is_said_in_words(sqlite_instance: Instance) -> None:
    provider = next(iter(sqlite_instance.providers))
    changed = stage.with_provider(sqlite_instance, provider, qualified_until=(stage_day := _day()), radius_km=12.5)
    texts: Texts = changed.catalogues.texts("de")
    assert "12,5 km" in html(changed, "de")
    assert f"{stage_day.day:02}.{stage_day.month:02}.{stage_day.year}" in html(changed, texts.language)


def _day() -> Any:
    from datetime import date

    return date(2026, 11, 23) + timedelta(days=365)
