"""How the caller's words are read."""

import pytest

from cyberwehr.domain.clues import (
    BALANCE_SHEET,
    TURNOVER,
    affected_places,
    millions_after,
    plain,
    says,
    staff_numbers,
)


def test_plain_keeps_sentences_apart() -> None:
    assert plain("Größe: 3.000 Leute! Don't") == " groesse . 3000 leute . dont "


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("liest|lesen .. mit", "Da liest seit gestern jemand mit.", True),
        ("liest|lesen .. mit", "Er liest. Komm mit.", False),
        ("*postfach*", "Unser Geschäftspostfach geht nicht", True),
        ("verschlüsselt", "alles VERSCHLÜSSELT", True),
        ("verschluesselt", "unverschlüsselt", False),
        ("a .. b", "a 1 2 3 4 5 6 7 b", False),
    ],
)
def test_patterns(pattern: str, text: str, found: bool) -> None:
    assert says(plain(text), (pattern,)) is found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Wir sind 1.200 Leute hier.", [1200]),
        ("Die Kette hat 240 Läden und knapp 3.000 Leute.", [3000]),
        ("Draußen stehen 300 Leute in der Schlange.", []),
        ("We have exactly 250 full-time people, staff included.", [250]),
        ("a group with about 6,000 employees worldwide", [6000]),
        ("Das sind 4.000 Patienten.", []),
    ],
)
def test_staff_numbers(text: str, numbers: list[float]) -> None:
    assert staff_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "turnover", "balance_sheet"),
    [
        ("120 Leute, 61 Mio. Umsatz, Bilanzsumme 37 Mio.", 61, 37),
        ("rund 90 Millionen Umsatz und eine Bilanzsumme von 60 Millionen", 90, 60),
        ("turnover 70 million, balance sheet total 41.5 million euros", 70, 41.5),
        ("80 Mio. Euro Umsatz, Bilanzsumme 55 Mio. Euro", 80, 55),
        ("38.400 Euro überwiesen", None, None),
    ],
)
def test_millions(text: str, turnover: float | None, balance_sheet: float | None) -> None:
    assert millions_after(text, TURNOVER) == turnover
    assert millions_after(text, BALANCE_SHEET) == balance_sheet


def test_affected_places() -> None:
    assert list(affected_places("Betroffen ist das Lager in Witten: alles steht.")) == ["Witten"]
    assert list(affected_places("The affected office is in Dortmund.")) == ["Dortmund"]
    assert list(affected_places("Wir sitzen in Witten.")) == []
