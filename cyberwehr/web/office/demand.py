"""How much help was asked for: the figures with their meanings, and the same as a table to download."""

from datetime import date, datetime
from urllib.parse import urlencode

from flask import Response, render_template, request

from cyberwehr.domain.notices import Notice
from cyberwehr.i18n import N_
from cyberwehr.services.demand import EARLIEST, GROUPS, LATEST, Demand, Period
from cyberwehr.services.demand import demand as count
from cyberwehr.services.demand_words import MEANINGS, SEPARATORS, TITLES, as_csv, key_in_words
from cyberwehr.web.context import texts, the_instance
from cyberwehr.web.frame import chosen
from cyberwehr.web.office.chart import Chart, chart
from cyberwehr.web.office.views import office
from cyberwehr.web.problems import Problem
from cyberwehr.web.typed import Typed

FORMS = ("%Y-%m-%d", "%d.%m.%Y")
MARK = "\ufeff"
"""By it spreadsheets know that a file is written in UTF-8."""


@office.get("/office/demand")
def demand_page() -> str | tuple[str, int]:
    typed = Typed(request.args, texts())
    period = period_of(typed)
    if typed.errors:
        return show(typed, None), 422
    return show(typed, count(the_instance(), period))


@office.get("/office/demand.csv")
def demand_table() -> Response:
    """For people with a spreadsheet: marked as UTF-8, with the separator that their language expects."""
    typed = Typed(request.args, texts())
    period = period_of(typed)
    if typed.errors:
        raise Problem(422, Notice("invalid_body"))
    separator = SEPARATORS.get(texts().language, ",")
    table = MARK + as_csv(the_instance(), texts(), count(the_instance(), period), separator)
    headers = {"Content-Disposition": 'attachment; filename="demand.csv"'}
    return Response(table, mimetype="text/csv", headers=headers)


def period_of(typed: Typed) -> Period:
    first, last = day(typed, "from"), day(typed, "to")
    region = typed.choice("region", {key: key for key in the_instance().regions})
    if first and last and last < first:
        typed.fault("to", N_("The last day lies before the first. Please correct one of the two."))
    return Period(first, last, region)


def day(typed: Typed, name: str) -> date | None:
    """As browsers send it, or as people in Germany write it; None if there is nothing."""
    value = typed.text(name)
    found = next((found for form in FORMS if value and (found := parsed(value, form))), None)
    if value and found is None:
        typed.fault(name, N_("Please give a day of this century, like 2026-11-23."))
    return found


def parsed(value: str, form: str) -> date | None:
    try:
        found = datetime.strptime(value, form).date()  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def show(typed: Typed, found: Demand | None) -> str:
    """found: None if the question was not understood."""
    return render_template(
        "office/demand.html",
        typed=typed,
        total=found.total if found else None,
        in_all=texts().plural("{n} call", "{n} calls", found.total if found else 0),
        chart=weeks(found) if found and found.total else None,
        parts=[part(found, group) for group in GROUPS] if found and found.total else [],
        regions=[(key, texts().pick(region.name)) for key, region in the_instance().regions.items()],
        query=f"?{urlencode({**asked(typed), **chosen()})}",
    )


def asked(typed: Typed) -> dict[str, str]:
    return {name: value for name in ("from", "to", "region") if (value := typed.values.get(name))}


def weeks(found: Demand) -> Chart:
    words = [
        (key_in_words(the_instance(), texts(), "week", key), calls) for key, calls in found.figures["week"].items()
    ]
    short = [str(int(key[6:])) for key in found.figures["week"]]
    return chart([(label, name, calls) for label, (name, calls) in zip(short, words, strict=True)])


def part(found: Demand, group: str) -> dict[str, object]:
    """One group: heading, rows of (words, number), and what exactly it counts."""
    instance, figures = the_instance(), found.figures[group]
    return {
        "group": group,
        "title": texts()(TITLES[group]),
        "rows": [(key_in_words(instance, texts(), group, key), calls) for key, calls in figures.items()],
        "meaning": texts()(MEANINGS[group], zone=instance.config.instance.timezone),
    }
