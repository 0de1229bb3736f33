"""Every letter in both languages, and what strangers' words can do in it: nothing."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.default_rules.endings_file import load_endings
from cyberwehr.default_rules.first_aid_file import load_first_aid
from cyberwehr.domain.first_aid import CommandersWord
from cyberwehr.domain.guidance import Ending
from cyberwehr.domain.notices import Notice
from cyberwehr.domain.terms import CallType, Urgency
from cyberwehr.i18n import Catalogues, Texts
from cyberwehr.messages import letters
from cyberwehr.messages.letters import Frame, Letter
from cyberwehr.messages.plain import GSM_7, SHORT_LIMIT, short

FRAME = Frame("Cyberwehr Musterland", "0800 1191112", demo=False, zone=ZoneInfo("Europe/Berlin"))
EXERCISE = replace(FRAME, demo=True)
MOMENT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
REFERENCE = "CW-7K4M-2Q"
LINK = "https://cyberwehr.example/alarm/" + "k" * 43
CATALOGUES = Catalogues.load()
ASKED = {
    "reference": REFERENCE,
    "urgency": Urgency.HIGH,
    "call_type": CallType.RANSOMWARE,
    "town": "Musterstadt",
    "postal_district": "123",
    "sector": "Handwerk",
    "size": "10-49",
    "answer_by": MOMENT,
    "link": LINK,
}
Writer = Callable[[Texts, Frame], Letter]


def ended(ending: Ending, texts: Texts, frame: Frame) -> Letter:
    return letters.ended(texts, frame, reference=REFERENCE, ending=ending, status_url=LINK)


HELP = {"provider_name": "Muster-IT", "technician": "Frau Öz", "eta": MOMENT, "status_url": LINK}
ALERT = Notice("undeliverable", {"provider": "here/provider-1", "name": "Muster IT", "phone": "+49 30 23125 101"})

LETTERS: dict[str, Writer] = {
    "received": lambda t, f: letters.received(
        t, f, reference=REFERENCE, service_open=True, next_opening=None, status_url=LINK
    ),
    "received_closed": lambda t, f: letters.received(
        t, f, reference=REFERENCE, service_open=False, next_opening=MOMENT, status_url=LINK
    ),
    "received_with_first_aid": lambda t, f: letters.received(
        t,
        f,
        reference=REFERENCE,
        service_open=True,
        next_opening=None,
        status_url=LINK,
        first_aid=load_first_aid().steps(CallType.RANSOMWARE, {}, CommandersWord()),
        call_back=True,
    ),
    **{
        f"ended_{verdict}": partial(ended, load_endings().find(verdict, {}))
        for verdict in ("advice", "referred", "out_of_area", "not_eligible", "duplicate", "withdrawn")
    },
    "alarm": lambda t, f: letters.alarm(t, f, **ASKED),
    "alarm_again": lambda t, f: letters.alarm(t, f, **ASKED, reminder=True),
    "taken": lambda t, f: letters.taken(t, f, reference=REFERENCE),
    "withdrawn": lambda t, f: letters.withdrawn(t, f, reference=REFERENCE),
    "assigned": lambda t, f: letters.assigned(t, f, reference=REFERENCE, link=LINK),
    "help_coming": lambda t, f: letters.help_coming(t, f, reference=REFERENCE, **HELP),
    "commander": lambda t, f: letters.commander(t, f, reference=REFERENCE, alert=ALERT, link=LINK),
    "report_due": lambda t, f: letters.report_due(t, f, reference=REFERENCE, link=LINK),
    "setup_link": lambda t, f: letters.setup_link(t, f, link=LINK, hours=24),
}
WITH_LINK = set(LETTERS) - {"taken", "withdrawn"}
WITH_REFERENCE = set(LETTERS) - {"setup_link"}

every_letter = pytest.mark.parametrize("name", sorted(LETTERS))
both_languages = pytest.mark.parametrize("language", ["de", "en"])


def write(name: str, language: str, frame: Frame = FRAME) -> Letter:
    return LETTERS[name](CATALOGUES.texts(language), frame)


class Page(HTMLParser):
    """What a mail program sees: tags, addresses, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@every_letter
@both_languages
def test_text_html_and_text_message_say_the_same(name: str, language: str) -> None:
    letter = write(name, language)
    page = Page(letter.html)
    for paragraph in filter(None, map(str.strip, letter.text.split("\n\n"))):
        for line in paragraph.splitlines():
            assert line.strip(" -").removesuffix(":").split(": ")[-1] in page.text
    assert letter.subject in letter.text
    assert FRAME.hotline in letter.text
    if name in WITH_REFERENCE:
        assert REFERENCE in letter.subject
        assert REFERENCE in letter.short
    if name in WITH_LINK:
        assert f"\n{LINK}\n" in letter.text
        assert ("href", LINK) in page.attributes
        assert letter.short.endswith(f" {LINK}")


@every_letter
@both_languages
def test_an_exercise_cannot_be_mistaken(name: str, language: str) -> None:
    word = {"de": "ÜBUNG", "en": "EXERCISE"}[language]
    letter, real = write(name, language, EXERCISE), write(name, language)
    assert letter.subject.startswith(word)
    assert letter.text.startswith(word)
    assert letter.short.startswith(word)
    body = letter.html.split("<body", 1)[1]
    assert Page("<body" + body).text.strip().startswith(word)
    assert word not in real.subject + real.text + real.html + real.short


@every_letter
@both_languages
def test_a_text_message_fits(name: str, language: str) -> None:
    letter = write(name, language, EXERCISE)
    assert len(letter.short) <= SHORT_LIMIT
    assert set(letter.short) <= GSM_7


@every_letter
def test_german_is_german(name: str) -> None:
    german, english = write(name, "de"), write(name, "en")
    assert german.subject != english.subject
    assert '<html lang="de">' in german.html
    assert not set(german.text.splitlines()) & {line for line in english.text.splitlines() if line.endswith(".")}


@every_letter
def test_nothing_is_loaded_from_elsewhere(name: str) -> None:
    page = Page(write(name, "de").html)
    assert not {"img", "link", "script", "style", "iframe", "form"} & set(page.tags)
    assert "url(" not in write(name, "de").html
    assert [value for key, value in page.attributes if key in ("href", "src")] == [LINK] * (name in WITH_LINK)


def test_an_alarm_says_what_a_provider_must_know() -> None:
    letter = write("alarm", "de")
    assert letter.subject == (
        "Alarmierung CW-7K4M-2Q: Ransomware (verschlüsselte Daten), Dringlichkeit hoch, Musterstadt"
    )
    assert "Bitte antworten bis: Montag, 23. November 2026, 08:00 Uhr" in letter.text
    for value in ("123", "Handwerk", "10-49"):
        assert value in letter.text
        assert value not in letter.subject


def test_what_a_region_discloses_directly_is_in_the_letter_and_not_in_the_subject_or_text_message() -> None:
    letter = letters.alarm(
        CATALOGUES.texts("de"), FRAME, **ASKED, disclosed=[("Firma", "Bäckerei Krume"), ("Lage", "eins\nzwei")]
    )
    assert "Firma: Bäckerei Krume" in letter.text
    assert "Lage: eins\n    zwei" in letter.text
    assert "eins<br>zwei" in letter.html
    assert "Krume" not in letter.subject + letter.short


def test_what_nobody_said_is_named_as_such() -> None:
    blank = dict.fromkeys(("town", "postal_district", "sector", "size"), "")
    letter = letters.alarm(CATALOGUES.texts("de"), FRAME, **{**ASKED, **blank})
    assert letter.subject.endswith(", Ort nicht bekannt")
    assert "Branche: keine Angabe" in letter.text


def test_a_reminder_says_so() -> None:
    assert write("alarm_again", "de").subject.startswith("Erinnerung: ")
    assert write("alarm_again", "en").subject.startswith("Reminder: ")


def test_the_caller_learns_when_somebody_will_be_there() -> None:
    closed = write("received_closed", "de")
    assert "Sie öffnet wieder am Montag, 23. November 2026, 08:00 Uhr" in closed.text
    assert "jetzt besetzt" in write("received", "de").text


def test_a_confirmation_begins_with_who_pays_and_says_what_to_do() -> None:
    text = write("received_with_first_aid", "de").text
    for sentence in (
        "Unsere Hilfe kostet Ihr Unternehmen nichts.",
        "Wir rufen Sie unter der Nummer zurück, die Sie angegeben haben.",
        "  - Schalten Sie das Gerät nicht aus. Starten Sie es nicht neu.",
    ):
        assert sentence in text
    order = [text.index(words) for words in ("kostet Ihr Unternehmen nichts", "Das tun Sie", "Das lassen Sie")]
    assert order == sorted(order)
    assert "zurück, die Sie angegeben" not in write("received", "de").text


def test_who_cannot_be_helped_learns_who_can() -> None:
    text = write("ended_out_of_area", "de").text
    assert "Ihr Betrieb liegt außerhalb unseres Gebiets." in text
    assert "0800 274 1000" in text


def test_who_comes_and_when() -> None:
    letter = write("help_coming", "en")
    assert "Technician: Frau Öz" in letter.text
    assert "Expected arrival: Monday, 23 November 2026, 08:00" in letter.text
    assert "Muster-IT" not in letter.subject
    unknown = letters.help_coming(CATALOGUES.texts("en"), FRAME, reference=REFERENCE, **{**HELP, "technician": None})
    assert "Technician:" not in unknown.text


HOSTILE = st.text(max_size=300) | st.sampled_from(
    [
        "</td><script>alert(1)</script>",
        "Stadt\r\nBcc: x@x.example\r\n\r\nText",
        "\u202eneffO\u2066",
        "Ort\u2028\u2029\x85\x0b\x0cOrt",
        "\ud800\x00\x1b[31m",
        "{reference}{0}%s{{ 7*7 }}{% raw %}",
        "ÜBUNG" * 100,
        "a" * 100_000,
    ]
)


@given(town=HOSTILE, sector=HOSTILE, size=HOSTILE, district=HOSTILE, value=HOSTILE)
def test_strangers_words_stay_words(town: str, sector: str, size: str, district: str, value: str) -> None:
    hostile = {**ASKED, "town": town, "sector": sector, "size": size, "postal_district": district}
    letter = letters.alarm(CATALOGUES.texts("de"), FRAME, **hostile, disclosed=[("Firma", value)])
    assert letter.subject.isprintable()
    assert len(letter.subject) <= 150
    assert letter.subject.startswith("Alarmierung CW-7K4M-2Q: ")
    assert skeleton(letter) == skeleton(write("alarm", "de"))
    assert visible(letter.text)
    assert visible(letter.html)
    assert len(letter.short) <= SHORT_LIMIT
    assert set(letter.short) <= GSM_7
    assert letter.short.endswith(f" {LINK}")


@given(value=HOSTILE)
def test_a_value_of_many_lines_cannot_pose_as_another_fact(value: str) -> None:
    letter = letters.alarm(
        CATALOGUES.texts("de"), FRAME, **ASKED, disclosed=[("Firma", f"x\n{value}\nDringlichkeit: 0")]
    )
    assert len(re.findall(r"^Dringlichkeit: ", letter.text, re.MULTILINE)) == 1


def skeleton(letter: Letter) -> list[str]:
    """The tags of a letter, but for its facts, whose number varies."""
    return [tag for tag in Page(letter.html).tags if tag not in ("tr", "th", "td", "br")]


def visible(text: str) -> bool:
    text.encode("utf-8")
    return not {unicodedata.category(c) for c in text.replace("\n", "")} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(text=st.text(), link=st.sampled_from(["", LINK]))
def test_any_text_becomes_a_text_message(text: str, link: str) -> None:
    message = short(text, link)
    assert len(message) <= SHORT_LIMIT
    assert set(message) <= GSM_7
    assert message.endswith(link)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Größe – „fünf“ …", 'Größe - "fünf" ...'),
        ("Łódź, Çankırı, São, 火", "Lodz, Çankiri, Sao, ?"),
        ("a [b] {c} €", "a (b) (c) EUR"),
        ("eins\n\n\tzwei", "eins zwei"),
    ],
)
def test_letters_a_text_message_cannot_carry(text: str, sent: str) -> None:
    assert short(text) == sent


def test_a_link_is_never_cut() -> None:
    link = "https://cyberwehr.example/" + "x" * 290
    assert short("Text", link).endswith(link)
