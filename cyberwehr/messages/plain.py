"""Words of strangers made fit for subjects, mails and text messages."""

import unicodedata

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The basic character set of text messages (3GPP TS 23.038, 6.2.1); one other character halves their length."""

SHORT_LIMIT = 306
"""Two joined text messages of 153 characters each."""

INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that can hide, turn round or break a line: controls, direction marks, lone surrogates."""

TYPED = str.maketrans(
    {"„": '"', "“": '"', "”": '"', "‚": "'", "‘": "'", "’": "'", "`": "'", "–": "-", "—": "-", "~": "-", "…": "..."}
    | {"[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "€": "EUR", "ı": "i", "ł": "l", "Ł": "L"}
)
"""What a typewriter would have made of them."""


def one_line(text: str, limit: int = 120) -> str:
    """The visible characters of a text on a single line, cut with "…" if longer than `limit`."""
    visible = " ".join("".join(" " if unicodedata.category(c) in INVISIBLE else c for c in text).split())
    return visible if len(visible) <= limit else visible[: limit - 1].rstrip() + "…"


def lines(text: str, limit: int = 8000) -> list[str]:
    """A longer text as visible lines, cut at `limit` characters; at least one, which may be empty."""
    return [one_line(line, limit) for line in text[:limit].splitlines()] or [""]


def short(text: str, link: str = "") -> str:
    """A text message: the basic character set only, at most `SHORT_LIMIT` characters. The link is never cut."""
    room = SHORT_LIMIT - len(link) - bool(link)
    words = "".join(map(_typed, one_line(text, 1000).translate(TYPED)))
    cut = words if len(words) <= room else words[: max(0, room - 3)].rstrip() + "..."
    return f"{cut} {link}".strip()


def _typed(character: str) -> str:
    """The character itself, its base letter without accents, or "?"."""
    if character in GSM_7:
        return character
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if c in GSM_7)
    return base or "?"
