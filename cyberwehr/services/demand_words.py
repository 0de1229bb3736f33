"""The figures of the demand in words, row by row, for pages and for spreadsheets."""

import csv
import io
from enum import StrEnum

from cyberwehr.domain.terms import CallType, Channel, Urgency, Verdict
from cyberwehr.i18n import N_, Texts
from cyberwehr.instance import Instance
from cyberwehr.services.demand import OPEN, Demand, rows
from cyberwehr.words import label

TITLES = {
    "week": N_("Calls per week"),
    "region": N_("By region"),
    "channel": N_("By channel"),
    "outcome": N_("By outcome"),
    "call_type": N_("By call type"),
    "urgency": N_("By urgency"),
    "hours": N_("In and out of hours"),
}
"""Group -> its heading, in English."""

MEANINGS = {
    "week": N_(
        "Calls by the moment they were received, also if they were entered later. A week runs from Monday to Sunday,"
        " midnight to midnight in the time zone {zone}, numbered as in ISO 8601."
    ),
    "region": N_(
        "The region in which the company lies, or which the control centre chose. Where the place is unclear or lies"
        " outside the area served, the region is not known."
    ),
    "channel": N_("The way by which the call reached the control centre."),
    "outcome": N_(
        "What was decided, exactly one for each call. A withdrawn call counts as withdrawn, whatever was decided"
        " before. “No provider found” includes incidents that were closed without a call-out. A further call about a"
        " known incident counts as reported already."
    ),
    "call_type": N_("What had happened, as decided in the assessment, not as the caller supposed."),
    "urgency": N_("Only emergencies have an urgency."),
    "hours": N_(
        "Whether the region's hours were running at the moment the call was received; without a region, those of the"
        " control centre."
    ),
}
"""Group -> what exactly it counts, in English."""

KINDS: dict[str, type[StrEnum]] = {"channel": Channel, "outcome": Verdict, "call_type": CallType, "urgency": Urgency}
SAID = {
    ("region", OPEN): N_("Region not known"),
    ("outcome", OPEN): N_("Not assessed yet"),
    ("outcome", "unserved"): N_("Emergency, no provider found"),
    ("outcome", "withdrawn"): N_("Withdrawn"),
    ("outcome", "emergency"): N_("Emergency, provider found or being sought"),
    ("call_type", OPEN): N_("Not assessed yet"),
    ("urgency", OPEN): N_("No urgency (not an emergency, or not assessed yet)"),
    ("hours", "in"): N_("During opening hours"),
    ("hours", "out"): N_("Outside opening hours"),
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet calculate instead of show (OWASP: CSV injection)."""

SEPARATORS = {"de": ";"}
"""Where the comma is the decimal sign, spreadsheets expect a semicolon between the cells of a CSV file."""


def key_in_words(instance: Instance, texts: Texts, group: str, key: str) -> str:
    if (group, key) in SAID:
        return texts(SAID[group, key])
    if group == "week":
        return texts("Week {week} of {year}", week=str(int(key[6:])), year=key[:4])
    if group == "region":
        region = instance.regions.get(key)
        return texts.pick(region.name) if region else key
    return label(texts, KINDS[group](key)) if group in KINDS else key


def as_csv(instance: Instance, texts: Texts, demand: Demand, separator: str = ",") -> str:
    """A line per figure: group and key as in the API, the key in words, the number. Lines end as RFC 4180 wants."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator)
    writer.writerow(("group", "key", "words", "calls"))
    for group, key, calls in rows(demand):
        words = key_in_words(instance, texts, group, key)
        writer.writerow((group, shown_as_text(key), shown_as_text(words), calls))
    return file.getvalue()


def shown_as_text(cell: str) -> str:
    """What a spreadsheet would calculate gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
