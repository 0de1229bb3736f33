"""The pages for everybody. All of them work without JavaScript."""

import json
import re
import secrets
import time
from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.terms import Channel
from cyberwehr.services import guidance, rates
from cyberwehr.services.actors import CALLER
from cyberwehr.services.errors import Conflict, Refused, TooMany
from cyberwehr.services.idempotency import Answer, once
from cyberwehr.services.intake import receive_call
from cyberwehr.web.context import texts, the_instance
from cyberwehr.web.frame import frame, see
from cyberwehr.web.public.forms import WHAT_THEY_SEE, read_details
from cyberwehr.web.public.opening import all_places, openings
from cyberwehr.web.typed import Typed

public = Blueprint("public", __name__, template_folder="templates")
public.app_context_processor(frame)

PARTNER = re.compile(r"[a-z0-9-]{1,64}")
HOUR = timedelta(hours=1)


@public.get("/")
def home() -> str:
    """What this is, the number to call, and whether somebody is there."""
    steps = guidance.first_aid(the_instance(), None, {})
    return render_template("public/home.html", openings=openings(), places=all_places(), steps=steps)


@public.get("/report")
def report_form() -> str:
    return show_form(Typed({}, texts()))


@public.post("/report")
def send_report() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]] | str:
    """One call per filled-in form, however often it is sent; afterwards the caller's own page."""
    typed = Typed(request.form, texts())
    if "switch" in typed.values:
        return show_form(typed)
    details = read_details(typed)
    if typed.errors:
        return show_form(typed), 422
    try:
        rates.knock(the_instance(), "form", request.remote_addr or "", form_limit(), HOUR)
    except TooMany as refusal:
        return show_form(typed, refusal), refusal.status, {"Retry-After": str(refusal.retry_after)}
    answer = patiently(lambda: receive_once(typed.values.get("form_key", ""), details))
    return see(f"/status/{answer.body['token']}")


def show_form(typed: Typed, refusal: Refused | None = None) -> str:
    """With what was typed; the key makes a second click on the same form harmless."""
    key = typed.values.get("form_key") or secrets.token_urlsafe(16)
    openings_now = openings()
    return render_template(
        "public/report.html",
        typed=typed,
        form_key=key,
        partner=partner(),
        openings=openings_now,
        someone_there=any(opening.open for opening in openings_now),
        steps=guidance.first_aid(the_instance(), None, {}),
        what_they_see=[(kind.value, texts()(words)) for kind, words in WHAT_THEY_SEE.items()],
        refusal=refusal,
    )


def form_limit() -> int:
    return the_instance().config.limits.forms_per_hour


def partner() -> str | None:
    """The organisation on whose page the form was found, if its key looks like one."""
    key = request.args.get("partner", "")
    return key if PARTNER.fullmatch(key) else None


def receive_once(form_key: str, details: Details) -> Answer:
    """The same form with other content (somebody went back and corrected it) is another call: nothing is lost."""
    body = json.dumps(details.as_json(), sort_keys=True)
    key = f"{form_key or secrets.token_urlsafe(16)} {body}"
    return once(the_instance(), "public", "POST /report", key, body.encode(), lambda: receive(details))


def receive(details: Details) -> Answer:
    channel = Channel.PARTNER if partner() else Channel.WEB
    report = Report(channel, texts().language, details, partner())
    receipt = receive_call(the_instance(), report, CALLER)
    return Answer(303, {"token": receipt.status_url.rsplit("/", 1)[1]})


def patiently(work: Callable[[], Answer]) -> Answer:
    """Of a double click the browser shows the second answer: it waits for the first instead of being refused."""
    for _ in range(30):
        try:
            return work()
        except Conflict as running:
            if running.code != "idempotency_running":
                raise
            time.sleep(0.1)
    return work()
