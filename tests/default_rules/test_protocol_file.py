"""protocol.toml: what is wrong with it is said with file, key and remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cyberwehr.default_rules.protocol_file import PROTOCOL, ProtocolFault, load_protocol

Spoil = Callable[[str], str]


def swap(old: str, new: str) -> Spoil:
    def spoil(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return spoil


RULE = """
[[rule]]
code = "more_%d"
words = { de = "Mehr", en = "More" }
why = "test"
when = { business = "stopped" }
verdict = "advice"
"""
FAULTS: dict[str, tuple[Spoil, str]] = {
    "unknown fact": (swap('when = { spreading = "yes"', 'when = { sprading = "yes"'), "did you mean spreading?"),
    "unknown value": (swap('business = "limited" }', 'business = "halted" }'), "halted: no answer to business"),
    "unknown verdict": (swap('verdict = "referred"', 'verdict = "refered"'), "did you mean referred?"),
    "a person's verdict": (swap('verdict = "referred"', 'verdict = "nuisance"'), "nuisance is a person's to decide"),
    "unknown urgency": (swap('urgency = "high"', 'urgency = "hgh"'), "did you mean high?"),
    "unknown call type": (swap('call_type = "ddos"', 'call_type = "dos"'), "did you mean ddos?"),
    "too many rules": (lambda text: text + "".join(RULE % n for n in range(40)), "nobody can oversee more than 40"),
    "missing language": (swap(', en = "Is it spreading', ', fr = "Is it spreading'), "fr"),
    "no English": (swap('{ de = "Es breitet sich aus.", en = "It is spreading." }', '{ de = "Es" }'), "en is missing"),
    "no reason": (swap("why = ", "wy = "), "did you mean why?"),
    "no version": (swap("version = ", "vrsion = "), "version: is missing"),
    "twice": (swap('code = "no_sme"', 'code = "outside"'), "outside stands here twice"),
    "no pattern": (swap('"seo"', '"se(o"'), "is no pattern"),
    "no number": (swap('"<24"', '"<soon"'), '"soon" is no number'),
    "number for a word": (swap('spreading = "yes"', 'spreading = "<3"'), "write two rules"),
    "no TOML": (swap("version = ", "version == "), "this is not TOML"),
}


@pytest.mark.parametrize(("spoil", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_place(spoil: Spoil, said: str, tmp_path: Path) -> None:
    file = tmp_path / "protocol.toml"
    file.write_text(spoil(PROTOCOL.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ProtocolFault) as refused:
        load_protocol(file)
    first = str(refused.value).splitlines()[0]
    assert first.startswith(f"{file}:")
    assert said in str(refused.value)


def test_the_shipped_protocol_is_read_once() -> None:
    assert load_protocol() is load_protocol()
    assert load_protocol().version
