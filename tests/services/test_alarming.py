"""Raising the alarm: who may be asked, the next wave at once, mutual aid, nobody left, plugins that fail."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pluggy
import pytest

from cyberwehr.domain.call import Consent
from cyberwehr.domain.region import Region
from cyberwehr.domain.terms import AlarmStatus, Channel, DeclineReason, Disclosure, IncidentStatus, Urgency
from cyberwehr.hookspecs import PROJECT, RegionHooks, hookimpl
from cyberwehr.instance import Instance
from cyberwehr.services import answers, callouts, calls, timers
from cyberwehr.services.errors import Conflict, Invalid
from cyberwehr.services.ranking import show_ranking
from cyberwehr.storage import journal
from tests.conftest import MovingClock
from tests.services import stage
from tests.services.stage import COMMANDER, OPERATOR, actions, alarmed, emergency, look, raise_alarm, statuses

NO = answers.Refusal(DeclineReason.NO_CAPACITY)
YES = answers.Acceptance(30, "Frau Technik")


def plan(urgency: Urgency = Urgency.CRITICAL, **changes: Any) -> Callable[[Region], Region]:
    return lambda region: replace(region, plans={**region.plans, urgency: replace(region.plan(urgency), **changes)})


def refused(code: str) -> Any:
    return pytest.raises(Conflict, match=f"^{code}$")


def test_a_decline_brings_the_next_provider_in_the_same_breath(instance: Instance) -> None:
    reference, links = alarmed(instance)
    assert len(links) == 3
    answers.decline(instance, links["bochum/bo-1"], NO)
    found = statuses(instance, reference)
    assert found.pop("bochum/bo-1") == "declined"
    assert list(found.values()) == ["sent"] * 3


def test_neighbours_help_when_the_own_providers_are_through(instance: Instance) -> None:
    reference, _ = alarmed(instance)
    for _ in range(4):
        own = {p: t for p, t in stage.tokens(instance, reference, AlarmStatus.SENT).items() if p.startswith("bochum")}
        if own:
            answers.decline(instance, next(iter(own.values())), NO)
    live = stage.tokens(instance, reference, AlarmStatus.SENT)
    assert len(live) == 2
    assert {p.split("/")[0] for p in live} == {"essen"}
    assert [w.tier for w in look(instance, reference).waves][-1] == 1


def test_when_nobody_is_left_the_commander_is_told_once(instance: Instance) -> None:
    told = stage.alerted(instance)
    reference, _ = alarmed(told)
    while live := stage.tokens(told, reference, AlarmStatus.SENT):
        answers.decline(told, next(iter(live.values())), NO)
    assert len(statuses(told, reference)) == 8
    assert look(told, reference).status is IncidentStatus.UNSERVED
    raised = raise_alarm(told, reference)
    assert (raised.wave, raised.alarms, raised.status) == (None, (), "unserved")
    [letter] = stage.letters(told, kind="commander")
    assert letter["to"] == stage.ALERT.to
    assert actions(told).count("incident_unserved") == 1


def test_a_commander_who_asks_for_more_than_there_is_hears_it_while_offers_are_out(instance: Instance) -> None:
    told = stage.alerted(instance)
    reference, _ = alarmed(told)
    while (raised := raise_alarm(told, reference)).wave is not None:
        pass
    assert (raised.alarms, raised.status) == ((), "unserved")
    assert stage.queued_to_commander(told) == 1
    live = stage.tokens(told, reference, AlarmStatus.SENT)
    assert len(live) == 8
    answers.accept(told, next(iter(live.values())), YES)
    assert look(told, reference).status is IncidentStatus.ASSIGNED


def test_silence_after_a_push_for_more_is_asked_again_all_the_same(instance: Instance, clock: MovingClock) -> None:
    told = stage.with_region(stage.alerted(instance), "bochum", plan(rounds=2))
    reference, _ = alarmed(told)
    while raise_alarm(told, reference).wave is not None:
        pass
    clock.forward(minutes=11)
    timers.run_due(told)
    assert look(told, reference).status is IncidentStatus.ALARMING
    assert "sent" in statuses(told, reference).values()


def test_closing_what_is_unserved_calls_off_who_was_still_asked(instance: Instance) -> None:
    reference, _ = alarmed(instance)
    while raise_alarm(instance, reference).wave is not None:
        pass
    callouts.close(instance, reference, COMMANDER)
    assert set(statuses(instance, reference).values()) == {"withdrawn"}


def test_nobody_left_for_the_second_time_is_told_again(instance: Instance, clock: MovingClock) -> None:
    """Unserved, then taken on the phone after all, then given back: nobody is left, as before, and it is news."""
    told = stage.with_region(stage.alerted(instance), "bochum", plan(fan_out=9, rounds=1))
    told = stage.with_region(told, "bochum", lambda r: replace(r, neighbours=()))
    reference, _ = alarmed(told)
    clock.forward(minutes=11)
    timers.run_due(told)
    assert stage.queued_to_commander(told) == 1
    late = look(told, reference).alarms[0]
    answers.answer_by_phone(told, reference, late.id, replace(YES, spoken_with="Chef"), OPERATOR)
    callouts.release(told, reference, "Auto kaputt", COMMANDER)
    assert look(told, reference).status is IncidentStatus.UNSERVED
    assert stage.queued_to_commander(told) == 2


def test_silence_ends_in_unserved_even_if_the_region_was_taken_off_the_instance(
    instance: Instance, clock: MovingClock
) -> None:
    told = stage.alerted(instance)
    reference, _ = alarmed(told)
    left = stage.without_region(told, "bochum")
    other = emergency(told, postal_code="45127", town="Essen")
    raise_alarm(told, other)
    for _ in range(2):
        clock.forward(minutes=6)
        timers.run_due(left)  # reminders, then expiry
    assert look(left, reference).status is IncidentStatus.UNSERVED
    assert stage.queued_to_commander(left) == 1
    assert look(left, other).status is IncidentStatus.ALARMING
    with refused("region_open"):
        raise_alarm(left, reference)


def test_a_commander_may_ask_for_more_and_choose_otherwise_with_a_reason(instance: Instance) -> None:
    reference, first = alarmed(instance)
    more = raise_alarm(instance, reference)
    assert {a.provider for a in more.alarms} == {f"bochum/bo-{n}" for n in range(1, 5)} - set(first)
    with pytest.raises(Invalid, match="override_reason_missing"):
        raise_alarm(instance, reference, "gelsenkirchen/ge-1")
    with refused("already_alarmed"):
        raise_alarm(instance, reference, "bochum/bo-1", reason="noch einmal")
    with pytest.raises(Invalid, match="unknown_provider"):
        raise_alarm(instance, reference, "bochum/none", reason="?")
    chosen = raise_alarm(instance, reference, "gelsenkirchen/ge-1", "gelsenkirchen/ge-1", reason="kennt das Haus")
    assert [a.provider for a in chosen.alarms] == ["gelsenkirchen/ge-1"]
    with instance.reading() as tx:
        wave = tx.merge(look(instance, reference).waves[-1], load=True)
        assert wave.override_reason == "kennt das Haus"
        assert wave.ranking["tiers"][0][0]["reasons"]


def test_choosing_exactly_the_proposal_needs_no_reason(instance: Instance) -> None:
    reference = emergency(instance)
    best = [c.provider.id for c in show_ranking(instance, reference).candidates[:3]]
    assert raise_alarm(instance, reference, *reversed(best)).wave == 1


def test_a_commander_may_ask_again_who_declined(instance: Instance) -> None:
    reference, links = alarmed(instance)
    answers.decline(instance, links["bochum/bo-1"], NO)
    [again] = raise_alarm(instance, reference, "bochum/bo-1", reason="hat zurückgerufen").alarms
    assert again.round == 2


def test_what_stands_in_the_way_of_an_alarm(instance: Instance) -> None:
    nowhere = emergency(instance, postal_code=None, town=None)
    with refused("region_open"):
        raise_alarm(instance, nowhere)
    unwilling = emergency(instance, consent=Consent(forward=False))
    with refused("consent_refused"):
        raise_alarm(instance, unwilling, reason="trotzdem")
    taken, links = alarmed(instance)
    answers.accept(instance, links["bochum/bo-1"], YES)
    with refused("already_assigned"):
        raise_alarm(instance, taken)
    callouts.advance(instance, taken, callouts.CalloutStatus.NOBODY_THERE, OPERATOR)
    with refused("incident_ended"):
        raise_alarm(instance, taken)
    assert not look(instance, unwilling).alarms


@pytest.mark.parametrize("channel", [Channel.WEB, Channel.PARTNER])
def test_a_form_is_verified_by_a_call_back_or_the_commander_says_why_not(instance: Instance, channel: Channel) -> None:
    first, second = (stage.call(instance, channel) for _ in range(2))
    one, two = stage.judge(instance, first), stage.judge(instance, second)
    with refused("callback_missing"):
        raise_alarm(instance, one)
    calls.call_back(instance, first, calls.CallBack(False, None), OPERATOR)
    with refused("callback_missing"):
        raise_alarm(instance, one)
    calls.call_back(instance, first, calls.CallBack(True, "Frau Muster"), OPERATOR)
    assert raise_alarm(instance, one).wave == 1
    assert raise_alarm(instance, two, reason="Anruf bei der Polizei bestätigt").wave == 1


def test_a_refusal_of_a_call_that_was_withdrawn_binds_nobody_and_its_data_go_nowhere(instance: Instance) -> None:
    first = stage.call(instance, company="Schweigt GmbH", consent=Consent(forward=False))
    reference = stage.judge(instance, first)
    second = stage.call(instance, company="Redet GmbH")
    calls.attach_call(instance, second, reference, OPERATOR)
    with refused("consent_refused"):
        raise_alarm(instance, reference)
    calls.withdraw_call(instance, first, "Irrtum", OPERATOR)
    direct = stage.with_region(instance, "bochum", lambda r: replace(r, disclosure=Disclosure.DIRECT))
    raise_alarm(direct, reference)
    texts = [letter["text"] for letter in stage.letters(direct, kind="alarm")]
    assert all("Redet GmbH" in text and "Schweigt GmbH" not in text for text in texts)


class TestAutomaticAlarms:
    @pytest.fixture
    def auto(self, instance: Instance) -> Instance:
        return stage.with_region(instance, "bochum", plan(auto=True))

    def test_judging_is_enough(self, auto: Instance) -> None:
        assert len(look(auto, emergency(auto)).alarms) == 3
        assert not look(auto, emergency(auto, Urgency.HIGH)).alarms

    def test_judging_again_alarms_nobody_twice(self, auto: Instance) -> None:
        call = stage.call(auto)
        assert stage.judge(auto, call) == (reference := stage.judge(auto, call))
        assert len(look(auto, reference).alarms) == 3

    def test_a_form_waits_for_its_call_back(self, auto: Instance) -> None:
        call = stage.call(auto, Channel.WEB)
        reference = stage.judge(auto, call)
        assert not look(auto, reference).alarms
        assert "auto_alarm_held_back" in actions(auto)
        calls.call_back(auto, call, calls.CallBack(True, "Frau Muster"), OPERATOR)
        assert len(look(auto, reference).alarms) == 3

    def test_an_unplaced_call_waits_for_its_place(self, auto: Instance) -> None:
        call = stage.call(auto, postal_code=None, town=None)
        reference = stage.judge(auto, call)
        assert not look(auto, reference).alarms
        calls.place_call(auto, call, "bochum", OPERATOR)
        assert len(look(auto, reference).alarms) == 3


def asking(instance: Instance, hook: Callable[..., Any]) -> Instance:
    """The instance with this ranking hook in the first region."""

    class Own:
        @hookimpl
        def cyberwehr_rank_providers(self, region: Any, incident: Any, candidates: Any, now: Any) -> Any:
            return hook(candidates)

    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(RegionHooks)
    manager.register(Own())
    loaded = {**instance.plugins.loaded_regions}
    loaded["bochum"] = replace(loaded["bochum"], manager=manager)
    return replace(instance, plugins=replace(instance.plugins, loaded_regions=loaded))


def explode(_candidates: object) -> Any:
    raise ZeroDivisionError("kaputt")


@pytest.mark.parametrize(
    "answer",
    [
        explode,
        lambda _c: 5,
        lambda _c: "bochum/bo-4",
        lambda _c: [1, 2],
        lambda _c: {"bochum/bo-4": 1},
        lambda c: c,
        lambda c: (x.provider.id for x in c),
        lambda _c: b"xx",
    ],
    ids=["raises", "a number", "one text", "numbers", "a mapping", "candidates", "a generator", "bytes"],
)
def test_a_plugin_that_fails_leaves_the_order_to_the_core_and_the_journal_says_so(
    sqlite_instance: Instance, answer: Callable[..., Any]
) -> None:
    reference = emergency(sqlite_instance)
    order = [c.provider.id for c in show_ranking(sqlite_instance, reference).candidates]
    broken = asking(sqlite_instance, answer)
    assert [c.provider.id for c in show_ranking(broken, reference).candidates] == order
    assert len(raise_alarm(broken, reference).alarms) == 3
    assert "order_plugin_failed" in actions(broken)
    with broken.reading() as tx:
        assert journal.verify(tx)[1] is None


@pytest.mark.parametrize(
    ("answer", "first"),
    [
        (lambda _c: ["bochum/bo-4", "bochum/bo-4", "nowhere/x"], "bochum/bo-4"),
        (lambda _c: None, "bochum/bo-1"),
        (lambda _c: [], "bochum/bo-1"),
    ],
)
def test_a_plugins_order_counts(sqlite_instance: Instance, answer: Callable[..., Any], first: str) -> None:
    asked = asking(sqlite_instance, answer)
    reference = emergency(asked)
    assert show_ranking(asked, reference).candidates[0].provider.id == first
    raise_alarm(asked, reference)
    assert "order_plugin_failed" not in actions(asked)


def test_who_is_out_on_a_job_or_had_one_lately_is_ranked_accordingly(instance: Instance, clock: MovingClock) -> None:
    instance = stage.with_provider(instance, "bochum/bo-4", capacity=1)
    first, links = alarmed(instance)
    answers.accept(instance, links["bochum/bo-4"], YES)
    busy = {c.provider.id: c for c in show_ranking(instance, emergency(instance)).candidates}["bochum/bo-4"]
    assert [r.code for r in busy.reasons] == ["at_capacity"]
    callouts.advance(instance, first, callouts.CalloutStatus.DONE, OPERATOR)
    later = emergency(instance)
    back = {c.provider.id: c for c in show_ranking(instance, later).candidates}["bochum/bo-4"]
    assert (back.eligible, back.load) == (True, 1.0)
    clock.forward(days=30, seconds=1)
    assert {c.provider.id: c.load for c in show_ranking(instance, later).candidates}["bochum/bo-4"] == 0.0


def test_friday_evening_a_normal_alarm_waits_for_monday_and_a_critical_one_goes_to_whom_is_there(
    instance: Instance, clock: MovingClock
) -> None:
    clock.at = datetime(2026, 11, 20, 17, 10, tzinfo=UTC)  # 18:10 in Germany
    normal, critical = emergency(instance, Urgency.NORMAL), emergency(instance)
    raise_alarm(instance, critical)
    assert {a.provider for a in look(instance, critical).alarms} == {"bochum/bo-1", "bochum/bo-4"}
    [alarm] = raise_alarm(instance, normal, "bochum/bo-2", reason="kennt das Haus").alarms
    assert alarm.expires_at == datetime(2026, 11, 23, 7, 45, tzinfo=UTC)
    clock.forward(days=1)
    timers.run_due(instance)
    own = [m["key"] for m in stage.letters(instance, kind="alarm") if m["key"].startswith(f"alarm:{alarm.id}:")]
    assert own == [f"alarm:{alarm.id}:0:0"]  # no reminder on Saturday
    assert look(instance, normal).alarms[0].status is AlarmStatus.SENT
