"""Numbers, addresses and texts as people give them: never an error, never something undeliverable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.domain.contacts import dialable, mailable, readable, without_links


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("0234 5550100", "+492345550100"),
        ("+49 (0)234 / 555 01-00", "+492345550100"),
        ("0049 234 5550100", "+492345550100"),
        ("+31 20 5550100", "+31205550100"),
        ("０２３４ ５５５０１００", "+492345550100"),
        ("ruf mich an", None),
        ("", None),
        (None, None),
        ("12", None),
        ("112", None),
        ("9" * 5000, None),
    ],
)
def test_numbers(raw: str | None, number: str | None) -> None:
    assert dialable(raw) == number


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        (" Petra@Firma.example ", "Petra@firma.example"),
        ("müller@bäckerei.example", "müller@bäckerei.example"),
        ("a@b", None),
        ("a@@b.example", None),
        ("a b@c.example", None),
        ("a@b.example\nBcc: c@d.example", None),
        ("", None),
        (None, None),
        ("a@" + "b" * 5000 + ".example", None),
    ],
)
def test_addresses(raw: str | None, address: str | None) -> None:
    assert mailable(raw) == address


anything = st.text(st.characters(), max_size=40) | st.text('0123456789+()-/ @.<>"\x00\udc80', max_size=40)


@given(anything)
def test_nothing_anybody_types_is_an_error(raw: str) -> None:
    number, address = dialable(raw), mailable(raw)
    assert number is None or number.startswith("+")
    assert address is None or "\n" not in address


@given(anything)
def test_readable_text_can_be_stored_sent_and_shown(raw: str) -> None:
    text = readable(raw)
    text.encode("utf-8")
    assert "\x00" not in text
    assert len(text) == len(raw)
    assert readable(text) == text


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Bochum http://evil.example/x KLICK", "Bochum … KLICK"),
        ("Login www.evil.example/pw", "Login …"),
        ("wir@evil.example", "…"),
        ("evil.example", "…"),
        ("Mülheim a.d.Ruhr", "Mülheim a.d.Ruhr"),
        ("St.Augustin", "St.Augustin"),
        ("Essen-Kupferdreh, Bauernhof Nr. 5", "Essen-Kupferdreh, Bauernhof Nr. 5"),
    ],
)
def test_nothing_clickable_is_passed_on(told: str, kept: str) -> None:
    assert without_links(told) == kept
