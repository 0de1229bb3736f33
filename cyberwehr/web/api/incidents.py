"""/api/v1/incidents: read, rank, alarm, answer by phone, release, call-out, report, close."""

from typing import Any

from flask_smorest import Blueprint

from cyberwehr.services import alarming, answers, callouts
from cyberwehr.services.ranking import show_ranking
from cyberwehr.services.reading import Filters, Page, list_incidents, show_incident
from cyberwehr.web.api import schemas_in as into
from cyberwehr.web.api import schemas_out as out
from cyberwehr.web.api.body import BodyParser
from cyberwehr.web.api.calls import known_region
from cyberwehr.web.api.wording import in_both
from cyberwehr.web.context import actor, the_instance

incidents = Blueprint("incidents", __name__, url_prefix="/api/v1/incidents", description="Real emergencies")
incidents.ARGUMENTS_PARSER = BodyParser()


@incidents.get("")
@incidents.arguments(into.IncidentPageIn, location="query")
@incidents.response(200, out.IncidentPageOut)
def all_incidents(query: dict[str, Any]) -> Page:
    """Incidents, newest first; a provider sees those it was alarmed for."""
    filters = Filters(query.get("status"), known_region(query.get("region")), query.get("since"))
    return list_incidents(the_instance(), filters, actor(), query["limit"], query.get("cursor") or None)


@incidents.get("/<string:reference>")
@incidents.response(200, out.IncidentOut)
def one_incident(reference: str) -> dict[str, Any]:
    """One incident; a provider gets name, address and description only after accepting."""
    return show_incident(the_instance(), reference, actor())


@incidents.get("/<string:reference>/ranking")
@incidents.response(200, out.RankingOut)
def ranking(reference: str) -> dict[str, Any]:
    """Every provider of the region and its neighbours, in the order in which they would be asked now, with reasons."""
    ranked = show_ranking(the_instance(), reference)
    return {
        "computed_at": ranked.computed_at,
        "items": [
            {
                "provider": c.provider.id,
                "rank": c.rank,
                "eligible": c.eligible,
                "eta_minutes": round(c.eta_minutes, 1) if c.eta_minutes is not None else None,
                "road_km": round(c.km, 1) if c.km is not None else None,
                "reasons": [in_both(reason) for reason in c.reasons],
            }
            for c in ranked.candidates
        ],
    }


@incidents.post("/<string:reference>/alarm")
@incidents.arguments(into.AlarmIn)
@incidents.response(201, out.RaisedOut)
def alarm(body: dict[str, Any], reference: str) -> alarming.Raised:
    """Alarm the proposed providers, or others with a reason. While an alarm is live: the next wave as well."""
    wish = alarming.Wish(tuple(body.get("providers", ())), body.get("override_reason") or None)
    return alarming.raise_alarm(the_instance(), reference, wish, actor())


@incidents.post("/<string:reference>/alarms/<int(max=2147483647):alarm_id>/answer")
@incidents.arguments(into.AnswerIn)
@incidents.response(200, out.IncidentOut)
def answer(body: dict[str, Any], reference: str, alarm_id: int) -> dict[str, Any]:
    """Write down what a provider said on the phone."""
    told: answers.Acceptance | answers.Refusal
    if body["answer"] == "accepted":
        told = answers.Acceptance(body["eta_minutes"], body.get("technician") or None, body["spoken_with"])
    else:
        told = answers.Refusal(body["reason"], body.get("note"), body["spoken_with"])
    answers.answer_by_phone(the_instance(), reference, alarm_id, told, actor())
    return show_incident(the_instance(), reference, actor())


@incidents.post("/<string:reference>/release")
@incidents.arguments(into.ReasonIn)
@incidents.response(201, out.RaisedOut)
def release(body: dict[str, Any], reference: str) -> alarming.Raised:
    """The accepted provider does not come after all: alarm the next wave at once."""
    return callouts.release(the_instance(), reference, body["reason"], actor())


@incidents.post("/<string:reference>/callout")
@incidents.arguments(into.CalloutIn)
@incidents.response(200, out.IncidentOut)
def callout(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """How far the call-out is. Forward only; the same again changes nothing."""
    callouts.advance(the_instance(), reference, body["status"], actor(), body.get("at"), body.get("note"))
    return show_incident(the_instance(), reference, actor())


@incidents.post("/<string:reference>/report")
@incidents.arguments(into.ReportIn)
@incidents.response(200, out.IncidentOut)
def report(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """What was found and done, with minutes and who signed for it."""
    callouts.report(the_instance(), reference, callouts.CalloutReport(**body), actor())
    return show_incident(the_instance(), reference, actor())


@incidents.post("/<string:reference>/close")
@incidents.arguments(into.NothingIn, required=False)
@incidents.response(200, out.IncidentOut)
def close(_body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Nothing left to do."""
    callouts.close(the_instance(), reference, actor())
    return show_incident(the_instance(), reference, actor())
