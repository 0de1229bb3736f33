"""The protocol's suggestions: measured by recorded calls, reworded and renamed; and what must hold for any answers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cyberwehr.default_rules.protocol_file import MOST_RULES, load_protocol
from cyberwehr.domain.protocol import Suggestion
from cyberwehr.domain.protocol_rules import Told
from cyberwehr.domain.suggesting import suggest
from cyberwehr.domain.terms import CallType, Urgency, Verdict

DATA = Path(__file__).parent.parent / "data"
PROTOCOL = load_protocol()


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


DEV, MORE, REWORDED = lines("calls_dev.jsonl"), lines("calls_more.jsonl"), lines("calls_reworded.jsonl")


def told(record: Mapping[str, Any], **changes: Any) -> Told:
    expected = record["expected"]
    return replace(
        Told(
            answers=record["facts"],
            place="outside" if expected["region"] is None else "inside",
            call_type=CallType(expected["call_type"]),
            company=record["company"],
            sector=record["sector"],
            employees=record["employees"],
            turnover=record["turnover_million_eur"],
            description=record["description"],
        ),
        **changes,
    )


def made_of(call: Told) -> tuple[str, str | None]:
    suggestion = suggest(PROTOCOL, call)
    return suggestion.verdict.value, suggestion.urgency.value if suggestion.urgency else None


def expected(record: Mapping[str, Any]) -> tuple[str, str | None]:
    return record["expected"]["verdict"], record["expected"]["urgency"]


@pytest.mark.parametrize(("records", "least"), [(DEV, 58), (MORE, 115)], ids=["dev", "more"])
def test_recorded_calls_are_judged_as_expected(records: list[dict[str, Any]], least: int) -> None:
    wrong = [r["id"] for r in records if made_of(told(r)) != expected(r)]
    assert len(records) - len(wrong) >= least, wrong


def test_names_and_wording_do_not_decide() -> None:
    """Companies exchanged, ids forgotten, descriptions told in other words: the same verdict and urgency."""
    ordinary = [r["company"] for r in DEV if r["expected"]["verdict"] == "emergency"]
    words = {r["id"]: r["description"] for r in REWORDED}
    assert len(words) == len(DEV)
    for number, record in enumerate(DEV):
        other = ordinary[(number * 7 + 3) % len(ordinary)]
        assert made_of(told(record, company=other, description=words[record["id"]])) == made_of(told(record))


@pytest.mark.parametrize(("records", "least"), [(DEV, 54), (MORE, 108)], ids=["dev", "more"])
def test_the_call_type_is_recognised_from_words_and_answers(records: list[dict[str, Any]], least: int) -> None:
    found = [suggest(PROTOCOL, told(r, call_type=None)) for r in records]
    assert sum(s.call_type == r["expected"]["call_type"] for s, r in zip(found, records, strict=True)) >= least
    assert sum((s.verdict, s.urgency) == expected(r) for s, r in zip(found, records, strict=True)) >= least


def of(call_type: str = "ransomware", /, *, place: str = "inside", description: str = "", **answers: Any) -> Suggestion:
    about = Told(answers, place, CallType(call_type), employees=20, turnover=2.0, description=description)
    return suggest(PROTOCOL, about)


ATTACK = {"attack_suspected": "yes", "already_contained": "no", "business": "normal", "own_it_provider": "none"}
BY_RULE: dict[str, tuple[str, dict[str, Any]]] = {
    "outside": ("ransomware", {"place": "outside", "business": "stopped"}),
    "no_sme": ("ransomware", {"enterprise_employees": 250, "business": "stopped"}),
    "private_person": ("account_takeover", {"caller_kind": "private_person"}),
    "public_authority": ("ransomware", {"caller_kind": "public_authority", "business": "stopped"}),
    "critical_infrastructure": ("malware_infection", {"caller_kind": "critical_infrastructure"}),
    "press": ("other", {"caller_kind": "press"}),
    "complaint_only": ("payment_fraud", {"wants": "complaint"}),
    "nothing_wanted": ("other", {"wants": "nothing"}),
    "life": ("ransomware", {"danger_to_life": "yes"}),
    "stranger_inside_now": ("remote_support_scam", {"remote_access_now": "yes"}),
    "spreads": ("malware_infection", {"spreading": "yes"}),
    "noticed_in_time": ("malware_infection", {"nothing_happened": "yes"}),
    "attempt_only": ("phishing_credentials", {"credentials_entered": "no"}),
    "nothing_paid": ("payment_fraud", {"money_sent": "no"}),
    "business_hit": ("ransomware", {"business": "limited"}),
    "not_ruled_out": ("supplier_outage", {"business": "limited", "attack_suspected": "unknown"}),
    "standstill_unexplained": ("other", {"business": "stopped"}),
    "money_gone": ("payment_fraud", {"money_sent": "yes", "money_sent_hours_ago": 48}),
    "contained": ("malware_infection", {"already_contained": "yes", "business": "normal"}),
    "ransom": ("data_leak", {"ransom_note": "yes", "business": "normal"}),
    "account_open": ("phishing_credentials", {"credentials_entered": "yes"}),
    "leak_open": ("data_leak", {"data_exposed": "yes"}),
    "leak_not_closed": ("data_leak", {"already_contained": "no"}),
    "device_open": ("lost_device", {"device_protected": "no"}),
    "attack_not_stopped": ("malware_infection", {"business": "normal"}),
    "attack_goes_on": ("remote_support_scam", ATTACK),
    "own_provider_can": ("ransomware", {**ATTACK, "business": "limited", "own_it_provider": "reachable"}),
    "critical_life": ("ransomware", {"danger_to_life": "yes"}),
    "critical_stranger": ("other", {"remote_access_now": "yes"}),
    "critical_spreading": ("malware_infection", {"spreading": "yes", "business": "normal"}),
    "critical_standstill": ("ddos", {"business": "stopped"}),
    "critical_money": ("payment_fraud", {**ATTACK, "money_sent": "yes", "money_sent_hours_ago": 23}),
    "normal_contained": ("mailbox_compromise", {"already_contained": "yes", "business": "limited"}),
    "high_business": ("website_hacked", {"business": "limited"}),
    "high_abuse": ("phishing_credentials", {"abuse_running": "yes"}),
    "high_account": ("mailbox_compromise", {"business": "normal"}),
    "high_money": ("payment_fraud", {"money_sent": "yes", "money_sent_hours_ago": 30}),
    "high_ransom_or_data": ("ransomware", {"ransom_note": "yes"}),
}


@pytest.mark.parametrize("rule", PROTOCOL.rules, ids=lambda rule: rule.code)
def test_every_rule_can_decide(rule: Any) -> None:
    call_type, answers = BY_RULE[rule.code]
    suggestion = of(call_type, **answers)
    reason = next(reason for reason in suggestion.reasons if reason.code == rule.code)
    assert reason.words["de"]
    assert reason.words["en"]
    assert rule.why
    assert (rule.verdict or suggestion.verdict) is suggestion.verdict
    assert (rule.urgency or suggestion.urgency) is suggestion.urgency
    assert suggestion.version == PROTOCOL.version


def test_no_more_rules_than_somebody_can_oversee() -> None:
    assert len(PROTOCOL.rules) <= MOST_RULES
    assert {rule.code for rule in PROTOCOL.rules} == set(BY_RULE)


def test_without_anything_it_is_advice_and_says_so() -> None:
    suggestion = suggest(PROTOCOL, Told())
    assert (suggestion.verdict, suggestion.urgency, suggestion.call_type) == (Verdict.ADVICE, None, CallType.OTHER)
    assert [reason.code for reason in suggestion.reasons] == [PROTOCOL.default.code]
    assert {"danger_to_life", "remote_access_now", "business"} <= set(suggestion.missing)


def test_a_missing_answer_is_not_a_no() -> None:
    assert of("supplier_outage").verdict is Verdict.ADVICE
    assert of("other", business="stopped").verdict is Verdict.EMERGENCY
    assert of("other", business="stopped", attack_suspected="no").verdict is Verdict.ADVICE


def test_an_answer_outweighs_the_words() -> None:
    words = "Der Mauszeiger bewegt sich von allein!"
    assert of("remote_support_scam", description=words).urgency is Urgency.CRITICAL
    calm = of("remote_support_scam", description=words, remote_access_now="no", credentials_entered="no")
    assert calm.verdict is Verdict.ADVICE


def test_it_renews_itself_with_each_answer() -> None:
    answers: dict[str, Any] = {}
    story = []
    for key, value in (("business", "normal"), ("spreading", "yes"), ("own_it_provider", "reachable")):
        answers[key] = value
        story.append(of("malware_infection", **answers))
    assert [s.verdict for s in story] == [Verdict.EMERGENCY, Verdict.EMERGENCY, Verdict.REFERRED]
    assert [s.urgency for s in story] == [Urgency.NORMAL, Urgency.CRITICAL, None]
    assert [s.alarm_early for s in story] == [False, True, False]


def test_missing_are_the_questions_whose_answer_could_change_something() -> None:
    assert of(place="outside", business="stopped").missing == ()
    some = of("ransomware", business="limited")
    assert "spreading" in some.missing
    assert "business" not in some.missing
    assert not {"backups", "may_decide", "noticed_hours_ago"} & set(some.missing)


def test_danger_to_life_is_not_left_to_the_own_provider() -> None:
    assert of("ransomware", danger_to_life="yes", own_it_provider="reachable").urgency is Urgency.CRITICAL
    assert of("ransomware", own_it_provider="reachable", own_it_provider_can_help="no").verdict is Verdict.EMERGENCY


ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


def known_answers() -> st.SearchStrategy[dict[str, Any]]:
    def values(question: Any) -> st.SearchStrategy[Any]:
        choices = [choice.value for choice in question.choices]
        return st.sampled_from(choices) if choices else st.floats(0, 1000)

    return st.fixed_dictionaries({}, optional={q.key: values(q) for q in PROTOCOL.questions})


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from([q.key for q in PROTOCOL.questions]) | st.text(max_size=9), ODD, max_size=8),
    st.text(max_size=300),
    st.floats() | st.none(),
    st.sampled_from(CallType) | st.none(),
)
def test_whatever_is_answered_it_never_raises(
    answers: dict[str, Any], text: str, number: float | None, call_type: CallType | None
) -> None:
    call = Told(answers, "open", call_type, None, text, text, number, number, text)
    suggestion = suggest(PROTOCOL, call)
    assert suggestion.reasons
    assert (suggestion.urgency is not None) is (suggestion.verdict is Verdict.EMERGENCY)


@settings(max_examples=60, deadline=None)
@given(known_answers(), st.sampled_from(CallType))
def test_what_no_rule_asks_for_changes_nothing(answers: dict[str, Any], call_type: CallType) -> None:
    bare = {key: value for key, value in answers.items() if key not in {"backups", "systems", "may_decide"}}
    full = suggest(PROTOCOL, Told(answers, "inside", call_type, employees=9))
    assert (full.verdict, full.urgency) == judged_by(bare, call_type)


def judged_by(answers: dict[str, Any], call_type: CallType) -> tuple[Verdict, Urgency | None]:
    suggestion = suggest(PROTOCOL, Told(answers, "inside", call_type, employees=9))
    return suggestion.verdict, suggestion.urgency


@settings(max_examples=60, deadline=None)
@given(known_answers(), st.sampled_from(CallType))
def test_a_worse_answer_never_calms(answers: dict[str, Any], call_type: CallType) -> None:
    """Somebody in danger, a stranger inside or a standstill never makes an emergency less urgent."""
    before = suggest(PROTOCOL, Told(answers, "inside", call_type, employees=9))
    if before.verdict is Verdict.EMERGENCY and before.urgency:
        for key, value in (("danger_to_life", "yes"), ("remote_access_now", "yes"), ("business", "stopped")):
            after = suggest(PROTOCOL, Told({**answers, key: value}, "inside", call_type, employees=9))
            assert after.verdict is Verdict.EMERGENCY
            assert list(Urgency).index(after.urgency or Urgency.NORMAL) <= list(Urgency).index(before.urgency)


def texts() -> Iterator[str]:
    for question in PROTOCOL.questions:
        yield from (question.words["de"], question.words["en"])


def test_the_words_for_people_are_formal_and_filled() -> None:
    assert all(text.strip() for text in texts())
    german = " ".join(q.words["de"] for q in PROTOCOL.questions).lower().split()
    assert not {"du", "dein", "deine", "dir", "euch", "ihr"} & set(german)


def test_a_long_and_nasty_text_is_read_quickly() -> None:
    nasty = ("mail " * 3000) + ("a" * 20000) + " nicht" * 3000
    assert suggest(PROTOCOL, Told(description=nasty, sector=nasty, company=nasty)).verdict is Verdict.ADVICE
