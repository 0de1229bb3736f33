"""First aid and legal clocks as outsiders meet them: the API and the pages to read and print."""

import pytest

from cyberwehr.domain.terms import CallType
from tests.web.world import CALL, World


@pytest.mark.parametrize("call_type", [None, *CallType])
def test_a_receipt_says_what_to_do_at_once(small_world: World, call_type: str | None) -> None:
    receipt = small_world.post("/calls", {**CALL, "call_type": call_type}, "operator").json
    assert receipt is not None
    steps = receipt["first_aid"]
    assert len(steps) >= 5
    assert all(set(step) == {"code", "de", "en"} and step["de"] != step["en"] for step in steps)


def test_the_receipt_depends_on_what_was_reported(small_world: World) -> None:
    def told(call_type: str) -> set[str]:
        answer = small_world.post("/calls", {**CALL, "call_type": call_type}, "operator").json
        return {step["code"] for step in answer["first_aid"]}  # type: ignore[index]

    assert "backups_apart" in told("ransomware")
    assert "ddos_provider" in told("ddos")


def test_an_incident_shows_its_clocks(small_world: World) -> None:
    incident = small_world.incident(small_world.emergency())
    clocks = {clock["code"]: clock for clock in incident["deadlines"]}
    gdpr = clocks["gdpr_33"]
    assert gdpr["likely"] is True
    assert set(gdpr["name"]) == {"de", "en"}
    assert gdpr["due_at"] > gdpr["started_at"]
    assert clocks["bsig_final"]["due_at"] is None
    assert clocks["bsig_early"]["likely"] is False
    assert gdpr["source"].startswith("Verordnung (EU) 2016/679")


def test_a_provider_sees_no_clocks(small_world: World) -> None:
    assert small_world.incident(small_world.assigned(), "provider")["deadlines"] == []


@pytest.mark.parametrize("call_type", ["", *CallType])
def test_first_aid_to_read_and_to_print(small_world: World, call_type: str) -> None:
    path = f"/first-aid/{call_type}".rstrip("/")
    german = small_world.client.get(f"{path}?lang=de").get_data(as_text=True)
    english = small_world.client.get(f"{path}?lang=en").get_data(as_text=True)
    assert "Das tun Sie jetzt" in german
    assert "Das lassen Sie bitte" in german
    assert "Unsere Hilfe kostet Ihr Unternehmen nichts." in german
    assert "Do this now" in english
    assert "Leave this alone" in english


def test_first_aid_for_what_nobody_knows_is_no_page(small_world: World) -> None:
    for wrong in ("nothing", "RANSOMWARE", "%00", "x" * 3000):
        assert small_world.client.get(f"/first-aid/{wrong}").status_code == 404


MACROS = """{% import "first_aid.html" as aid with context %}
{{ aid.call_back(call) }}{{ aid.first_aid(call.first_aid, 3) }}{{ aid.ending(call.ending) }}
{{ aid.deadlines(call.deadlines) }}"""


def macros(world: World, reference: str) -> str:
    """What the caller's page is made of, in German."""
    from flask import render_template_string

    from cyberwehr.services.finding import find_call
    from cyberwehr.services.reading import show_status

    with world.instance.reading() as tx:
        token = str(find_call(tx, reference).link).rsplit("/", 1)[1]
    with world.app.test_request_context("/status/x?lang=de"):
        return render_template_string(MACROS, call=show_status(world.instance, token), zone=world.instance.zone)


def test_a_form_is_told_of_the_call_back(small_world: World) -> None:
    assert "Wir rufen Sie unter der Nummer zurück" in macros(small_world, small_world.call(channel="web"))
    assert "Wir rufen Sie unter der Nummer zurück" not in macros(small_world, small_world.call())


def test_the_callers_page_shows_steps_and_clocks(small_world: World) -> None:
    call = small_world.call()
    small_world.emergency(call)
    page = macros(small_world, call)
    assert "<h3>Das tun Sie jetzt</h3>" in page
    assert "<h2>Meldepflichten</h2>" in page
    assert "Spätestens: " in page
    assert "Diese betreffen Sie wahrscheinlich nicht" in page


def test_the_callers_page_shows_who_helps_instead(small_world: World) -> None:
    call = small_world.call()
    judged = {"verdict": "out_of_area", "call_type": "other", "override_reason": "Test"}
    assert small_world.post(f"/calls/{call}/triage", judged, "operator").status_code == 200
    page = macros(small_world, call)
    assert "Ihr Betrieb liegt außerhalb unseres Gebiets." in page
    assert 'href="tel:+498002741000"' in page
