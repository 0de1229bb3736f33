"""The interview beside a call: its questions, the answers so far, and what they suggest."""

from collections.abc import Mapping
from typing import Any

from cyberwehr.domain.protocol import Answers, Choice, Question, Suggestion
from cyberwehr.domain.terms import CallType
from cyberwehr.instance import Instance
from cyberwehr.services.actors import Actor
from cyberwehr.storage import Call


def questions(instance: Instance, region: str | None, call_type: CallType | None) -> tuple[Question, ...]:
    """In the order to ask them: the protocol's and then the region's own."""
    del instance, region, call_type
    choices = (Choice("yes", {"de": "Ja", "en": "Yes"}), Choice("no", {"de": "Nein", "en": "No"}))
    return (Question("business", {"de": "Steht der Betrieb still?", "en": "Is business at a standstill?"}, choices),)


def answers_of(call: Call) -> Answers:
    """What was answered so far."""
    return dict((call.judgement or {}).get("answers", {}))


def suggestion_of(instance: Instance, call: Call) -> Suggestion:
    """What the protocol makes of a call as it stands. To be called inside a transaction."""
    raise NotImplementedError


def assess_call(
    instance: Instance, reference: str, answers: Mapping[str, Any], call_type: CallType | None, actor: Actor
) -> Suggestion:
    """Save the answers (they replace those of the same keys; null takes one back) and suggest. Decides nothing."""
    raise NotImplementedError
