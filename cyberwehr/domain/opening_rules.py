"""The OSM opening_hours expression: which of it is supported, and what its rules mean on a public holiday."""

import re

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]  # missing in its stubs

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_COMMENT = re.compile(r'"[^"]*"')
_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_PH = re.compile(r"\bPH\b", re.I)
_DATED = re.compile(r"\d{4}|\bweek\b|\beaster\b|\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b", re.I)
_DAY_LIST = re.compile(r"(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\b[-,\s]*)+", re.I)
_PH_IN_LIST = re.compile(r"(?:^|,)\s*PH\s*(?=,|$)", re.I)
_REFUSED = {
    re.compile(r"\|\|"): "alternatives (||) are not supported",
    re.compile(r"\d\s*\+"): "an open end (+) is not supported",
    re.compile(r"\b(sunrise|sunset|dawn|dusk)\b", re.I): "times of the sun are not supported",
    re.compile(r"\bSH\b", re.I): "school holidays (SH) are not supported",
    re.compile(r"\bunknown\b", re.I): "the state “unknown” is not supported",
}


class BadHours(ValueError):
    """Opening hours that cannot be used; the text is one sentence that says why."""


def rules_of(spec: str) -> list[str]:
    """The rules of an expression, checked, comments removed, those for PH behind those for weekdays."""
    text = _COMMENT.sub(" ", spec).strip().rstrip(";")
    _refuse_unsupported(spec, text)
    _compiled(text, spec)
    rules = [rule.strip() for rule in text.split(";")]
    if any(_PH.search(rule) and _PH.search(_without_ph(rule)) for rule in rules):
        raise BadHours(f"In “{spec}” PH may only stand in the list of weekdays at the start of a rule.")
    weekly = [i for i, rule in enumerate(rules) if not _DATED.search(rule) and not _PH.search(rule)]
    cut = max(weekly, default=-1) + 1
    return sorted(rules[:cut], key=lambda rule: bool(_PH.search(rule))) + rules[cut:]


def _refuse_unsupported(spec: str, text: str) -> None:
    for pattern, why in _REFUSED.items():
        if pattern.search(text):
            raise BadHours(f"In “{spec}” {why}.")
    for from_hour, from_minute, to_hour, to_minute in _TIMES.findall(text):
        start, end = (int(from_hour), int(from_minute)), (int(to_hour), int(to_minute))
        if not start < end <= (24, 0):
            raise BadHours(f"In “{spec}” a span runs over midnight; write two spans, one for each day.")


def parsed(rules: list[str], holiday: str | None, spec: str) -> OpeningHours | None:
    """The expression for an ordinary day, or for a holiday that falls on the given weekday; None: always closed."""
    chosen = [_with_ph(rule, holiday) if holiday else _without_ph(rule) for rule in rules]
    text = "; ".join(filter(None, chosen))
    return _compiled(text, spec) if text else None


def _with_ph(rule: str, weekday: str) -> str:
    return _PH.sub(weekday, rule)


def _without_ph(rule: str) -> str:
    """The rule without PH in its list of days; empty if it speaks of holidays only."""
    days = _DAY_LIST.match(rule)
    if days is None or not _PH.search(days[0]):
        return rule
    rest = _PH_IN_LIST.sub("", days[0].strip()).strip().lstrip(",").strip()
    return f"{rest} {rule[days.end() :]}" if rest else ""


def _compiled(text: str, spec: str) -> OpeningHours:
    try:
        return OpeningHours(text)
    except (ParserError, UnicodeError):
        raise BadHours(f"“{spec}” is not written as opening hours, such as “Mo-Fr 08:00-18:00; PH off”.") from None
