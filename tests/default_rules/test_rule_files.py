"""The rule files: complete, in both languages, short and formal; and a fault in one is told with its line."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cyberwehr.default_rules.endings_file import ENDINGS, VERDICTS, load_endings
from cyberwehr.default_rules.first_aid_file import ANSWERS, FIRST_AID, load_first_aid
from cyberwehr.default_rules.legal_file import LEGAL, load_legal
from cyberwehr.default_rules.reading import RulesFault
from cyberwehr.domain.first_aid import CHOICES, CommandersWord
from cyberwehr.domain.guidance import Step
from cyberwehr.domain.terms import CallType

AID = load_first_aid()
UNPLUG = CommandersWord(unplug=frozenset(CallType))
SWITCH_OFF = CommandersWord(switch_off=frozenset(CallType))
WORDS = [CommandersWord(), UNPLUG, SWITCH_OFF]
EVERYTHING = {
    "danger_to_life": "yes", "remote_access_now": "yes", "spreading": "yes", "backups": "online",
    "credentials_entered": "yes", "money_sent": "yes", "money_sent_hours_ago": 3, "personal_data": "ordinary",
    "own_it_provider": "reachable", "attack_suspected": "yes",
}  # fmt: skip
INFORMAL = re.compile(r"\b(du|dir|dich|dein\w*|euch|euer\w*|eure\w*)\b", re.IGNORECASE)

every_type = pytest.mark.parametrize("call_type", [None, *CallType])


def codes(call_type: CallType | None, word: CommandersWord = UNPLUG, **answers: object) -> list[str]:
    return [step.code for step in AID.steps(call_type, answers, word)]


def all_steps() -> Iterator[Step]:
    for call_type in (None, *CallType):
        for word in WORDS:
            yield from AID.steps(call_type, EVERYTHING, word)


@every_type
def test_whatever_it_is_there_is_something_to_do_and_to_leave(call_type: CallType | None) -> None:
    for word in WORDS:
        kinds = {step.kind for step in AID.steps(call_type, {}, word)}
        assert {"do", "dont"} <= kinds
        assert 5 <= len(AID.steps(call_type, {}, word)) <= 14


def test_steps_are_short_formal_and_in_both_languages() -> None:
    for step in all_steps():
        for words in (step.words, step.why, step.spoken):
            assert {"de", "en"} <= set(words)
            assert words["de"] != words["en"]
            assert not INFORMAL.search(words["de"]), words["de"]
        assert max(map(len, step.words.values())) <= 140
        assert step.source


def test_sentences_can_be_taken_in_by_somebody_frightened() -> None:
    for step in all_steps():
        for sentence in re.split(r"[.!?:] ", step.words["de"]):
            assert len(sentence.split()) <= 16, sentence


def test_life_comes_first() -> None:
    for call_type in (None, *CallType):
        assert codes(call_type, **EVERYTHING)[0] == "call_112"
        assert "call_112" not in codes(call_type, danger_to_life="unknown")


def test_situations_add_what_they_need() -> None:
    assert codes(CallType.OTHER, remote_access_now="yes")[0] == "cut_off"
    assert "network_off" in codes(CallType.RANSOMWARE, spreading="yes")
    assert "backups_off_now" in codes(CallType.RANSOMWARE, backups="online")
    assert "change_given_password" in codes(CallType.PHISHING_CREDENTIALS, credentials_entered="yes")
    assert "bank_hurry" in codes(CallType.PAYMENT_FRAUD, money_sent="yes", money_sent_hours_ago=48)
    assert "bank_hurry" not in codes(CallType.PAYMENT_FRAUD, money_sent="yes", money_sent_hours_ago=49)
    assert "report_personal_data" in codes(CallType.LOST_DEVICE, personal_data="special")
    assert "own_it" in codes(CallType.DDOS, own_it_provider="reachable")


def test_a_missing_or_odd_answer_is_no_answer() -> None:
    for odd in (None, True, 5, ["yes"], {"yes": 1}, float("nan")):
        assert codes(None, **dict.fromkeys(ANSWERS, odd)) == codes(None)


def test_the_commanders_word_decides_where_the_sources_differ() -> None:
    default, off = codes(CallType.RANSOMWARE), codes(CallType.RANSOMWARE, SWITCH_OFF)
    assert {"cable_out", "leave_on"} <= set(default)
    assert {"stay_connected", "switch_off"} <= set(off)
    assert not {"cable_out", "leave_on"} & set(off)
    assert not {"stay_connected", "switch_off"} & set(default)


def test_no_step_contradicts_another() -> None:
    for call_type in (None, *CallType):
        for word in WORDS:
            told = set(codes(call_type, word, **EVERYTHING))
            assert not {"cable_out", "stay_connected"} <= told
            assert not {"leave_on", "switch_off"} <= told


def test_nothing_is_told_twice() -> None:
    told = codes(CallType.PAYMENT_FRAUD, money_sent="yes")
    assert len(told) == len(set(told))


def test_the_agreed_rules_are_told() -> None:
    """Cable out, not off, no administrator, delete nothing, passwords elsewhere, backups apart, police."""
    assert {
        "cable_out", "leave_on", "no_admin", "delete_nothing", "passwords_elsewhere", "backups_apart", "police",
    } <= set(codes(CallType.RANSOMWARE))  # fmt: skip


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_end_has_its_words(verdict: str) -> None:
    for answers in ({}, {"caller_kind": "private_person"}, {"caller_kind": "press"}, {"wants": "complaint"}):
        ending = load_endings().find(verdict, answers)
        for words in (ending.headline, ending.words, *(place.what_for for place in ending.places)):
            assert {"de", "en"} <= set(words)
            assert not INFORMAL.search(words["de"])


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ({"caller_kind": "private_person"}, "consumer_centre"),
        ({"caller_kind": "public_authority"}, "state_cert"),
        ({"caller_kind": "critical_infrastructure"}, "bsi_report"),
        ({"wants": "complaint"}, "onlinewache"),
        ({"own_it_provider": "reachable"}, "hotline"),
        ({}, "bsi_service"),
    ],
)
def test_whom_to_turn_to_depends_on_who_calls(answers: dict[str, str], place: str) -> None:
    assert place in [each.code for each in load_endings().find("referred", answers).places]


def test_numbers_are_those_we_are_sure_of() -> None:
    told = {place.phone for choice in load_endings().choices for place in choice.ending.places} - {""}
    assert told == {"110", "116 116", "0800 274 1000"}


Loader = Callable[[Path], Any]
FAULTS: list[tuple[Loader, Path, str, str, str]] = [
    (load_first_aid, FIRST_AID, 'kind = "do"', 'kind = "maybe"', 'nothing here is called "maybe"'),
    (load_first_aid, FIRST_AID, 'de = "Ziehen Sie am', f'de = "{"x" * 120} am', "say it in at most 140"),
    (load_first_aid, FIRST_AID, ', en = "Delete nothing and reinstall nothing."', "", "is missing"),
    (load_first_aid, FIRST_AID, 'danger_to_life = "yes"', 'danger_to_life = "perhaps"', 'answered with "perhaps"'),
    (load_first_aid, FIRST_AID, 'danger_to_life = "yes"', "danger_to_life = { x = 1 }", "cannot be answered with"),
    (load_first_aid, FIRST_AID, 'danger_to_life = "yes"', 'danger = "yes"', "unknown key"),
    (load_first_aid, FIRST_AID, "hours_ago = { at_most = 48 }", 'hours_ago = "yes"', "is a number"),
    (load_first_aid, FIRST_AID, 'source = "cisa"', 'source = "hearsay"', 'nothing here is called "hearsay"'),
    (load_first_aid, FIRST_AID, 'choice = "leave_on"', 'choice = "sleep"', 'nothing here is called "sleep"'),
    (load_first_aid, FIRST_AID, 'code = "photograph"', 'code = "cable_out"', "stands here twice"),
    (load_first_aid, FIRST_AID, 'last = ["own_it", ', "last = [", "own_it is never told"),
    (load_first_aid, FIRST_AID, "other = [", "others = [", "is missing"),
    (load_first_aid, FIRST_AID, '"ask_it", "photograph", "write_down", ', '"ask_it", ', "no step of the kind do"),
    (load_legal, LEGAL, 'after = "bsig_report"', 'after = "bsig"', "there is no duty bsig"),
    (load_legal, LEGAL, "months = 1\n", "months = 1\nhours = 1\n", "either in hours or in months"),
    (load_legal, LEGAL, "months = 1\n", "", "go together"),
    (load_legal, LEGAL, 'read = "2026-11"', 'read = "recently"', "month in which the text was read"),
    (load_legal, LEGAL, "hours = 72", 'hours = "72"', "whole number"),
    (load_legal, LEGAL, 'concerns = "nis2"', 'concerns = "some"', 'nothing here is called "some"'),
    (load_legal, LEGAL, '"*klinik"', '"*"', "must be one word of 3 letters"),
    (load_legal, LEGAL, "https://www.ldi.nrw.de", "www.ldi.nrw.de", "must be a URL like"),
    (load_endings, ENDINGS, 'verdict = "nuisance"', 'verdict = "rude"', "nuisance has no ending"),
    (load_endings, ENDINGS, 'phone = "110"\n', "", "nobody can reach this place"),
    (load_endings, ENDINGS, 'caller_kind = "press"', 'caller_kind = "fan"', 'answered with "fan"'),
    (load_endings, ENDINGS, 'places = ["hotline"]', 'places = ["moon"]', 'nothing here is called "moon"'),
    (load_endings, ENDINGS, "hotline = true\n\n", 'hotline = true\nphone = "1"\n\n', "no number of their own"),
]


@pytest.mark.parametrize(("load", "file", "before", "after", "sentence"), FAULTS)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, load: Loader, file: Path, before: str, after: str, sentence: str
) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    wrong = tmp_path / file.name
    wrong.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(RulesFault, match=rf"{file.name}:[1-9]\d*: .*") as refused:
        load(wrong)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("load", [load_first_aid, load_legal, load_endings])
def test_no_file_and_no_toml_are_told(tmp_path: Path, load: Loader) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[order", encoding="utf-8")
    for file in (broken, tmp_path / "missing.toml"):
        with pytest.raises(RulesFault, match=file.name):
            load(file)


def test_both_sides_of_every_question_are_written() -> None:
    told = {step.code for step in all_steps()}
    assert len(CHOICES) == 4
    assert {"cable_out", "stay_connected", "leave_on", "switch_off"} <= told
