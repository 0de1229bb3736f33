"""How the control room's pages are shown: times in the region's zone, running clocks, and what a reader may do."""

from collections.abc import Callable, Mapping
from datetime import datetime

from babel.dates import format_date
from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from cyberwehr.domain.terms import Verdict
from cyberwehr.i18n import N_
from cyberwehr.instance import Instance
from cyberwehr.web.context import actor, language, texts, the_instance
from cyberwehr.web.policy import COMMAND, DISPATCH

SUGGESTED: Mapping[str, str] = {
    Verdict.EMERGENCY: N_("Emergency"),
    Verdict.ADVICE: N_("Advice"),
    Verdict.REFERRED: N_("Refer elsewhere"),
    Verdict.OUT_OF_AREA: N_("Outside the area served"),
    Verdict.NOT_ELIGIBLE: N_("Not entitled"),
}
"""What the protocol may suggest, as a suggestion and not as something done."""


def show(template: str, moment: datetime | None, **values: object) -> str:
    """A page of the control room as it stands at this moment (the database's); None: it shows no times."""
    return render_template(
        template,
        moment=moment,
        when=lambda at, region=None: when(at, moment or at, region),
        left=lambda at: left(at, moment or at),
        suggested=lambda verdict: texts()(SUGGESTED.get(verdict, str(verdict))),
        region_name=region_name,
        provider_name=lambda provider_id: provider_name(the_instance(), provider_id),
        may_dispatch=actor().role in DISPATCH,
        may_command=actor().role in COMMAND,
        **values,
    )


def when(at: datetime, moment: datetime, region: str | None) -> str:
    """Today the time alone, on other days with the day; in the region's zone."""
    zone = the_instance().zone_of(region)
    if at.astimezone(zone).date() == moment.astimezone(zone).date():
        return texts().clock(at, zone)
    day = format_date(at.astimezone(zone).date(), "short", locale=texts().locale)
    return f"{day}, {texts().clock(at, zone)}"


def left(at: datetime, moment: datetime) -> str:
    """What a clock shows that runs down to `at`: 9:43, 1:05:00; 0:00 when it has run out."""
    seconds = max(0, round((at - moment).total_seconds()))
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def region_name(key: str | None) -> str:
    region = the_instance().regions.get(key or "")
    return texts().pick(region.name) if region else key or ""


def provider_name(instance: Instance, provider_id: str) -> str:
    found = instance.providers.get(provider_id)
    return found.name if found else provider_id


def live(mark: str, fragment: Callable[[], str]) -> Response:
    """A part of a page that is asked for again and again: made anew only when its mark has changed, else 304."""
    tag = f"{mark}-{language()}-{actor().role}"
    if request.if_none_match.contains_weak(tag):
        return Response(status=304)
    response = make_response(fragment())
    response.set_etag(tag, weak=True)
    return response
