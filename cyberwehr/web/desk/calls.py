"""The call's page: who rang, what the interview suggests, and everything an operator does with a call."""

from collections.abc import Callable

from werkzeug.wrappers import Response

from cyberwehr.domain.call import Consent
from cyberwehr.domain.terms import CallType, Urgency, Verdict
from cyberwehr.i18n import N_
from cyberwehr.services import assessing, calls, desk_cases
from cyberwehr.services.triage import Judgement, judge_call
from cyberwehr.services.views import View
from cyberwehr.web.context import actor, texts, the_instance
from cyberwehr.web.desk.attempts import Attempt, Page, carry_out, here, no_attempt, picked, what_was_typed
from cyberwehr.web.desk.blueprint import desk
from cyberwehr.web.desk.interview import as_typed, field, read_answers
from cyberwehr.web.desk.journal_words import sentences
from cyberwehr.web.desk.showing import live, show
from cyberwehr.web.typed import Typed
from cyberwehr.words import label

YES_NO = {"yes": True, "no": False}
CALL_TYPES = {each.value: each for each in CallType}
VERDICTS = {each.value: each for each in Verdict}
URGENCIES = {each.value: each for each in Urgency}
REASON = 2_000
"""As long as the API takes it."""


@desk.get("/desk/calls/<reference>")
def call(reference: str) -> str:
    return show_call(reference, no_attempt())


@desk.get("/desk/calls/<reference>/live")
def live_call(reference: str) -> Response:
    mark = desk_cases.call_mark(the_instance(), reference)
    return live(mark, lambda: show_call(reference, no_attempt(), "desk/call_parts.html"))


def show_call(reference: str, attempt: Attempt, template: str = "desk/call.html") -> str:
    view = desk_cases.show_case_call(the_instance(), reference)
    return show(
        template,
        view["now"],
        call=view,
        case_region=view["region"],
        attempt=attempt,
        typed=attempt.typed,
        mine=view["claimed_by_id"] == actor().id,
        numbers=numbers(view),
        missing=missing(view),
        field=field,
        saved=as_typed(view["answers"]),
        sentences=sentences(view["journal"]),
        regions=[(key, texts().pick(region.name)) for key, region in the_instance().regions.items()],
        call_types=[(each.value, label(texts(), each)) for each in CallType],
        verdicts=[(each.value, label(texts(), each)) for each in Verdict],
        urgencies=[(each.value, label(texts(), each)) for each in Urgency],
    )


def numbers(view: View) -> list[tuple[str, bool]]:
    """Where to ring: (number, is it the safe way). A safe way that the caller named comes first."""
    safe = view["safe_contact"] or {"kind": "", "value": ""}
    found = [(safe["value"], True)] if safe["kind"] in ("phone", "sms") else []
    return [*found, *([(view["phone"], False)] if view["phone"] and view["phone"] != safe["value"] else [])]


def missing(view: View) -> list[tuple[str, str]]:
    """Questions worth asking next: their field and their words."""
    asked = {question.key: question for question in view["questions"]}
    return [(field(asked[key]), texts().pick(asked[key].words)) for key in view["suggestion"].missing if key in asked]


def on_call(reference: str, form: str, typed: Typed, work: Callable[[], object], part: str = "") -> Page:
    return carry_out(
        form,
        typed,
        work,
        lambda: here(f"/desk/calls/{reference}", part),
        lambda attempt: show_call(reference, attempt),
    )


@desk.post("/desk/calls/<reference>/claim")
def claim(reference: str) -> Page:
    return on_call(reference, "claim", what_was_typed(), lambda: calls.claim_call(the_instance(), reference, actor()))


@desk.post("/desk/calls/<reference>/place")
def place(reference: str) -> Page:
    typed = what_was_typed()
    region = picked(typed, "region", the_instance().regions, N_("Please choose the region."))
    return on_call(reference, "place", typed, lambda: calls.place_call(the_instance(), reference, region, actor()))


@desk.post("/desk/calls/<reference>/callback")
def call_back(reference: str) -> Page:
    typed = what_was_typed()
    reached = picked(typed, "reached", YES_NO, N_("Please say whether you reached anybody.")) == "yes"
    consent = Consent(**{name: typed.choice(f"consent_{name}", YES_NO) for name in ("forward", "statistics", "police")})
    told = calls.CallBack(reached, typed.text("spoken_with"), consent)
    return on_call(reference, "callback", typed, lambda: calls.call_back(the_instance(), reference, told, actor()))


@desk.post("/desk/calls/<reference>/assess")
def assess(reference: str) -> Page:
    """Save the interview; the page then shows what it suggests now, beginning with what to ask next."""
    view, typed = desk_cases.show_case_call(the_instance(), reference), what_was_typed()
    call_type = typed.choice("call_type", CALL_TYPES)
    answers = read_answers(typed, view["questions"])
    return on_call(
        reference,
        "interview",
        typed,
        lambda: assessing.assess_call(the_instance(), reference, answers, call_type, actor()),
        part="interview",
    )


@desk.post("/desk/calls/<reference>/judge")
def judge(reference: str) -> Page:
    """Decide. What stands in the interview counts, saved before or not; an emergency leads on to its incident."""
    view, typed = desk_cases.show_case_call(the_instance(), reference), what_was_typed()
    judgement = read_judgement(view, typed)
    judged: list[str] = []

    def work() -> None:
        call = judge_call(the_instance(), reference, judgement, actor())
        if call.incident is not None:
            judged.append(f"/desk/incidents/{call.incident.reference}")

    return carry_out(
        "interview",
        typed,
        work,
        lambda: here(judged[0]) if judged else here(f"/desk/calls/{reference}", "ending"),
        lambda attempt: show_call(reference, keeping(attempt, reference, judgement)),
    )


def read_judgement(view: View, typed: Typed) -> Judgement:
    verdict = picked(typed, "verdict", VERDICTS, N_("Please choose a verdict."))
    call_type = picked(typed, "decided_type", CALL_TYPES, N_("Please choose the call type."))
    urgency = typed.choice("urgency", URGENCIES)
    emergency = verdict == Verdict.EMERGENCY
    if emergency and urgency is None:
        typed.fault("urgency", N_("Please choose the urgency."))
    return Judgement(
        verdict=VERDICTS.get(verdict, Verdict.NUISANCE),
        call_type=CALL_TYPES.get(call_type, CallType.OTHER),
        urgency=urgency if emergency else None,
        answers=all_answers(view, typed),
        override_reason=typed.text("override_reason", REASON),
    )


def all_answers(view: View, typed: Typed) -> dict[str, object]:
    """Those on the form as they stand there, and those that were saved and are not on it."""
    on_form = [question for question in view["questions"] if field(question) in typed.values]
    return {**view["answers"], **read_answers(typed, on_form)}


def keeping(attempt: Attempt, reference: str, judgement: Judgement) -> Attempt:
    """A decision that lacks its reason: its answers are saved, so that the page shows what they suggest by now."""
    if attempt.code == "override_reason_missing":
        assessing.assess_call(the_instance(), reference, judgement.answers, None, actor())
    return attempt


@desk.post("/desk/calls/<reference>/attach")
def attach(reference: str) -> Page:
    typed = what_was_typed()
    incident = typed.required("incident", N_("Please choose the incident."), 20)
    return on_call(reference, "attach", typed, lambda: calls.attach_call(the_instance(), reference, incident, actor()))


@desk.post("/desk/calls/<reference>/withdraw")
def withdraw(reference: str) -> Page:
    typed = what_was_typed()
    reason = typed.required("reason", N_("Please say why."), REASON)
    return on_call(
        reference, "withdraw", typed, lambda: calls.withdraw_call(the_instance(), reference, reason, actor())
    )
