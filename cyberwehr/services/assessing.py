"""The interview beside a call: its questions, the answers so far, and what they suggest."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from sqlalchemy.orm import Session

from cyberwehr.default_rules.protocol_file import load_protocol
from cyberwehr.domain.call import Details
from cyberwehr.domain.clues import affected_places
from cyberwehr.domain.protocol import Answers, Question, Suggestion
from cyberwehr.domain.protocol_rules import UNKNOWN, Protocol, Told
from cyberwehr.domain.suggesting import asked_for, suggest
from cyberwehr.domain.terms import CallStatus, CallType
from cyberwehr.instance import Instance
from cyberwehr.services.actors import Actor
from cyberwehr.services.errors import Conflict, Invalid
from cyberwehr.services.finding import find_call, locked_call
from cyberwehr.services.journalling import record
from cyberwehr.storage import Call

HOOK = "cyberwehr_triage_questions"
LARGEST = 1e9
MOST_ANSWERS = 200


def protocol() -> Protocol:
    """The protocol in use; read once per process."""
    return load_protocol()


def questions(instance: Instance, region: str | None, call_type: CallType | None) -> tuple[Question, ...]:
    """In the order to ask them: the protocol's and then the region's own."""
    return tuple(asked_for(protocol().questions, call_type)) + own_questions(instance, region, call_type)[0]


def own_questions(
    instance: Instance, region: str | None, call_type: CallType | None
) -> tuple[tuple[Question, ...], str | None]:
    """What a region asks in addition, and the fault of its hook if there was one: the interview goes on without it.

    A question whose key the protocol knows is left out: nobody may change what the rules rely on.
    """
    if region is None or region not in instance.plugins.loaded_regions:
        return (), None
    outcome = instance.plugins.ask_region(region, HOOK, region=instance.regions.get(region), call_type=call_type)
    answers = outcome.value or []
    asked = [question for answer in answers if isinstance(answer, list | tuple) for question in answer]
    if outcome.fault or not all(isinstance(each, Question) for each in asked):
        return (), outcome.fault or "returned something else than a list of Questions"
    return tuple(asked_for([q for q in asked if protocol().question(q.key) is None], call_type)), None


def answers_of(call: Call) -> Answers:
    """What was answered so far."""
    return dict((call.judgement or {}).get("answers", {}))


def answers_so_far(instance: Instance, reference: str) -> Answers:
    """What was answered so far, for somebody outside of a transaction."""
    with instance.reading() as tx:
        return answers_of(find_call(tx, reference))


def suggestion_of(instance: Instance, call: Call, call_type: CallType | None = None) -> Suggestion:
    """What the protocol makes of a call as it stands. To be called inside a transaction.

    call_type: what a person just chose; else what was chosen before.
    """
    chosen = call_type or call.call_type or stored_type(call)
    return suggest(protocol(), told(instance, call, chosen))


def stored_type(call: Call) -> CallType | None:
    chosen = (call.judgement or {}).get("call_type")
    return CallType(chosen) if chosen in set(CallType) else None


def told(instance: Instance, call: Call, call_type: CallType | None) -> Told:
    details = Details.from_json(call.details)
    return Told(
        answers=answers_of(call),
        place=place_of(instance, call, details.description or ""),
        call_type=call_type,
        reported_type=details.reported_type,
        company=details.company,
        sector=details.sector,
        employees=details.employees,
        turnover=details.turnover_million_eur,
        description=details.description,
    )


def place_of(instance: Instance, call: Call, description: str) -> str:
    """Where the affected site lies. A call that a person has placed lies there, whatever its words say."""
    if call.region is None:
        return "outside" if call.suggested_out_of_area else "open"
    if (call.judgement or {}).get("placed"):
        return "inside"
    return "outside" if affected_elsewhere(instance, description) else "inside"


def affected_elsewhere(instance: Instance, description: str) -> bool:
    """Whether the words name a town as the affected site that no region of this instance serves."""
    served = {ags for region in instance.regions.values() for ags in region.districts}
    found = [instance.places.districts_of_town(name) for name in affected_places(description[:8000])]
    return any(districts and not districts & served for districts in found)


def assess_call(
    instance: Instance, reference: str, answers: Mapping[str, Any], call_type: CallType | None, actor: Actor
) -> Suggestion:
    """Save the answers (they replace those of the same keys; null takes one back) and suggest. Decides nothing.

    Raises Invalid for an answer that its question cannot have; keys the protocol does not know are kept.
    """
    check_answers(answers)
    with instance.begin() as tx:
        call = locked_call(tx, reference)
        if call.status is CallStatus.WITHDRAWN:
            raise Conflict("call_ended")
        keep_answers(call, answers, call_type)
        tell_broken_hook(instance, tx, call, actor)
        suggestion = suggestion_of(instance, call, call_type)
        write_suggestion(call, suggestion)
        record(
            tx,
            actor,
            "call_assessed",
            call=call,
            incident=call.incident,
            verdict=suggestion.verdict,
            call_type=suggestion.call_type,
            urgency=suggestion.urgency,
            reasons=[reason.code for reason in suggestion.reasons],
            protocol=suggestion.version,
        )
        return suggestion


def tell_broken_hook(instance: Instance, tx: Session, call: Call, actor: Actor) -> None:
    """What went wrong in a region's own questions stands in the journal; the interview goes on without them."""
    _, fault = own_questions(instance, call.region, call.call_type)
    if fault is not None:
        record(tx, actor, "questions_plugin_failed", call=call, note=fault)


def check_answers(answers: Mapping[str, Any]) -> None:
    for key, value in answers.items():
        question = protocol().question(key)
        if question is not None and value is not None and not possible_answer(question, value):
            raise Invalid("impossible_answer", key=key, allowed=allowed(question))


def possible_answer(question: Question, value: object) -> bool:
    """One of the choices; where there are none a number from 0, or "unknown": asked, but nobody could say."""
    if question.choices:
        return isinstance(value, str) and value in {choice.value for choice in question.choices}
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value == UNKNOWN
    return isfinite(value) and 0 <= value <= LARGEST


def allowed(question: Question) -> str:
    return ", ".join(choice.value for choice in question.choices) or f"0 … {LARGEST:.0f}, {UNKNOWN}"


def keep_answers(call: Call, answers: Mapping[str, Any], call_type: CallType | None) -> None:
    """Write the answers (and the call type somebody chose) into the call, sealed."""
    before = call.judgement or {}
    kept = {key: value for key, value in {**before.get("answers", {}), **answers}.items() if value is not None}
    if len(kept) > MOST_ANSWERS:
        raise Invalid("too_many_answers", most=str(MOST_ANSWERS))
    call.judgement = {**before, "answers": kept, "call_type": call_type or before.get("call_type")}


def write_suggestion(call: Call, suggestion: Suggestion) -> None:
    """What was suggested, and by which version of the protocol."""
    call.judgement = {
        **(call.judgement or {}),
        "protocol": suggestion.version,
        "suggested": {
            "verdict": suggestion.verdict,
            "call_type": suggestion.call_type,
            "urgency": suggestion.urgency,
            "reasons": [reason.code for reason in suggestion.reasons],
        },
    }
