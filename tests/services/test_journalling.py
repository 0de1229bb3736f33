"""Every use case leaves its entry; a refusal leaves none."""

import pytest
from sqlalchemy import select

from cyberwehr.domain.terms import CalloutStatus, CallType, DeclineReason, FollowUp, Role, Verdict
from cyberwehr.instance import Instance
from cyberwehr.services import accounts, answers, api_tokens, callouts, calls, timers
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.errors import Conflict, Gone, Invalid, Refused, Unknown
from cyberwehr.services.triage import Judgement, judge_call
from cyberwehr.storage import JournalEntry, journal
from tests.conftest import MovingClock
from tests.services import stage
from tests.services.stage import COLLEAGUE, COMMANDER, OPERATOR, actions, alarmed, raise_alarm

YES = answers.Acceptance(30, "Frau Technik", "Chef")
NO = answers.Refusal(DeclineReason.TOO_FAR, "zu weit", "Chef")

ALL = {
    "call_received",
    "call_claimed",
    "call_judged",
    "incident_opened",
    "call_placed",
    "call_back",
    "call_attached",
    "call_withdrawn",
    "wave_sent",
    "alarm_sent",
    "alarm_opened",
    "alarm_looking",
    "alarm_reminded",
    "alarm_accepted",
    "alarm_declined",
    "alarm_expired",
    "alarm_withdrawn",
    "callout_released",
    "callout_en_route",
    "callout_on_site",
    "callout_done",
    "callout_reported",
    "arrival_overdue",
    "report_reminded",
    "incident_ended",
    "incident_closed",
    "user_invited",
    "user_set_up",
    "signed_in",
    "signed_out",
    "token_created",
}


def everything(instance: Instance, clock: MovingClock) -> None:
    placed = stage.call(instance, postal_code=None, town=None)
    calls.claim_call(instance, placed, OPERATOR)
    calls.place_call(instance, placed, "bochum", OPERATOR)
    calls.call_back(instance, placed, calls.CallBack(True, "Frau Muster"), OPERATOR)
    reference = stage.judge(instance, placed)
    more = stage.call(instance)
    calls.attach_call(instance, more, reference, OPERATOR)
    raise_alarm(instance, reference)
    links = stage.tokens(instance, reference)
    answers.open_alarm(instance, links["bochum/bo-1"])
    answers.looking(instance, links["bochum/bo-1"])
    clock.forward(minutes=6)
    timers.run_due(instance)
    first, *others = stage.look(instance, reference).alarms
    answers.answer_by_phone(instance, reference, first.id, NO, OPERATOR)
    clock.forward(minutes=5)
    timers.run_due(instance)
    answers.answer_by_phone(instance, reference, others[0].id, YES, OPERATOR)
    callouts.release(instance, reference, "Auto kaputt", COMMANDER)
    live = next(a for a in stage.look(instance, reference).alarms if a.status == "sent")
    answers.accept(instance, live.link.rsplit("/", 1)[1], YES)
    clock.forward(hours=2)
    timers.run_due(instance)
    for status in (CalloutStatus.EN_ROUTE, CalloutStatus.ON_SITE, CalloutStatus.DONE):
        callouts.advance(instance, reference, status, OPERATOR, note="Notiz")
    clock.forward(hours=25)
    timers.run_due(instance)
    callouts.report(instance, reference, callouts.CalloutReport(9, "f", "m", "s", FollowUp.NONE), OPERATOR)
    callouts.close(instance, reference, COMMANDER)
    gone = stage.call(instance)
    stage.judge(instance, gone)
    calls.withdraw_call(instance, gone, "doch nicht", OPERATOR)
    accounts.create_user(instance, "o@cyberwehr.example", Role.OPERATOR, "a very long password", ENGINE)
    session = accounts.sign_in(instance, "o@cyberwehr.example", "a very long password")
    assert session is not None
    accounts.sign_out(instance, session)
    api_tokens.create_token(instance, Role.OPERATOR, "tool", ENGINE)


def test_every_use_case_leaves_its_entry(instance: Instance, clock: MovingClock) -> None:
    everything(instance, clock)
    assert ALL - set(actions(instance)) == set()
    with instance.reading() as tx:
        assert journal.verify(tx) == (len(actions(instance)), None)
    with instance.reading() as tx:
        entries = tx.scalars(select(JournalEntry)).all()
        assert all(e.actor and e.at for e in entries)
        notes = {e.note for e in entries if e.note_sealed}
    assert {"Frau Muster", "zu weit", "Auto kaputt", "Notiz", "doch nicht", "Chef"} <= notes


def test_what_is_refused_changes_nothing_and_leaves_no_entry(instance: Instance, clock: MovingClock) -> None:
    reference, links = alarmed(instance)
    call = stage.look(instance, reference).calls[0].reference
    answers.accept(instance, links["bochum/bo-1"], answers.Acceptance(30, "T"))
    before = actions(instance)
    other = next(p for p in links if p != "bochum/bo-1")
    advice = Judgement(Verdict.ADVICE, CallType.OTHER)
    refusals = [
        (Unknown, lambda: answers.accept(instance, "no such link", YES)),
        (Conflict, lambda: answers.accept(instance, links["bochum/bo-1"], YES)),
        (Gone, lambda: answers.accept(instance, links[other], YES)),
        (Gone, lambda: answers.decline(instance, links[other], NO)),
        (Conflict, lambda: answers.decline(instance, links["bochum/bo-1"], NO)),
        (Conflict, lambda: calls.claim_call(instance, call, COLLEAGUE)),
        (Conflict, lambda: judge_call(instance, call, advice, COLLEAGUE)),
        (Conflict, lambda: judge_call(instance, call, advice, OPERATOR)),
        (Unknown, lambda: calls.claim_call(instance, "CW-XXXX-XX", OPERATOR)),
        (Invalid, lambda: calls.place_call(instance, call, "atlantis", OPERATOR)),
        (Conflict, lambda: calls.place_call(instance, call, "essen", OPERATOR)),
        (Conflict, lambda: callouts.close(instance, reference, COMMANDER)),
        (
            Conflict,
            lambda: callouts.report(
                instance, reference, callouts.CalloutReport(1, "f", "m", "s", FollowUp.NONE), OPERATOR
            ),
        ),
        (Conflict, lambda: raise_alarm(instance, reference)),
    ]
    for kind, work in refusals:
        with pytest.raises(Refused) as refused:
            work()
        assert type(refused.value) is kind
    assert actions(instance) == before


def test_the_same_again_changes_nothing(instance: Instance) -> None:
    reference, links = alarmed(instance)
    call = stage.look(instance, reference).calls[0].reference
    answers.accept(instance, links["bochum/bo-1"], answers.Acceptance(30, "T"))
    callouts.advance(instance, reference, CalloutStatus.ON_SITE, OPERATOR)
    before = actions(instance)
    callouts.advance(instance, reference, CalloutStatus.ON_SITE, OPERATOR)
    calls.claim_call(instance, call, OPERATOR)
    with pytest.raises(Conflict, match="backward_state"):
        callouts.advance(instance, reference, CalloutStatus.EN_ROUTE, OPERATOR)
    assert actions(instance) == before


def test_a_late_answer_is_told_precisely(instance: Instance, clock: MovingClock) -> None:
    reference, links = alarmed(instance)
    clock.forward(minutes=10)
    late = links["bochum/bo-1"]
    with pytest.raises(Gone, match="alarm_expired"):  # before any engine has noticed
        answers.accept(instance, late, answers.Acceptance(30, "T"))
    timers.run_due(instance)
    with pytest.raises(Gone, match="alarm_expired"):
        answers.decline(instance, late, answers.Refusal(DeclineReason.OTHER))
    alarm = next(a for a in stage.look(instance, reference).alarms if a.provider == "bochum/bo-1")
    taken = answers.answer_by_phone(instance, reference, alarm.id, YES, OPERATOR)
    assert taken.status == "accepted"
    assert {a.status for a in stage.look(instance, reference).alarms} == {"accepted", "expired", "withdrawn"}
