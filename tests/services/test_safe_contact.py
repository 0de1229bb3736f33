"""What leaves the building and who sees what: safe ways only, staged disclosure, nothing personal afterwards."""

import json
from dataclasses import replace
from typing import Any

import pytest

from cyberwehr.domain.call import Consent, Details, Report, SafeContact
from cyberwehr.domain.terms import CalloutStatus, Channel, DeclineReason, Disclosure, FollowUp, Role
from cyberwehr.instance import Instance
from cyberwehr.services import answers, callouts, calls, timers
from cyberwehr.services.actors import CALLER, Actor
from cyberwehr.services.errors import Gone, Unknown
from cyberwehr.services.finding import spoken
from cyberwehr.services.intake import receive_call
from cyberwehr.services.reading import Filters, list_incidents, show_alarm, show_call, show_incident, show_status
from tests.conftest import MovingClock
from tests.services import stage
from tests.services.stage import COMMANDER, OPERATOR, PERSONAL, alarmed, look, raise_alarm

YES = answers.Acceptance(30, "Frau Technik")
REPORT = callouts.CalloutReport(90, "Befund bei Muster GmbH", "Massnahme", "Petra Muster", FollowUp.NONE)


def technician_of(provider: str) -> Actor:
    return Actor("token:9", Role.PROVIDER, provider)


def personal_in(value: Any) -> list[str]:
    shown = json.dumps(value, default=str, ensure_ascii=False)
    return [word for word in (*PERSONAL, "Frau Technik") if word in shown]


def through(instance: Instance, clock: MovingClock) -> tuple[str, str]:
    """A whole walk; the incident's reference and the winner's link."""
    reference, links = alarmed(instance)
    answers.accept(instance, links["bochum/bo-1"], YES)
    for status in (CalloutStatus.EN_ROUTE, CalloutStatus.ON_SITE, CalloutStatus.DONE):
        clock.forward(minutes=30)
        callouts.advance(instance, reference, status, OPERATOR, note="Petra Muster war da")
    callouts.report(instance, reference, REPORT, OPERATOR)
    callouts.close(instance, reference, COMMANDER)
    return reference, links["bochum/bo-1"]


@pytest.mark.parametrize(
    ("details", "address"),
    [
        ({}, None),
        ({"email_safe": False}, None),
        ({"email_safe": True}, "info@muster.example"),
        ({"safe_contact": SafeContact("mail", "petra@home.example")}, "petra@home.example"),
        ({"email_safe": True, "safe_contact": SafeContact("mail", "petra@home.example")}, "petra@home.example"),
        ({"safe_contact": SafeContact("phone", "0171 555")}, None),
    ],
)
def test_callers_are_written_to_only_where_it_is_safe(
    sqlite_instance: Instance, clock: MovingClock, details: dict, address: str | None
) -> None:
    reference, links = alarmed(sqlite_instance, **details)
    answers.accept(sqlite_instance, links["bochum/bo-1"], YES)
    written = [m for m in stage.letters(sqlite_instance) if m["kind"] in ("received", "help_coming")]
    assert {m["to"] for m in written} == ({address} if address else set())
    assert len(written) == (2 if address else 0)
    own = [m["to"] for m in stage.letters(sqlite_instance) if m["to"] == "info@muster.example"]
    assert len(own) == (2 if address == "info@muster.example" else 0)
    assert look(sqlite_instance, reference).calls


def test_the_code_word_is_in_no_message_and_the_details_in_none_before_acceptance(
    sqlite_instance: Instance, clock: MovingClock
) -> None:
    told = stage.alerted(sqlite_instance)
    reference, links = alarmed(told, email_safe=True)
    clock.forward(minutes=6)
    timers.run_due(told)
    answers.accept(told, links["bochum/bo-1"], YES)
    callouts.release(told, reference, "kommt nicht", COMMANDER)
    letters = stage.letters(told)
    assert {m["kind"] for m in letters} >= {"received", "alarm", "taken", "assigned", "help_coming", "withdrawn"}
    code_word = look(told, reference).code_word
    for letter in letters:
        text = " ".join(str(letter[part]) for part in ("subject", "text", "html", "short"))
        assert code_word not in text
        if letter["kind"] not in ("received", "help_coming"):
            assert personal_in(text) == []


def test_staged_before_acceptance_nobody_learns_who_it_is(instance: Instance) -> None:
    reference, links = alarmed(instance)
    for provider, link in links.items():
        for seen in (show_alarm(instance, link), show_incident(instance, reference, technician_of(provider))):
            assert personal_in(seen) == []
            assert seen["contact"] is None
            assert seen["code_word"] is None
            assert seen["site"]["town"] == "Bochum"
            assert seen["site"]["postal_district"] == "448.."
    answers.accept(instance, links["bochum/bo-1"], YES)
    winner = show_alarm(instance, links["bochum/bo-1"])
    assert winner["contact"]["company"] == "Muster GmbH"
    assert winner["contact"]["email"] is None
    assert winner["code_word"] == look(instance, reference).code_word
    del links["bochum/bo-1"]
    for provider, link in links.items():
        assert personal_in(show_alarm(instance, link)) == []
        assert personal_in(show_incident(instance, reference, technician_of(provider))) == []


def test_direct_shows_it_with_the_offer_and_only_as_long_as_it_stands(instance: Instance, clock: MovingClock) -> None:
    direct = stage.with_region(instance, "bochum", lambda r: replace(r, disclosure=Disclosure.DIRECT))
    reference, links = alarmed(direct)
    link = links["bochum/bo-1"]
    assert show_alarm(direct, link)["contact"]["company"] == "Muster GmbH"
    assert show_alarm(direct, link)["code_word"] is None
    assert all("Muster GmbH" in m["text"] for m in stage.letters(direct, kind="alarm", channel="mail"))
    clock.forward(minutes=10)
    assert personal_in(show_alarm(direct, link)) == []
    assert personal_in(show_incident(direct, reference, technician_of("bochum/bo-1"))) == []


def test_a_day_after_the_end_a_provider_sees_nothing_personal(instance: Instance, clock: MovingClock) -> None:
    reference, link = through(instance, clock)
    technician = technician_of("bochum/bo-1")
    clock.forward(hours=24)
    for seen in (show_alarm(instance, link), show_incident(instance, reference, technician)):
        assert seen["contact"]["company"] == "Muster GmbH"
        assert seen["callout"]["report"]["signed_off_by"] == "Petra Muster"
    clock.forward(seconds=1)
    for seen in (show_alarm(instance, link), show_incident(instance, reference, technician)):
        assert personal_in(seen) == []
        assert (seen["contact"], seen["code_word"]) == (None, None)
        assert seen["callout"]["status"] is CalloutStatus.DONE
    assert personal_in(show_incident(instance, reference, OPERATOR))


def test_who_gave_it_back_sees_nothing_personal_any_more(instance: Instance) -> None:
    reference, links = alarmed(instance)
    answers.accept(instance, links["bochum/bo-1"], YES)
    callouts.release(instance, reference, "kommt nicht", COMMANDER)
    assert personal_in(show_alarm(instance, links["bochum/bo-1"])) == []
    assert personal_in(show_incident(instance, reference, technician_of("bochum/bo-1"))) == []


def test_a_provider_sees_its_own_alarms_only(instance: Instance) -> None:
    reference, links = alarmed(instance)
    other = stage.emergency(instance, postal_code="45127", town="Essen")
    raise_alarm(instance, other, "essen/e-1", reason="nur dieser")
    mine = technician_of("essen/e-1")
    with pytest.raises(Unknown):
        show_incident(instance, reference, mine)
    assert [i["reference"] for i in list_incidents(instance, Filters(), mine, 50, None).items] == [other]
    first = next(iter(links))
    seen = show_incident(instance, reference, technician_of(first))
    assert {a["provider"] for a in seen["alarms"]} == {first}
    assert seen["calls"] == []
    answers.accept(instance, links[first], YES)
    for actor in (mine, technician_of(next(p for p in links if p != first))):
        with pytest.raises(Unknown):
            callouts.advance(instance, reference, CalloutStatus.EN_ROUTE, actor)
        with pytest.raises(Unknown):
            callouts.report(instance, reference, REPORT, actor)
    callouts.advance(instance, reference, CalloutStatus.EN_ROUTE, technician_of(first))


def test_the_caller_sees_who_comes_and_the_code_word_until_it_is_long_over(
    instance: Instance, clock: MovingClock
) -> None:
    reference, links = alarmed(instance)
    with instance.reading() as tx:
        link = tx.merge(look(instance, reference).calls[0]).link.rsplit("/", 1)[1]
    assert show_status(instance, link)["code_word"] is None
    answers.accept(instance, links["bochum/bo-1"], YES)
    seen = show_status(instance, link)
    assert seen["code_word"] == look(instance, reference).code_word
    assert (seen["technician"], seen["provider_name"]) == ("Frau Technik", instance.providers["bochum/bo-1"].name)
    callouts.release(instance, reference, "kommt nicht", COMMANDER)
    assert show_status(instance, link)["technician"] is None
    calls.withdraw_call(instance, look(instance, reference).calls[0].reference, "doch nicht", OPERATOR)
    assert show_status(instance, link)["status"] == "withdrawn"
    clock.forward(days=14, seconds=1)
    with pytest.raises(Gone):
        show_status(instance, link)


def test_consent_is_kept_as_given(instance: Instance) -> None:
    reference = stage.call(instance, consent=Consent(forward=None, statistics=True, police=False))
    assert show_call(instance, reference)["consent"] == {"forward": None, "statistics": True, "police": False}


def test_a_decline_with_a_conflict_is_the_reason_that_is_shown(instance: Instance) -> None:
    reference, links = alarmed(instance)
    answers.decline(instance, links["bochum/bo-1"], answers.Refusal(DeclineReason.CONFLICT_OF_INTEREST, "Kunde"))
    seen = show_incident(instance, reference, OPERATOR)
    assert [(a["decline_reason"], a["note"]) for a in seen["alarms"] if a["provider"] == "bochum/bo-1"] == [
        (DeclineReason.CONFLICT_OF_INTEREST, "Kunde")
    ]


@pytest.mark.parametrize("typed", ["CW-7K4M-2Q", "cw 7k4m 2q", "7k4m2q", "cw7k4m2q", " CW-7K4M-2Q "])
def test_references_as_people_type_them(typed: str) -> None:
    assert spoken(typed) == "CW-7K4M-2Q"


@pytest.mark.parametrize("typed", ["CW-CW7K-2Q", "cwcw7k2q", "CW7K2Q"])
def test_a_reference_may_itself_begin_with_cw(typed: str) -> None:
    assert spoken(typed) == "CW-CW7K-2Q"


def test_a_stranger_whose_form_was_attached_does_not_learn_who_comes(instance: Instance) -> None:
    reference, tokens = alarmed(instance)
    told = Details(company="Muster GmbH", email="stranger@evil.example", email_safe=True, town="Bochum")
    receipt = receive_call(instance, Report(Channel.WEB, "de", told), CALLER)
    calls.attach_call(instance, receipt.reference, reference, OPERATOR)
    answers.accept(instance, next(iter(tokens.values())), answers.Acceptance(30, "Frau Beispiel"))
    seen = show_status(instance, receipt.status_url.rsplit("/", 1)[1])
    assert (seen["incident_status"], seen["code_word"], seen["technician"]) == ("assigned", None, None)
    assert stage.letters(instance, kind="help_coming") == []
    calls.call_back(instance, receipt.reference, calls.CallBack(True), OPERATOR)
    assert show_status(instance, receipt.status_url.rsplit("/", 1)[1])["code_word"]


def test_a_release_changes_the_code_word(instance: Instance) -> None:
    reference, tokens = alarmed(instance)
    answers.accept(instance, next(iter(tokens.values())), answers.Acceptance(30, "Frau Beispiel"))
    before = look(instance, reference).code_word
    callouts.release(instance, reference, "kommt nicht", COMMANDER)
    assert look(instance, reference).code_word != before


def test_an_unsafe_mailbox_stays_unsafe_under_another_name() -> None:
    details = Details(
        email="chef@muster.example", email_safe=False, safe_contact=SafeContact("mail", "Chef@muster.example")
    )
    assert details.safe_mail is None


def test_a_report_after_a_withdrawal_does_not_open_the_page_again(instance: Instance, clock: MovingClock) -> None:
    reference, tokens = alarmed(instance)
    token = next(iter(tokens.values()))
    accepted = answers.accept(instance, token, answers.Acceptance(30, "Frau Beispiel"))
    first = look(instance, reference).calls[0].reference
    calls.withdraw_call(instance, first, "hat sich erledigt", OPERATOR)
    clock.forward(hours=25)
    assert show_alarm(instance, token)["contact"] is None
    told = callouts.CalloutReport(30, "nichts", "nichts", "Frau Beispiel", FollowUp.NONE)
    callouts.report(instance, reference, told, Actor("provider", Role.PROVIDER, accepted.provider))
    assert look(instance, reference).status == "withdrawn"
    assert show_alarm(instance, token)["contact"] is None
    callouts.close(instance, reference, COMMANDER)
    assert show_alarm(instance, token)["contact"] is None


def test_a_stranger_cannot_forbid_the_alarm(instance: Instance) -> None:
    reference, _ = alarmed(instance)
    told = Details(company="Muster GmbH", phone="0234 5550100", consent=Consent(forward=False))
    receipt = receive_call(instance, Report(Channel.WEB, "de", told), CALLER)
    calls.attach_call(instance, receipt.reference, reference, OPERATOR)
    raise_alarm(instance, reference)
