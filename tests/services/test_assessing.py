"""The interview beside a call: answers kept, sealed; suggestions renewed, stored with their version."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from cyberwehr.default_rules.protocol_file import load_protocol
from cyberwehr.domain.protocol import Choice, Question
from cyberwehr.domain.terms import CallType, Urgency, Verdict
from cyberwehr.hookspecs import hookimpl
from cyberwehr.instance import Instance
from cyberwehr.plugins_loader import register
from cyberwehr.services.assessing import answers_so_far, assess_call, questions, suggestion_of
from cyberwehr.services.calls import place_call
from cyberwehr.services.errors import Invalid
from cyberwehr.services.finding import find_call
from cyberwehr.services.triage import Judgement, judge_call
from cyberwehr.storage import JournalEntry
from tests.services.stage import OPERATOR, actions, call, look

WORDS = {"de": "Liegt der Betrieb am Hafen?", "en": "Is the business in the port?"}
YES_NO = (Choice("yes", {"de": "Ja", "en": "Yes"}), Choice("no", {"de": "Nein", "en": "No"}))


def facts(instance: Instance, action: str) -> dict[str, Any]:
    with instance.reading() as tx:
        return dict(tx.scalars(select(JournalEntry.facts).where(JournalEntry.action == action)).all()[-1])


def stored(instance: Instance, reference: str) -> dict[str, Any]:
    with instance.reading() as tx:
        return dict(find_call(tx, reference).judgement)


def test_answers_are_added_replaced_and_taken_back(instance: Instance) -> None:
    reference = call(instance)
    assess_call(instance, reference, {"business": "normal", "systems": "one"}, None, OPERATOR)
    assess_call(instance, reference, {"business": "stopped", "own": "x"}, CallType.RANSOMWARE, OPERATOR)
    renewed = assess_call(instance, reference, {"systems": None}, None, OPERATOR)
    assert answers_so_far(instance, reference) == {"business": "stopped", "own": "x"}
    assert (renewed.verdict, renewed.call_type, renewed.urgency) == (
        Verdict.EMERGENCY, CallType.RANSOMWARE, Urgency.CRITICAL,
    )  # fmt: skip
    assert renewed.alarm_early
    with instance.reading() as tx:
        kept = find_call(tx, reference)
        assert (kept.status, kept.verdict, kept.claimed_by) == ("waiting", None, None)
        assert suggestion_of(instance, kept) == renewed


def test_what_was_suggested_and_by_which_version_is_kept(instance: Instance) -> None:
    reference = call(instance)
    assess_call(instance, reference, {"spreading": "yes"}, CallType.RANSOMWARE, OPERATOR)
    judge_call(instance, reference, Judgement(Verdict.EMERGENCY, CallType.RANSOMWARE), OPERATOR)
    kept = stored(instance, reference)
    version = load_protocol().version
    assert kept["protocol"] == version
    assert kept["answers"] == {"spreading": "yes"}
    assert (kept["suggested"]["verdict"], kept["suggested"]["urgency"]) == ("emergency", "critical")
    judged = facts(instance, "call_judged")
    assert (judged["suggested_verdict"], judged["urgency"], judged["protocol"]) == ("emergency", "critical", version)


def test_the_journal_holds_no_answer(instance: Instance) -> None:
    reference = call(instance)
    assess_call(instance, reference, {"note": "Frau Geheim"}, None, OPERATOR)
    assert "Geheim" not in str(facts(instance, "call_assessed"))
    assert set(facts(instance, "call_assessed")) <= {"verdict", "call_type", "urgency", "reasons", "protocol"}


@pytest.mark.parametrize(
    "answers",
    [{"business": "halted"}, {"business": True}, {"business": 3}, {"money_sent_hours_ago": -1}]
    + [{"noticed_hours_ago": value} for value in (True, "3", 1e12, float("nan"), float("inf"))],
)
def test_an_impossible_answer_is_refused_and_nothing_kept(instance: Instance, answers: dict[str, Any]) -> None:
    reference = call(instance)
    with pytest.raises(Invalid) as refused:
        assess_call(instance, reference, answers, None, OPERATOR)
    assert refused.value.code == "impossible_answer"
    assert answers_so_far(instance, reference) == {}


def test_answers_do_not_pile_up_without_end(instance: Instance) -> None:
    reference = call(instance)
    for n in range(2):
        assess_call(instance, reference, {f"k{n}-{i}": "x" for i in range(100)}, None, OPERATOR)
    with pytest.raises(Invalid, match="too_many_answers"):
        assess_call(instance, reference, {"one": "more"}, None, OPERATOR)


def test_the_affected_site_counts_unless_a_person_has_placed_the_call(instance: Instance) -> None:
    words = "Unser Büro ist heil. Betroffen ist das Lager in Witten: alles verschlüsselt, wir stehen still."
    reference = call(instance, description=words)
    assert assess_call(instance, reference, {}, CallType.RANSOMWARE, OPERATOR).verdict is Verdict.OUT_OF_AREA
    place_call(instance, reference, "bochum", OPERATOR)
    assert assess_call(instance, reference, {}, CallType.RANSOMWARE, OPERATOR).verdict is Verdict.EMERGENCY


def test_a_call_from_elsewhere_is_out_of_area(instance: Instance) -> None:
    reference = call(instance, postal_code="44137", town="Dortmund")
    assert assess_call(instance, reference, {"business": "stopped"}, None, OPERATOR).verdict is Verdict.OUT_OF_AREA
    nowhere = call(instance, postal_code=None, town=None)
    suggestion = assess_call(instance, nowhere, {"business": "stopped"}, CallType.RANSOMWARE, OPERATOR)
    assert suggestion.verdict is Verdict.EMERGENCY


REFUSED = [
    ({}, Judgement(Verdict.ADVICE, CallType.RANSOMWARE)),
    ({}, Judgement(Verdict.NUISANCE, CallType.RANSOMWARE)),
    ({}, Judgement(Verdict.SOLVED_BY_PHONE, CallType.RANSOMWARE)),
    ({"business": "stopped"}, Judgement(Verdict.EMERGENCY, CallType.RANSOMWARE, Urgency.HIGH)),
    ({"business": "normal"}, Judgement(Verdict.EMERGENCY, CallType.OTHER)),
    ({}, Judgement(Verdict.REFERRED, CallType.OTHER)),
]
ALLOWED = [
    ({}, Judgement(Verdict.NUISANCE, CallType.OTHER)),
    ({}, Judgement(Verdict.SOLVED_BY_PHONE, CallType.OTHER)),
    ({}, Judgement(Verdict.ADVICE, CallType.OTHER)),
    ({"business": "limited"}, Judgement(Verdict.EMERGENCY, CallType.RANSOMWARE, Urgency.CRITICAL)),
]


@pytest.mark.parametrize(("answers", "judgement"), REFUSED)
def test_deciding_otherwise_needs_a_reason(instance: Instance, answers: dict[str, Any], judgement: Judgement) -> None:
    reference = call(instance)
    assess_call(instance, reference, answers, None, OPERATOR)
    with pytest.raises(Invalid, match="override_reason_missing"):
        judge_call(instance, reference, judgement, OPERATOR)
    assert "call_judged" not in actions(instance)
    judged = judge_call(instance, reference, replace(judgement, override_reason="Rückruf"), OPERATOR)
    assert judged.verdict is judgement.verdict
    assert stored(instance, reference)["override_reason"] == "Rückruf"


@pytest.mark.parametrize(("answers", "judgement"), ALLOWED)
def test_deciding_as_suggested_or_with_more_haste_needs_none(
    instance: Instance, answers: dict[str, Any], judgement: Judgement
) -> None:
    reference = call(instance)
    judged = judge_call(instance, reference, replace(judgement, answers=answers), OPERATOR)
    assert judged.verdict is judgement.verdict


def test_the_urgency_nobody_names_is_the_suggested_one(instance: Instance) -> None:
    for answers, urgency in (({"business": "stopped"}, "critical"), ({"business": "normal"}, "normal")):
        judgement = Judgement(Verdict.EMERGENCY, CallType.MALWARE_INFECTION, answers=answers)
        judged = judge_call(instance, call(instance), judgement, OPERATOR)
        assert judged.incident is not None
        assert look(instance, judged.incident.reference).urgency == urgency


def asking(instance: Instance, hook: Callable[..., Any]) -> Instance:
    """The instance with a region whose code asks (or fails to ask) questions of its own."""
    before = instance.plugins.loaded_regions["bochum"]
    region = instance.regions["bochum"]
    hooks = {"cyberwehr_region": lambda: region, "cyberwehr_triage_questions": hook}
    module = SimpleNamespace(**{name: hookimpl(each) for name, each in hooks.items()})
    loaded = {**instance.plugins.loaded_regions, "bochum": register(before.found, module)}
    return replace(instance, plugins=replace(instance.plugins, loaded_regions=loaded))


def test_a_region_asks_more_and_its_answers_are_kept(instance: Instance) -> None:
    def ask(region: Any, call_type: CallType | None) -> list[Question]:
        assert region.key == "bochum"
        return [Question("in_port", WORDS, YES_NO), Question("business", WORDS, YES_NO)]

    asks = asking(instance, ask)
    keys = [question.key for question in questions(asks, "bochum", None)]
    assert keys[-1] == "in_port"
    assert keys.count("business") == 1
    assert [q.key for q in questions(asks, "essen", None)] == keys[:-1]
    reference = call(asks)
    assess_call(asks, reference, {"in_port": "yes"}, None, OPERATOR)
    assert answers_so_far(asks, reference) == {"in_port": "yes"}


def broken(call_type: CallType | None) -> list[Question]:
    raise RuntimeError("Kaputt")


@pytest.mark.parametrize("hook", [broken, lambda: ["no question"], lambda: 5, lambda: None])
def test_a_broken_hook_does_not_stop_the_interview(instance: Instance, hook: Callable[..., Any]) -> None:
    asks = asking(instance, hook)
    assert questions(asks, "bochum", None) == questions(asks, "essen", None)
    assert assess_call(asks, call(asks), {"business": "stopped"}, CallType.DDOS, OPERATOR).alarm_early
    assert ("questions_plugin_failed" in actions(asks)) is (hook is broken or hook() == ["no question"])


def test_only_what_concerns_the_call_type_is_asked(instance: Instance) -> None:
    assert "device_protected" in {q.key for q in questions(instance, None, CallType.LOST_DEVICE)}
    assert "device_protected" not in {q.key for q in questions(instance, None, CallType.DDOS)}
    assert "device_protected" in {q.key for q in questions(instance, None, None)}


def test_what_the_caller_reported_counts_where_nobody_chose(instance: Instance) -> None:
    reference = call(instance, reported_type=CallType.DDOS, description="")
    assert assess_call(instance, reference, {"business": "stopped"}, None, OPERATOR).call_type is CallType.DDOS
