"""The interview beside a call: its questions, the answers so far, and what they suggest."""

from collections.abc import Mapping
from typing import Any

from cyberwehr.domain.protocol import Answers, Choice, Question, Reason, Suggestion
from cyberwehr.domain.terms import CallType, Urgency, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services.actors import Actor
from cyberwehr.services.calls import claim
from cyberwehr.services.finding import locked_call
from cyberwehr.services.journalling import record
from cyberwehr.storage import Call

YES_NO = (
    Choice("yes", {"de": "Ja", "en": "Yes"}),
    Choice("no", {"de": "Nein", "en": "No"}),
    Choice("unknown", {"de": "Weiß nicht", "en": "Not known"}),
)
ASKED = (
    Question("encrypted", {"de": "Sind Daten verschlüsselt?", "en": "Is data encrypted?"}, YES_NO),
    Question(
        "spreading",
        {"de": "Breitet es sich noch aus?", "en": "Is it still spreading?"},
        YES_NO,
        {"de": "Fallen gerade weitere Geräte aus?", "en": "Are more devices failing right now?"},
    ),
    Question("money_gone", {"de": "Ist Geld überwiesen worden?", "en": "Has money been transferred?"}, YES_NO),
    Question(
        "people",
        {"de": "Wie viele Beschäftigte?", "en": "How many employees?"},
        unit={"de": "Personen", "en": "people"},
    ),
)


def questions(instance: Instance, region: str | None, call_type: CallType | None) -> tuple[Question, ...]:
    """In the order to ask them: the protocol's and then the region's own."""
    return ASKED


def answers_of(call: Call) -> Answers:
    """What was answered so far."""
    return dict((call.judgement or {}).get("answers", {}))


def suggestion_of(instance: Instance, call: Call) -> Suggestion:
    """What the protocol makes of a call as it stands. To be called inside a transaction."""
    answers = answers_of(call)
    bad = answers.get("encrypted") == "yes"
    return Suggestion(
        Verdict.EMERGENCY if bad else Verdict.ADVICE,
        call.call_type or (CallType.RANSOMWARE if bad else CallType.OTHER),
        Urgency.CRITICAL if bad else None,
        (
            Reason(
                "encrypted",
                {
                    "de": "Daten sind verschlüsselt." if bad else "Noch kein Angriff erkennbar.",
                    "en": "Data is encrypted." if bad else "No attack visible yet.",
                },
            ),
        ),
        tuple(q.key for q in ASKED if q.key not in answers),
        bad and answers.get("spreading") == "yes",
        "placeholder",
    )


def assess_call(
    instance: Instance, reference: str, answers: Mapping[str, Any], call_type: CallType | None, actor: Actor
) -> Suggestion:
    """Save the answers (they replace those of the same keys; null takes one back) and suggest. Decides nothing."""
    with instance.begin() as tx:
        call = locked_call(tx, reference)
        claim(tx, call, actor)
        kept = {k: v for k, v in {**answers_of(call), **answers}.items() if v is not None}
        call.judgement = {**(call.judgement or {}), "answers": kept}
        if call_type is not None:
            call.call_type = call_type
        record(tx, actor, "call_assessed", call=call)
        return suggestion_of(instance, call)
