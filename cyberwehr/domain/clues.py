"""What the caller's own words give away, in German and English: vocabulary that the protocol's file lists.

A pattern is a row of words: `*` stands for any letters, `a|b` for one of several, `..` for up to six words of the same
sentence. Case, accents and umlauts (ä = ae) do not matter.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_MOST_CHARACTERS = 8000
_ANY_WORDS = "(?: [^ .]{1,40}){0,6}?"
_LETTERS = "[^ .]{0,40}"
PATTERN = re.compile(r"(?:\.\.|[\w*|]+)(?: (?:\.\.|[\w*|]+))*")


def plain(text: str) -> str:
    """Lower case, without accents; words between single spaces, ` . ` between sentences."""
    folded = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS]).casefold().translate(_GERMAN)
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))
    bare = re.sub(r"(?<=\d)[.,](?=\d)|['’`´]", "", bare)
    sentences = re.sub(r"[.!?;:\n]+", " . ", bare)
    words = " ".join(re.findall(r"[^\W_]+|[.]", sentences))
    return f" {words} "


@cache
def expression(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all patterns, to be searched for in a `plain` text. Patterns must fit PATTERN."""
    return re.compile("|".join(f"(?:{_one(pattern)})" for pattern in patterns) or r"(?!)")


def _one(pattern: str) -> str:
    return "".join(_token(token) for token in pattern.split()) + "(?= )"


def _token(token: str) -> str:
    if token == "..":  # noqa: S105  (a sign of the pattern language)
        return _ANY_WORDS
    alternatives = "|".join(plain_word(word) for word in token.split("|"))
    return f" (?:{alternatives})"


def plain_word(word: str) -> str:
    return _LETTERS.join(plain(part).strip() for part in word.split("*"))


def says(text: str, patterns: tuple[str, ...]) -> bool:
    """Whether a `plain` text holds one of the patterns."""
    return bool(patterns) and expression(patterns).search(text) is not None


_NUMBER = r"(\d{1,3}(?:[.,' ]\d{3})+|\d+)(?:[.,](\d+))?"
_MILLIONS = r"(?:mio\b\.?|million\w*|millionen|m\b)"
_STAFF = (
    r"(?:vollzeit\w*\s|full-time\s|feste\s)?(?:mitarbeit\w*|beschäftigt\w*|angestellt\w*|arbeitnehm\w*|"
    r"employees|staff|workers|people|leute\w*|menschen|personen|köpfe|kolleg\w*)"
)
_OURS = re.compile(
    r"\b(wir sind|sind wir|beschäftig|mitarbeit|konzern|kette|gruppe|bundesweit|weltweit|europaweit|insgesamt|"
    r"unternehmen|mutter|filial|läden|employ|staff|headcount|we are|we're|worldwide|group|chain|parent|subsidiary|"
    r"stores|company has|in total)",
    re.IGNORECASE,
)


def staff_numbers(text: str) -> list[float]:
    """Head counts the text names. "People" alone may be customers: only in a sentence about the company."""
    found = []
    for sentence in _sentences(text):
        if _OURS.search(sentence):
            found += [_value(m) for m in re.finditer(rf"{_NUMBER}\s+{_STAFF}", sentence, re.IGNORECASE)]
    return found


def millions_after(text: str, names: str) -> float | None:
    """The amount in million EUR beside one of the names (a regular expression): "Bilanzsumme von 60 Mio."."""
    near = r"[^.;\d]{0,40}?"
    after = re.search(rf"(?:{names}){near}{_NUMBER}\s*{_MILLIONS}", text[:_MOST_CHARACTERS], re.IGNORECASE)
    before = re.search(
        rf"{_NUMBER}\s*{_MILLIONS}(?:\s*(?:euro|eur|€|of|in|an|a|annual|jahres))*\s*-?(?:{names})",
        text[:_MOST_CHARACTERS],
        re.IGNORECASE,
    )
    found = before or after
    return _value(found) if found else None


BALANCE_SHEET = r"bilanz\w*|balance[\s-]*sheet(?:\s+total)?|total assets"
TURNOVER = r"umsatz\w*|umsätze|turnover|revenue|sales of"


def affected_places(text: str) -> Iterator[str]:
    """Names after "affected is … in": where it happened, if that is not where the caller sits."""
    verbs = r"(?:[Bb]etroffen|[Aa]ffected|[Hh]it)"
    for match in re.finditer(rf"\b{verbs}\b[^.!?]{{0,80}}?\b(?:in|bei) ([A-ZÄÖÜ][\w-]+(?: [A-ZÄÖÜ][\w-]+)?)", text):
        yield match[1]


def _sentences(text: str) -> Iterable[str]:
    return re.split(r"(?<!\d)[.!?]\s|[.!?]\s+(?=[A-ZÄÖÜ])|\n", text[:_MOST_CHARACTERS])


def _value(match: re.Match[str]) -> float:
    whole = re.sub(r"\D", "", match[1])[:12]
    return float(f"{whole}.{(match[2] or '0')[:6]}")
