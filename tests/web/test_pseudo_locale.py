"""Every word on every page comes from the catalogues: with each text in brackets, nothing readable is left outside."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, template_rendered
from jinja2 import Template

from cyberwehr.app import create_app
from cyberwehr.default_rules.legal_file import load_legal
from cyberwehr.domain.terms import CallType, Verdict
from cyberwehr.i18n import LOCALES, Catalogue, Catalogues, Texts
from cyberwehr.instance import Instance
from tests.conftest import MovingClock
from tests.web.test_pages import setup, sign_in
from tests.web.test_pages_staff import deliver, set_unserved
from tests.web.world import CALL, World

WEB = Path(__file__).parents[2] / "cyberwehr/web"
BRACKETED = re.compile("⟦[^⟦⟧]*⟧")
NOT_WORDS = re.compile(r"CW-\w{4}-\w{2}|https?://\S+|\S+@\S+|\d+ (?:Sek|Min|St|Tag)\w*|rsit:\S+|cyberwehr engine")
"""References, addresses, lengths of time (the library's words), tags, and a command to type."""

SPOKEN = frozenset({"alt", "aria-label", "title", "placeholder", "content"})
"""Attributes that are read out or shown; `content` only where it is a description."""

DATA = {name: f"⟦{CALL[name]}⟧" for name in ("company", "contact_name", "street", "sector", "description")}
"""What people typed is no text of ours: it brings its own brackets."""

SAFE = {"email_safe": True, "safe_contact": {"kind": "phone", "value": "0234 5550199"}}
ACCEPT_BY_API = {"eta_minutes": 30, "technician": "⟦Frau Beispiel⟧"}
ACCEPT = {"eta_minutes": "30", "technician": "⟦Frau Beispiel⟧"}
REPORT = {"minutes": "95", "findings": "⟦f⟧", "measures": "⟦m⟧", "signed_off_by": "⟦s⟧", "follow_up": "none"}


class Words(HTMLParser):
    """What somebody sees or hears of a page, but for the code word, which is drawn from a list of words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self._code_word = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._code_word = given.get("class") == "word"
        described = tag != "meta" or given.get("name") == "description"
        self.words += [value for name, value in attrs if name in SPOKEN and value and described]

    def handle_endtag(self, tag: str) -> None:
        self._code_word = False

    def handle_data(self, data: str) -> None:
        if not self._code_word:
            self.words.append(data)


class Visitor:
    """Looks at pages and remembers what they say that no catalogue knows."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.foreign: dict[str, list[str]] = {}
        self.names = names(world.instance)

    def see(self, path: str, **form: str) -> None:
        """A page, or what follows a form: browsers show nothing of a redirect."""
        method = "POST" if form else "GET"
        answer = self.world.client.open(path, method=method, data=form, follow_redirects=True)
        if found := self.foreign_words(answer.get_data(as_text=True)):
            self.foreign[f"{path} {form or ''}"] = found

    def foreign_words(self, page: str) -> list[str]:
        return re.findall(r"[^\W\d_]+", self.names.sub("", NOT_WORDS.sub("", outside(" ".join(Words(page).words)))))


def outside(text: str) -> str:
    """What stands outside of all brackets; a text may hold another one."""
    while (less := BRACKETED.sub("", text)) != text:
        text = less
    return text


def names(instance: Instance) -> re.Pattern[str]:
    """Proper names: the service, cities, providers, languages. The longest first: one may be part of another."""
    cities = [name for region in instance.regions.values() for name in region.name.values()]
    providers = [provider.name for provider in instance.providers.values()]
    spoken = [locale.languages[code] for locale in LOCALES.values() for code in LOCALES]
    laws = {duty.source for duty in load_legal().duties.values()}
    people = {"operator", "commander"}  # the names of the tokens that act here
    known = {instance.config.instance.name, *cities, *providers, *spoken, *laws, *people}
    return re.compile("|".join(re.escape(name) for name in sorted(known, key=len, reverse=True)))


def in_brackets() -> Catalogues:
    """The German texts, each in brackets."""
    german = Catalogues.load().core["de"]
    texts = {key: tuple(f"⟦{form}⟧" for form in forms) for key, forms in german.messages.items()}
    return Catalogues(dict.fromkeys(LOCALES, Catalogue(texts, german.form)), {}, "de")


@contextmanager
def noting_templates(app: Flask) -> Iterator[set[str]]:
    """The names of the templates rendered meanwhile."""
    seen: set[str] = set()

    def note(_app: Flask, template: Template, **_: object) -> None:
        seen.add(str(template.name))

    with template_rendered.connected_to(note, app):
        yield seen


@pytest.fixture
def visitor(sqlite_instance: Instance) -> Visitor:
    world = World(replace(sqlite_instance, catalogues=in_brackets()))
    world.app = create_app(world.instance.config, instance=world.instance)
    world.client = world.app.test_client()
    return Visitor(world)


def call(world: World) -> tuple[str, str]:
    """A call's reference and the path of its page."""
    answer = world.post("/calls", {**CALL, **DATA, **SAFE}, "operator").json
    assert answer is not None
    return answer["reference"], "/status/" + answer["status_url"].rsplit("/", 1)[1]


def strangers(visitor: Visitor) -> None:
    for path in ("/", "/report", "/status/unknown", "/alarm/unknown", "/nothing", "/desk/login"):
        visitor.see(path)
    visitor.see("/report", employees="x", town="x" * 400, email_safe="perhaps")
    visitor.see("/report", phone="1", form_key="1")
    visitor.see("/desk/login", email="")
    visitor.see("/desk/login", email="a@b.example", password="1")
    visitor.see("/", nothing="POST is not for this page")


def callers(visitor: Visitor) -> None:
    """What somebody does on the own page, by day; refused and taken."""
    _, status = call(visitor.world)
    for path in (status, f"{status}?still=1", f"{status}/note", f"{status}/withdraw", "/status/unknown/note"):
        visitor.see(path)
    visitor.see(f"{status}/note", note=" ")
    for number in range(21):
        visitor.see(f"{status}/note", note=f"⟦{number}⟧")
    visitor.see(f"{status}/note")
    visitor.see(f"{status}/withdraw", reason=f"⟦{'x' * 2001}⟧")
    visitor.see(f"{status}/withdraw", reason="⟦x⟧")
    for action, form in (("note", "note"), ("withdraw", "reason")):
        visitor.see(f"{status}/{action}")
        visitor.see(f"{status}/{action}", **{form: "⟦too late⟧"})


def verdicts(visitor: Visitor) -> None:
    for verdict in set(Verdict) - {Verdict.EMERGENCY}:
        reference, status = call(visitor.world)
        judged = {"verdict": verdict.value, "call_type": "defect", "urgency": "normal"}
        visitor.world.post(f"/calls/{reference}/triage", judged)
        visitor.see(status)


def helped(visitor: Visitor) -> None:
    """From the call to the report, as the caller, the winner and a loser see it."""
    world = visitor.world
    reference, status = call(world)
    visitor.see(status)
    world.post(f"/calls/{reference}/claim", {}, "operator")
    visitor.see(status)
    incident = world.emergency(reference)
    visitor.see(status)
    world.alarmed(incident)
    winner, loser, *_ = (f"/alarm/{token}" for token in world.links(incident).values())
    for path in (status, winner):
        visitor.see(path)
    for action in ("accept", "decline"):
        visitor.see(f"{winner}/{action}", nothing="1")
    visitor.see(f"{winner}/looking", nothing="1")
    visitor.see("/provider/")
    visitor.see("/provider/session", token=winner.rsplit("/", 1)[1])
    visitor.see(f"{winner}/accept", eta_own="x", technician="x" * 300)
    finish(visitor, status, winner, loser)


def finish(visitor: Visitor, status: str, winner: str, loser: str) -> None:
    steps: list[tuple[str, Mapping[str, str]]] = [
        ("accept", ACCEPT),
        ("permission", {"access": "yes"}),
        ("permission", {"access": "yes", "liability": "yes", "data_protection": "yes", "signed_by": "⟦s⟧"}),
        *(("advance", {"status": step}) for step in ("nowhere", "en_route", "on_site", "done")),
        ("report", {"minutes": "x"}),
        ("report", REPORT),
    ]
    for action, form in steps:
        visitor.see(f"{winner}/{action}", **form)
        for path in (status, winner):
            visitor.see(path)
    visitor.see(loser)
    visitor.see(f"{loser}/accept", **ACCEPT)


def not_helped(visitor: Visitor, clock: MovingClock) -> None:
    """Declined, released, withdrawn, expired, and nobody found."""
    world = visitor.world
    reference, status = call(world)
    incident = world.alarmed(world.emergency(reference))
    winner, loser, *_ = (f"/alarm/{token}" for token in world.links(incident).values())
    visitor.see(f"{loser}/decline", reason="too_far")
    visitor.see(loser)
    visitor.see(f"{winner}/accept", **ACCEPT)
    world.post(f"/incidents/{incident}/release", {"reason": "x"})
    visitor.see(winner)
    world.post(f"/calls/{reference}/withdraw", {"reason": "x"})
    visitor.see(status)
    reference, status = call(world)
    set_unserved(world, world.emergency(reference))
    visitor.see(status)
    expired = "/alarm/" + next(iter(world.links(world.alarmed(world.emergency(call(world)[0]))).values()))
    clock.forward(hours=10)
    for path in ("/", "/report", status, expired):
        visitor.see(path)


def first_aid(visitor: Visitor) -> None:
    visitor.see("/first-aid")
    for call_type in CallType:
        visitor.see(f"/first-aid/{call_type}")
    visitor.see("/first-aid/nothing")


def staff(visitor: Visitor) -> None:
    world = visitor.world
    link = setup(world)
    visitor.see(link)
    visitor.see(link, email="x", password="1", password_again="2")
    visitor.see(link, email="a@b.example", password="1", password_again="1")
    visitor.see("/office/messages")
    world.call(**DATA, postal_code="99999", town="⟦x⟧")
    world.alarmed(world.emergency(world.call(**DATA)))
    deliver(world)
    visitor.see("/office/messages")
    sign_in(world)
    visitor.see("/desk/")
    desk(visitor)
    for query in ("", "?from=2026-11-23&to=2026-11-23", "?from=x&to=y&region=z", "?from=2026-11-24&to=2026-11-23"):
        visitor.see(f"/office/demand{query}")
    visitor.see("/office/demand?to=2020-01-01")


def desk(visitor: Visitor) -> None:
    """The pages of calls and incidents in their states, with forms that are refused."""
    world = visitor.world
    reference = call(world)[0]
    page = f"/desk/calls/{reference}"
    visitor.see("/desk/calls/new")
    visitor.see(page)
    for action in ("judge", "callback", "place", "attach"):
        visitor.see(f"{page}/{action}", csrf_token=csrf(world), nothing="1")
    visitor.see(page)
    incident = world.alarmed(world.emergency(reference))
    case = f"/desk/incidents/{incident}"
    for path in (page, case):
        visitor.see(path)
    for action in ("alarm/chosen", "release", "callout", "report", "close", "duties/nothing"):
        visitor.see(f"{case}/{action}", csrf_token=csrf(world), nothing="1")
    world.post(f"/alarms/{next(iter(world.links(incident).values()))}/accept", ACCEPT_BY_API, None)
    visitor.see(case)
    world.post(f"/incidents/{incident}/callout", {"status": "done"})
    visitor.see(case)
    for verdict in ("advice", "nuisance"):
        ended = call(world)[0]
        judged = {"verdict": verdict, "call_type": "defect", "override_reason": "⟦x⟧"}
        world.post(f"/calls/{ended}/triage", judged)
        visitor.see(f"/desk/calls/{ended}")


def csrf(world: World) -> str:
    """What the forms of the control room carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', world.client.get("/desk/").get_data(as_text=True))
    assert found
    return found[1]


def in_data_brackets(texts: Texts, words: Mapping[str, str]) -> str:
    """Texts that data files give per language bring their own brackets, too."""
    return f"⟦{words.get(texts.language, '')}⟧"


def test_every_word_comes_from_the_catalogues(
    visitor: Visitor, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Texts, "pick", in_data_brackets)
    with noting_templates(visitor.world.app) as seen:
        staff(visitor)
        strangers(visitor)
        first_aid(visitor)
        callers(visitor)
        verdicts(visitor)
        helped(visitor)
        not_helped(visitor, clock)
        visitor.see("/desk/")
    assert visitor.foreign == {}
    pages = {str(page.relative_to(page.parents[1])) for page in WEB.glob("*/templates/*/*.html") if is_page(page)}
    assert pages | {"problem.html"} <= seen, "a page that nobody looked at"


def is_page(template: Path) -> bool:
    return template.read_text(encoding="utf-8").startswith('{% extends "base.html" %}')


def test_a_word_outside_the_catalogues_is_found(visitor: Visitor) -> None:
    page = '<p>⟦a ⟦b⟧ c⟧ CW-1234-56 Bochum <b title="Hint">Cyberwehr</b> a@b.example 10:00 lost</p>'
    assert visitor.foreign_words(page) == ["Hint", "lost"]
