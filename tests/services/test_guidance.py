"""First aid, endings and clocks as callers and the control centre get them; letters only by a safe way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cyberwehr.domain.call import SafeContact
from cyberwehr.domain.guidance import runs
from cyberwehr.domain.terms import CallType, Channel, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services import calls, guidance, post
from cyberwehr.services.actors import PUBLIC
from cyberwehr.services.errors import Invalid, Unknown
from cyberwehr.services.finding import find_call, find_incident, locked_call
from cyberwehr.services.reading import show_status
from cyberwehr.services.triage import Judgement, judge_call
from cyberwehr.storage import Call
from tests.conftest import MONDAY_MORNING, MovingClock
from tests.services import stage
from tests.services.stage import COMMANDER, OPERATOR

SAFE = {"safe_contact": SafeContact("mail", "chefin@zuhause.example")}


def end(instance: Instance, verdict: Verdict, *, reason: str | None = "Anders entschieden.", **details: object) -> str:
    reference = stage.call(instance, **details)
    answers = {"caller_kind": "private_person"}
    judge_call(instance, reference, Judgement(verdict, CallType.OTHER, None, answers, reason), OPERATOR)
    return reference


def tell(instance: Instance, reference: str) -> None:
    with instance.begin() as tx:
        post.tell_ended(instance, tx, locked_call(tx, reference))


def status(instance: Instance, reference: str) -> dict[str, object]:
    with instance.reading() as tx:
        token = str(find_call(tx, reference).link).rsplit("/", 1)[1]
    return show_status(instance, token)


def clocks(instance: Instance, reference: str) -> dict[str, guidance.Deadline]:
    with instance.reading() as tx:
        return {clock.code: clock for clock in guidance.deadlines_of(instance, find_incident(tx, reference))}


def test_the_commanders_word_is_a_setting(sqlite_instance: Instance) -> None:
    usual = [step["code"] for step in guidance.first_aid_at_once(sqlite_instance, CallType.RANSOMWARE)]
    word = replace(sqlite_instance.config.first_aid, unplug=(), switch_off=(CallType.RANSOMWARE,))
    other = replace(sqlite_instance, config=replace(sqlite_instance.config, first_aid=word))
    changed = [step["code"] for step in guidance.first_aid_at_once(other, CallType.RANSOMWARE)]
    assert {"cable_out", "leave_on"} <= set(usual)
    assert {"stay_connected", "switch_off"} <= set(changed)
    assert not {"cable_out", "leave_on"} & set(changed)


def test_a_report_changes_what_first_aid_is_given(sqlite_instance: Instance) -> None:
    reference = stage.call(sqlite_instance, reported_type=CallType.DDOS)
    steps = status(sqlite_instance, reference)["first_aid"]
    assert "ddos_provider" in [step.code for step in steps]  # type: ignore[attr-defined]


def test_the_confirmation_says_what_to_do(instance: Instance) -> None:
    stage.call(instance, Channel.WEB, **SAFE, reported_type=CallType.RANSOMWARE)
    (letter,) = stage.letters(instance, kind="received")
    assert letter["to"] == "chefin@zuhause.example"
    for sentence in ("kostet Ihr Unternehmen nichts", "Administrator", "Wir rufen Sie unter der Nummer zurück"):
        assert sentence in letter["text"]


def test_life_comes_first_under_its_own_heading(sqlite_instance: Instance) -> None:
    steps = guidance.first_aid(sqlite_instance, CallType.RANSOMWARE, {"danger_to_life": "yes"})
    (kind, first), (then, _), *_ = runs(steps)
    assert (kind, [step.code for step in first], then) == ("call", ["call_112"], "do")


def test_whoever_rang_is_not_told_of_a_call_back(sqlite_instance: Instance) -> None:
    stage.call(sqlite_instance, Channel.PHONE, **SAFE)
    (letter,) = stage.letters(sqlite_instance, kind="received")
    assert "Wir rufen Sie unter der Nummer zurück" not in letter["text"]
    assert not status(sqlite_instance, stage.call(sqlite_instance, Channel.WEB, phone=None))["call_back"]


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.EMERGENCY])
def test_every_end_is_told_on_the_status_page(sqlite_instance: Instance, verdict: Verdict) -> None:
    seen = status(sqlite_instance, end(sqlite_instance, verdict))
    assert seen["ending"]
    assert seen["deadlines"] == ()
    assert not seen["call_back"]


def test_a_call_that_goes_on_has_no_ending(sqlite_instance: Instance) -> None:
    waiting = stage.call(sqlite_instance)
    assert status(sqlite_instance, waiting)["ending"] is None
    stage.judge(sqlite_instance, waiting)
    seen = status(sqlite_instance, waiting)
    assert seen["ending"] is None
    assert seen["deadlines"]


def test_the_end_is_written_only_by_a_safe_way(instance: Instance) -> None:
    safe, unsafe = end(instance, Verdict.REFERRED, **SAFE), end(instance, Verdict.REFERRED)
    for reference in (safe, safe, unsafe):
        tell(instance, reference)
    (letter,) = stage.letters(instance, kind="ended")
    assert letter["to"] == "chefin@zuhause.example"
    assert "Verbraucherzentrale" in letter["text"]
    assert safe in letter["subject"]


def test_a_nuisance_gets_no_letter(sqlite_instance: Instance) -> None:
    tell(sqlite_instance, end(sqlite_instance, Verdict.NUISANCE, **SAFE))
    assert stage.letters(sqlite_instance, kind="ended") == []


def test_withdrawing_and_attaching_are_told(sqlite_instance: Instance) -> None:
    first, second = stage.call(sqlite_instance, **SAFE), stage.call(sqlite_instance, **SAFE)
    incident = stage.judge(sqlite_instance, stage.call(sqlite_instance))
    calls.withdraw_call(sqlite_instance, first, "erledigt", OPERATOR)
    calls.attach_call(sqlite_instance, second, incident, OPERATOR)
    withdrawn, attached = stage.letters(sqlite_instance, kind="ended")
    assert "zurückgezogen" in withdrawn["text"]
    assert "der ersten zugeordnet" in attached["text"]
    assert status(sqlite_instance, first)["first_aid"] == ()
    assert status(sqlite_instance, second)["ending"] is None


def test_out_of_area_names_another_region_we_serve(sqlite_instance: Instance) -> None:
    reference = end(sqlite_instance, Verdict.OUT_OF_AREA)
    with sqlite_instance.begin() as tx:
        call: Call = locked_call(tx, reference)
        here = guidance.ending_of(sqlite_instance, call)
        call.region = "essen"
        elsewhere = guidance.ending_of(sqlite_instance, call)
    assert here is not None
    assert elsewhere is not None
    assert [place.code for place in here.places] == ["bsi_network", "zac_state"]
    assert (elsewhere.places[0].code, elsewhere.places[0].name["de"]) == ("region", "Bochum")
    assert elsewhere.places[0].phone == sqlite_instance.regions["bochum"].hotline


def test_the_clocks_of_an_incident(instance: Instance) -> None:
    reference = stage.call(instance, sector="Maschinenbau", employees=80)
    answers = {"noticed_hours_ago": 5, "personal_data": "special", "attack_suspected": "yes"}
    judged = judge_call(
        instance, reference, Judgement(Verdict.EMERGENCY, CallType.RANSOMWARE, None, answers, "Eilt."), OPERATOR
    )
    assert judged.incident is not None
    found = clocks(instance, judged.incident.reference)
    since = MONDAY_MORNING - timedelta(hours=5)
    assert (found["gdpr_33"].started_at, found["gdpr_33"].due_at) == (since, since + timedelta(hours=72))
    assert found["bsig_early"].due_at == since + timedelta(hours=24)
    assert all(found[code].likely for code in ("gdpr_33", "gdpr_34", "bsig_early", "police", "prosecutor"))


def test_a_small_workshop_is_probably_not_bound_by_nis2(sqlite_instance: Instance) -> None:
    found = clocks(sqlite_instance, stage.emergency(sqlite_instance, sector="Tischlerei", employees=8))
    assert not found["bsig_early"].likely
    assert found["gdpr_33"].likely


def test_a_duty_that_was_met_starts_the_month(instance: Instance, clock: MovingClock) -> None:
    reference = stage.emergency(instance)
    clock.forward(hours=3)
    sent = clock.at - timedelta(hours=1)
    guidance.meet_duty(instance, reference, "bsig_report", COMMANDER, sent)
    found = clocks(instance, reference)
    assert found["bsig_report"].done_at == sent
    assert found["bsig_final"].started_at == sent
    guidance.meet_duty(instance, reference, "police", COMMANDER)
    assert clocks(instance, reference)["police"].done_at == clock.at
    assert stage.actions(instance).count("duty_met") == 2


def test_duties_nobody_knows_and_times_to_come_are_refused(sqlite_instance: Instance) -> None:
    reference = stage.emergency(sqlite_instance)
    with pytest.raises(Invalid, match="unknown_duty"):
        guidance.meet_duty(sqlite_instance, reference, "tax", COMMANDER)
    with pytest.raises(Invalid, match="duty_in_future"):
        guidance.meet_duty(sqlite_instance, reference, "police", COMMANDER, MONDAY_MORNING + timedelta(days=1))
    with pytest.raises(Unknown):
        guidance.meet_duty(sqlite_instance, "CW-2222-22", "police", PUBLIC)
