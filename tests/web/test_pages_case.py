"""The caller's own pages: what is shown when, notes, withdrawing."""

from typing import Any

import pytest
from sqlalchemy import select

from cyberwehr.instance import Instance
from cyberwehr.storage import JournalEntry
from tests.conftest import MovingClock
from tests.web.test_pages_public import calls, limited, send, text
from tests.web.world import World


def page_of(world: World) -> str:
    return send(world).location.partition("?")[0]


def the_call(world: World) -> dict[str, Any]:
    (call,) = calls(world)
    return call


def verified(world: World) -> str:
    """The incident of the one call there is, whose caller was rung."""
    reference = the_call(world)["reference"]
    world.post(f"/calls/{reference}/callback", {"reached": True, "spoken_with": "Frau Muster"})
    return world.emergency(reference)


def note(world: World, page: str, words: str, **options: Any) -> Any:
    return world.client.post(f"{page}/note?lang=en", data={"note": words}, **options)


def test_a_note_reaches_the_control_centre(small_world: World) -> None:
    page = page_of(small_world)
    assert note(small_world, page, " Jetzt auch der Server. ").status_code == 303
    assert note(small_world, page, "Jetzt auch der Server.").status_code == 303, "a double click"
    (kept,) = the_call(small_world)["notes"]
    assert (kept["by"], kept["text"]) == ("caller", "Jetzt auch der Server.")
    with small_world.instance.reading() as tx:
        entry = tx.scalars(select(JournalEntry).where(JournalEntry.action == "call_noted")).one()
        assert (entry.actor, entry.note_sealed) == ("caller", None)


@pytest.mark.parametrize("words", ["", "  ", "x" * 2001])
def test_a_note_of_the_wrong_length_is_shown_again(small_world: World, words: str) -> None:
    answer = note(small_world, page_of(small_world), words)
    assert answer.status_code == 422
    assert '<a href="#note">' in text(answer)
    assert the_call(small_world)["notes"] == []


def test_twenty_notes_are_enough(small_world: World) -> None:
    world = limited(small_world.instance, 1000)
    page = page_of(world)
    assert {note(world, page, f"Notiz {n}").status_code for n in range(20)} == {303}
    assert note(world, page, "one more").status_code == 409
    assert len(the_call(world)["notes"]) == 20
    assert f"{page}/note" not in text(world.client.get(page))


@pytest.mark.parametrize(("action", "field"), [("note", "note"), ("withdraw", "reason")])
def test_too_often(sqlite_instance: Instance, action: str, field: str) -> None:
    world = limited(sqlite_instance, 2)
    page = page_of(world)
    answers = [world.client.post(f"{page}/{action}", data={field: f"Text {n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[2].headers["Retry-After"]) > 0


def test_another_sites_form_does_nothing(small_world: World) -> None:
    page = page_of(small_world)
    headers = {"Origin": "https://evil.example"}
    assert note(small_world, page, "x", headers=headers).status_code == 403
    assert small_world.client.post(f"{page}/withdraw", headers=headers).status_code == 403
    assert (the_call(small_world)["status"], the_call(small_world)["notes"]) == ("waiting", [])


def test_withdrawing_calls_everybody_off(small_world: World) -> None:
    page = page_of(small_world)
    incident = small_world.alarmed(verified(small_world))
    question = text(small_world.client.get(f"{page}/withdraw?lang=en"))
    assert "Withdraw the report?" in question
    assert the_call(small_world)["status"] == "triaged", "asking is not doing"
    assert small_world.client.post(f"{page}/withdraw", data={"reason": "Fehlalarm"}).status_code == 303
    assert the_call(small_world)["status"] == "withdrawn"
    assert small_world.incident(incident)["status"] == "withdrawn"
    after = small_world.client.get(f"{page}?lang=en")
    assert "Report withdrawn" in text(after)
    assert "Refresh" not in after.headers


def test_nobody_is_sent_away_from_a_form(small_world: World) -> None:
    page = page_of(small_world)
    incident = small_world.alarmed(verified(small_world))
    token = next(iter(small_world.links(incident).values()))
    small_world.post(f"/alarms/{token}/accept", {"eta_minutes": 30, "technician": "Herr Beispiel"}, None)
    small_world.post(f"/incidents/{incident}/callout", {"status": "on_site"})
    refused = small_world.client.post(f"{page}/withdraw?lang=en", data={"reason": "x"})
    assert refused.status_code == 409
    assert "can no longer be withdrawn here" in text(refused)
    assert small_world.incident(incident)["status"] == "on_site"


def test_the_timeline_tells_each_step_with_its_time(small_world: World, clock: MovingClock) -> None:
    page = page_of(small_world)
    incident = small_world.alarmed(verified(small_world))
    token = next(iter(small_world.links(incident).values()))
    small_world.post(f"/alarms/{token}/accept", {"eta_minutes": 30, "technician": "Herr Beispiel"}, None)
    clock.forward(minutes=20)
    small_world.post(f"/incidents/{incident}/callout", {"status": "en_route"})
    shown = text(small_world.client.get(f"{page}?lang=en"))
    now = shown.index('aria-current="step"')
    assert "On the way to you" in shown[now : now + 200]
    assert "10:20" in shown[now : now + 300]
    assert shown.count('aria-current="step"') == 1


def test_a_stranger_does_not_learn_when_somebody_comes(small_world: World) -> None:
    """A second form about the same company, attached but never verified."""
    send(small_world)
    incident = small_world.alarmed(verified(small_world))
    other = send(small_world, form_key="two", phone="0234 5550177").location.partition("?")[0]
    reference = next(call["reference"] for call in calls(small_world) if call["phone"] == "0234 5550177")
    assert small_world.post(f"/calls/{reference}/attach", {"incident": incident}).status_code == 200
    token = next(iter(small_world.links(incident).values()))
    small_world.post(f"/alarms/{token}/accept", {"eta_minutes": 30, "technician": "Herr Beispiel"}, None)
    shown = text(small_world.client.get(f"{other}?lang=en"))
    assert "Herr Beispiel" not in shown
    assert small_world.incident(incident)["code_word"] not in shown
    assert "We tell you by telephone who is coming." in shown


def test_it_renews_itself_until_nothing_can_change_or_the_reader_says_no(small_world: World) -> None:
    page = page_of(small_world)
    assert small_world.client.get(page).headers["Refresh"] == "30"
    assert "Refresh" not in small_world.client.get(f"{page}?still=1").headers
    small_world.post(f"/calls/{the_call(small_world)['reference']}/withdraw", {"reason": "x"})
    assert "Refresh" not in small_world.client.get(page).headers


def test_what_somebody_sees_becomes_the_reported_type(small_world: World) -> None:
    assert "Files no longer open" in text(small_world.client.get("/report?lang=en"))
    send(small_world, reported_type="ransomware")
    assert the_call(small_world)["reported_call_type"] == "ransomware"
    assert send(small_world, reported_type="nonsense").status_code == 422


def test_out_of_hours_the_form_helps_at_once(small_world: World, clock: MovingClock) -> None:
    assert "We are closed now" not in text(small_world.client.get("/report?lang=en"))
    clock.forward(hours=12)
    night = text(small_world.client.get("/report?lang=en"))
    assert "We are closed now" in night
    assert "Tuesday, 24 November 2026, 08:00" in night
    assert 'class="first-aid"' in night


@pytest.mark.parametrize("path", ["/", "/report"])
def test_the_first_lines_say_who_pays(small_world: World, path: str) -> None:
    shown = text(small_world.client.get(f"{path}?lang=en"))
    assert "Free of charge for your company" in shown
    assert "pay 80%" in shown
    assert "What happens next" in shown


def test_an_ended_case_has_no_forms(small_world: World, clock: MovingClock) -> None:
    page = page_of(small_world)
    small_world.post(f"/calls/{the_call(small_world)['reference']}/withdraw", {"reason": "x"})
    for action in ("note", "withdraw"):
        assert "<form" not in text(small_world.client.get(f"{page}/{action}"))
    assert note(small_world, page, "zu spät").status_code == 409
    clock.forward(days=15)
    assert small_world.client.get(f"{page}/note").status_code == 410
    assert note(small_world, page, "x").status_code == 410
    assert small_world.client.get("/status/unknown/withdraw").status_code == 404


def test_another_language_keeps_the_page(small_world: World) -> None:
    page = page_of(small_world)
    assert f'href="{page}/note?lang=de"' in text(small_world.client.get(f"{page}/note?lang=en"))
