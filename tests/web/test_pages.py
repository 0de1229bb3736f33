"""What holds for every page: both languages, the exercise banner, labels, and nothing the content policy blocks."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from werkzeug.test import TestResponse

from cyberwehr.domain.terms import Role
from cyberwehr.instance import Instance
from cyberwehr.services import accounts
from cyberwehr.services.actors import ENGINE
from tests.conftest import MovingClock
from tests.web.world import World

PASSWORD = "fifteen letters and more"
MARKS = {"de": "ÜBUNG", "en": "EXERCISE"}


class Page(HTMLParser):
    """What stands in a page, as far as these tests care."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(answer.get_data(as_text=True))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def sign_in(world: World, role: Role = Role.COMMANDER) -> None:
    accounts.create_user(world.instance, "frau@leitstelle.example", role, PASSWORD, ENGINE)
    answer = world.client.post("/desk/login", data={"email": "frau@leitstelle.example", "password": PASSWORD})
    assert answer.status_code == 303


def board(world: World) -> str:
    world.call()
    world.alarmed()
    sign_in(world)
    return "/desk/"


def status(world: World) -> str:
    answer = world.client.post("/report", data={"phone": "0234 5550100"})
    return str(answer.location)


def alarm(world: World) -> str:
    return "/alarm/" + next(iter(world.links(world.alarmed()).values()))


def taken(world: World) -> str:
    return "/alarm/" + world.links(world.assigned())["bochum/bo-1"]


def finished(world: World) -> str:
    return "/alarm/" + world.links(world.done())["bochum/bo-1"]


def setup(world: World) -> str:
    return str(accounts.first_administrator_link(world.instance)).removeprefix(world.instance.url(""))


PAGES: dict[str, Callable[[World], str]] = {
    "home": lambda _: "/",
    "report": lambda _: "/report",
    "status": status,
    "no status": lambda _: "/status/unknown",
    "alarm": alarm,
    "taken": taken,
    "finished": finished,
    "no alarm": lambda _: "/alarm/unknown",
    "login": lambda _: "/desk/login",
    "board": board,
    "setup": setup,
    "messages": lambda _: "/office/messages",
    "nothing": lambda _: "/nothing/here",
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_in_both_languages(small_world: World, page: str, language: str) -> None:
    path = PAGES[page](small_world)
    answer = small_world.client.get(path, query_string={"lang": language, "partner": "a&b"})
    seen = Page(answer)
    assert answer.status_code == (404 if page.startswith("no") else 200)
    assert seen.all("html") == [{"lang": language}]
    assert MARKS[language] in answer.get_data(as_text=True)
    switch = {attrs["hreflang"]: attrs["href"] for attrs in seen.all("a") if "hreflang" in attrs}
    assert switch.keys() == {"de", "en"}
    other = "en" if language == "de" else "de"
    assert Page(small_world.client.get(path + str(switch[other]))).all("html") == [{"lang": other}]
    assert "partner=a%26b" in str(switch[other])


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_well_made(small_world: World, page: str) -> None:
    """One heading, a label for every field, no id twice, nothing that the content policy would block."""
    seen = Page(small_world.client.get(PAGES[page](small_world)))
    assert len(seen.all("h1")) == 1
    assert all(set(script) == {"type", "src"} and str(script["src"])[0] == "/" for script in seen.all("script"))
    assert not seen.all("style")
    assert not [attrs for _, attrs in seen.tags if any(name == "style" or name.startswith("on") for name in attrs)]
    ids = Counter(attrs["id"] for _, attrs in seen.tags if "id" in attrs)
    assert not [name for name, count in ids.items() if count > 1]
    labelled = {attrs.get("for") for attrs in seen.all("label")}
    fields = [*seen.all("input"), *seen.all("select"), *seen.all("textarea")]
    assert not [f for f in fields if f.get("type") != "hidden" and f["id"] not in labelled]
    assert all(form["method"] == "post" for form in seen.all("form"))


def test_the_browsers_language_unless_another_is_chosen(small_world: World) -> None:
    english = {"Accept-Language": "fr, en-GB;q=0.8, de;q=0.3"}
    assert Page(small_world.client.get("/", headers=english)).all("html") == [{"lang": "en"}]
    assert Page(small_world.client.get("/?lang=de", headers=english)).all("html") == [{"lang": "de"}]
    assert Page(small_world.client.get("/?lang=xx")).all("html") == [{"lang": "de"}]


def test_outside_of_an_exercise_no_banner(sqlite_instance: Instance) -> None:
    world = World(without_demo(sqlite_instance))
    answer = world.client.get("/?lang=en").get_data(as_text=True)
    assert "EXERCISE" not in answer
    assert "0800 1191112" in answer


def without_demo(instance: Instance) -> Instance:
    own = replace(instance.config.instance, demo=False)
    return replace(instance, config=replace(instance.config, instance=own))


def test_home_says_whether_somebody_is_there(small_world: World, clock: MovingClock) -> None:
    assert "Open now" in small_world.client.get("/?lang=en").get_data(as_text=True)
    clock.forward(hours=10)
    evening = small_world.client.get("/?lang=en").get_data(as_text=True)
    assert "Open now" not in evening
    assert "Tuesday, 24 November 2026, 08:00" in evening
    assert "Dienstag, 24. November 2026, 08:00" in small_world.client.get("/?lang=de").get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "path", "code"), [("POST", "/", 405), ("GET", "/nothing", 404), ("GET", "/alarm/x/accept", 405)]
)
def test_whoever_is_lost_finds_the_hotline(small_world: World, method: str, path: str, code: int) -> None:
    answer = small_world.client.open(path, method=method)
    assert answer.status_code == code
    assert "0800 1191112" in answer.get_data(as_text=True)


def test_a_foreign_host_name_is_refused_in_words(small_world: World) -> None:
    answer = small_world.client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "0800 1191112" in answer.get_data(as_text=True)


def test_a_foreign_host_name_and_the_setting_are_named(small_world: World, caplog: pytest.LogCaptureFixture) -> None:
    host = f"<b>{'x' * 300}.example"
    for path in ("/", "/api/v1/meta"):
        said = small_world.client.get(path, headers={"Host": host}).get_data(as_text=True)
        assert "x" * 97 in said
        assert "x" * 98 not in said
        assert "trusted_hosts" in said
        assert "<b>" not in said or path.startswith("/api/")  # JSON is not rendered
        assert "trusted_hosts" in caplog.text
        caplog.clear()


def test_the_foot_links_to_the_notices(sqlite_instance: Instance) -> None:
    missing = "to be added by whoever runs"
    english = {"lang": "en"}
    assert missing in World(sqlite_instance).client.get("/", query_string=english).get_data(as_text=True)
    real = without_demo(sqlite_instance)
    assert missing not in World(real).client.get("/", query_string=english).get_data(as_text=True)
    own = replace(real.config.instance, imprint_url="https://www.example/i", privacy_url="https://www.example/p")
    page = World(replace(real, config=replace(real.config, instance=own))).client.get("/", query_string=english)
    assert '<a href="https://www.example/i">Legal notice</a>' in page.get_data(as_text=True)
    assert '<a href="https://www.example/p">Privacy notice</a>' in page.get_data(as_text=True)


def test_a_form_on_a_foreign_page_is_refused(small_world: World) -> None:
    data = {"phone": "0234 5550100"}
    for origin in ("https://evil.example", "null"):
        assert small_world.client.post("/report", data=data, headers={"Origin": origin}).status_code == 403
    assert small_world.client.post("/report", data=data, headers={"Origin": "http://localhost"}).status_code == 303


def test_browsers_say_where_our_own_forms_come_from(small_world: World) -> None:
    """With the policy no-referrer they would send `Origin: null`, and every form would be refused (Fetch, 3.2)."""
    assert small_world.client.get("/report").headers["Referrer-Policy"] == "same-origin"
