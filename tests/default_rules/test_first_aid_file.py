"""First aid: for every kind of case something to do and something to leave, in both languages, in the right order."""

import pytest

from cyberwehr.default_rules.first_aid_file import FirstAid, load_first_aid, read_first_aid
from cyberwehr.domain.terms import CallType
from cyberwehr.faults import Refusal

GOOD = """
version = "1"
[network]
unplug = ["ransomware"]
[power]
switch_off = []
[[step]]
code = "a"
kind = "do"
words = { de = "Tun Sie das.", en = "Do that." }
why = "because"
"""


@pytest.fixture(scope="module")
def first_aid() -> FirstAid:
    return load_first_aid()


def codes(first_aid: FirstAid, call_type: CallType | None, **answers: object) -> list[str]:
    return [step.code for step in first_aid.steps(call_type, answers)]


@pytest.mark.parametrize("call_type", [*CallType, None])
def test_every_kind_of_case_has_something_to_do_and_to_leave(first_aid: FirstAid, call_type: CallType | None) -> None:
    kinds = [step.kind for step in first_aid.steps(call_type, {})]
    assert {"do", "dont"} <= set(kinds)
    assert 3 <= len(kinds) <= 14


def test_nobody_has_to_read_long_sentences(first_aid: FirstAid) -> None:
    texts = [text for rule in first_aid.rules for text in (*rule.step.words.values(), *rule.step.said.values())]
    assert max(map(len, texts)) <= 140
    assert all(text.endswith((".", "!")) for text in texts)
    assert not any(" du " in f" {text.lower()} " for text in texts)


def test_people_come_first(first_aid: FirstAid) -> None:
    assert codes(first_aid, CallType.RANSOMWARE, danger_to_life="yes", spreading="yes")[0] == "call_112"
    assert "call_112" not in codes(first_aid, CallType.RANSOMWARE, danger_to_life="no")


def test_who_is_in_now_is_cut_off_before_anything_else(first_aid: FirstAid) -> None:
    assert codes(first_aid, CallType.REMOTE_SUPPORT_SCAM, remote_access_now="yes")[0] == "end_remote_access"


def test_it_follows_the_answers(first_aid: FirstAid) -> None:
    calm, spreading = (codes(first_aid, CallType.RANSOMWARE, spreading=answer) for answer in ("no", "yes"))
    assert set(spreading) - set(calm) == {"unplug_others"}
    assert "call_bank" in codes(first_aid, CallType.PAYMENT_FRAUD)
    assert "call_bank_too" in codes(first_aid, CallType.MAILBOX_COMPROMISE, money_sent="yes")
    assert "think_of_duties" in codes(first_aid, CallType.DATA_LEAK, personal_data="special")
    assert "backups_apart" not in codes(first_aid, CallType.RANSOMWARE, backups="none")
    assert "cut_remote_maintenance" not in codes(first_aid, CallType.SUPPLIER_OUTAGE, attack_suspected="no")


def test_by_default_devices_are_unplugged_and_left_on(first_aid: FirstAid) -> None:
    told = codes(first_aid, CallType.RANSOMWARE)
    assert told.index("unplug") < told.index("leave_on")
    assert "switch_off" not in told
    assert "unplug" not in codes(first_aid, CallType.DDOS)


def test_the_commander_decides_otherwise() -> None:
    told = codes(load_first_aid(unplug=(), switch_off=(CallType.RANSOMWARE,)), CallType.RANSOMWARE)
    assert "switch_off" in told
    assert not {"unplug", "leave_on"} & set(told)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('kind = "do"', 'kind = "perhaps"'), "first_aid.toml: a: needs a kind"),
        (('why = "because"', ""), "first_aid.toml: a: needs a kind .* and a why"),
        ((', en = "Do that."', ""), "first_aid.toml: a: has no words in en"),
        (('why = "because"', 'why = "because"\ncall_types = ["plague"]'), "first_aid.toml: a: 'plague'"),
        (('why = "because"', 'why = "because"\nwenn = {}'), "first_aid.toml: a: unknown key wenn"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(change: tuple[str, str], sentence: str) -> None:
    read_first_aid(GOOD)
    with pytest.raises(Refusal, match=sentence):
        read_first_aid(GOOD.replace(*change))


def test_a_code_given_twice_is_refused() -> None:
    with pytest.raises(Refusal, match="a: this code stands twice"):
        read_first_aid(GOOD + GOOD[GOOD.index("[[step]]") :])
