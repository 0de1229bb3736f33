"""/api/v1/calls: send, list, claim, place, call back, withdraw, attach, assess, judge."""

from typing import Any

from flask import g
from flask_smorest import Blueprint

from cyberwehr.domain.call import Consent, Details, Report, SafeContact
from cyberwehr.domain.contacts import readable
from cyberwehr.domain.notices import Notice
from cyberwehr.domain.terms import CallType, Channel, Role, Urgency, Verdict
from cyberwehr.services import calls as services
from cyberwehr.services.assessing import answers_so_far, assess_call
from cyberwehr.services.errors import Invalid
from cyberwehr.services.guidance import first_aid, first_aid_at_once
from cyberwehr.services.intake import Receipt, receive_call
from cyberwehr.services.reading import Filters, Page, list_calls, show_call
from cyberwehr.services.triage import Judgement, judge_call
from cyberwehr.web.api import schemas_in as into
from cyberwehr.web.api import schemas_out as out
from cyberwehr.web.api.body import BodyParser
from cyberwehr.web.api.wording import in_both, words_in_both
from cyberwehr.web.context import actor, the_instance
from cyberwehr.web.policy import DISPATCH

calls = Blueprint("calls", __name__, url_prefix="/api/v1/calls", description="Calls for help")
calls.ARGUMENTS_PARSER = BodyParser()
KNOWN_KEYS = frozenset(into.CallIn().fields)
FROM_TOKEN = {Role.PARTNER: Channel.PARTNER, Role.INSTANCE: Channel.INSTANCE}


@calls.post("")
@calls.arguments(into.CallIn())  # an instance: a class would be set up anew for every call
@calls.response(201, out.ReceiptOut)
def send(body: dict[str, Any]) -> dict[str, Any]:
    """Send a call. Doubtful content is kept with warnings; only wrong shape or size is refused."""
    extra = [*unknown_keys(), *ignored(body)]
    receipt = receive_call(the_instance(), as_report(body), actor())
    return as_answer(receipt, extra, body.get("call_type"))


def as_report(body: dict[str, Any]) -> Report:
    """Partners and instances speak for themselves; the control centre may note any channel and any time."""
    role = actor().role
    plain = {
        k: body.get(k) or None
        for k in ("company", "contact_name", "phone", "email", "postal_code", "town", "street", "sector", "description")
    }
    details = Details(
        **plain,
        email_safe=body.get("email_safe"),
        safe_contact=SafeContact(**body["safe_contact"]) if "safe_contact" in body else None,
        employees=body.get("employees"),
        turnover_million_eur=body.get("turnover_million_eur"),
        reported_type=body.get("call_type"),
        consent=Consent(**body.get("consent", {})),
    )
    return Report(
        channel=FROM_TOKEN.get(role) or body.get("channel") or Channel.API,  # type: ignore[arg-type]
        language=spoken_language(body.get("language")),
        details=details,
        partner=g.token_name if role is Role.PARTNER else None,
        received_at=body.get("received_at") if role in DISPATCH else None,
    )


def spoken_language(given: str | None) -> str:
    """A language this instance speaks, else its own."""
    own = the_instance().config.instance
    wanted = (given or "")[:2].lower()
    return wanted if wanted in own.languages else own.default_language


def unknown_keys() -> list[Notice]:
    extra = sorted(set(g.given) - KNOWN_KEYS) if isinstance(g.given, dict) else []
    return [Notice("unknown_field", {"field": readable(key[:80])}) for key in extra[:20]]


def ignored(body: dict[str, Any]) -> list[Notice]:
    if "received_at" in body and actor().role not in DISPATCH:
        return [Notice("received_at_ignored")]
    return []


def as_answer(receipt: Receipt, extra: list[Notice], call_type: CallType | None) -> dict[str, Any]:
    return {
        "reference": receipt.reference,
        "status": receipt.status,
        "region": receipt.region,
        "service_open": receipt.service_open,
        "next_opening": receipt.next_opening,
        "warnings": [in_both(notice) for notice in (*receipt.warnings, *extra)],
        "first_aid": first_aid_at_once(the_instance(), call_type),
        "status_url": receipt.status_url,
    }


@calls.get("")
@calls.arguments(into.CallPageIn, location="query")
@calls.response(200, out.CallPageOut)
def all_calls(query: dict[str, Any]) -> Page:
    """Calls, newest first."""
    filters = Filters(query.get("status"), known_region(query.get("region")), query.get("since"))
    return list_calls(the_instance(), filters, query["limit"], query.get("cursor") or None)


def known_region(key: str | None) -> str | None:
    if key is not None and key not in the_instance().regions:
        raise Invalid("unknown_region", region=key)
    return key


@calls.get("/<string:reference>")
@calls.response(200, out.CallOut)
def one_call(reference: str) -> dict[str, Any]:
    """One call with everything the caller gave."""
    return show_call(the_instance(), reference)


@calls.post("/<string:reference>/claim")
@calls.arguments(into.NothingIn, required=False)
@calls.response(200, out.CallOut)
def claim(_body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Take a call. The first claimer has it; the same again is fine; anybody else gets 409."""
    services.claim_call(the_instance(), reference, actor())
    return show_call(the_instance(), reference)


@calls.post("/<string:reference>/place")
@calls.arguments(into.PlaceIn)
@calls.response(200, out.CallOut)
def place(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Say which region a call belongs to."""
    services.place_call(the_instance(), reference, body["region"], actor())
    return show_call(the_instance(), reference)


@calls.post("/<string:reference>/callback")
@calls.arguments(into.CallbackIn)
@calls.response(200, out.CallOut)
def callback(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Note a call-back; it verifies a call that came by form if somebody was reached."""
    told = services.CallBack(body["reached"], body.get("spoken_with"), Consent(**body.get("consent", {})))
    services.call_back(the_instance(), reference, told, actor())
    return show_call(the_instance(), reference)


@calls.post("/<string:reference>/withdraw")
@calls.arguments(into.ReasonIn)
@calls.response(200, out.CallOut)
def withdraw(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """The caller needs no help any more."""
    services.withdraw_call(the_instance(), reference, body["reason"], actor())
    return show_call(the_instance(), reference)


@calls.post("/<string:reference>/attach")
@calls.arguments(into.AttachIn)
@calls.response(200, out.CallOut)
def attach(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """A further call about a known incident."""
    services.attach_call(the_instance(), reference, body["incident"], actor())
    return show_call(the_instance(), reference)


@calls.post("/<string:reference>/assess")
@calls.arguments(into.AssessIn)
@calls.response(200, out.AssessOut)
def assess(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Save answers of the interview and say what the protocol makes of them. Decides nothing."""
    suggestion = assess_call(the_instance(), reference, body["answers"], body.get("call_type"), actor())
    aid = first_aid(the_instance(), suggestion.call_type, answers_so_far(the_instance(), reference))
    return {
        "suggested_verdict": suggestion.verdict,
        "suggested_call_type": suggestion.call_type,
        "suggested_urgency": suggestion.urgency,
        "alarm_early": suggestion.alarm_early,
        "protocol": suggestion.version,
        "reasons": [words_in_both(reason) for reason in suggestion.reasons],
        "first_aid": [words_in_both(step) for step in aid],
        "missing": list(suggestion.missing),
    }


@calls.post("/<string:reference>/triage")
@calls.arguments(into.TriageIn)
@calls.response(200, out.TriageOut)
def triage(body: dict[str, Any], reference: str) -> dict[str, Any]:
    """Judge a call; `emergency` opens an incident. To differ from the suggestion needs an override_reason."""
    judgement = Judgement(
        verdict=body["verdict"],
        call_type=body["call_type"],
        urgency=body.get("urgency"),
        answers=body.get("answers", {}),
        override_reason=body.get("override_reason") or None,
    )
    call = judge_call(the_instance(), reference, judgement, actor())
    suggested = call.judgement["suggested"]
    return {
        "suggested_verdict": Verdict(suggested["verdict"]),
        "suggested_urgency": Urgency(suggested["urgency"]) if suggested["urgency"] else None,
        "verdict": call.verdict,
        "urgency": call.urgency,
        "incident": call.incident.reference if call.incident else None,
    }
