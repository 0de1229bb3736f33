"""The demand: one set of figures, on the page, as a table to download, and through the API."""

import csv
import io
from html.parser import HTMLParser
from typing import Any

import pytest

from cyberwehr.domain.terms import Role
from cyberwehr.services.demand import GROUPS
from cyberwehr.web.office.chart import MOST_BARS, chart, scale
from tests.web.test_pages import sign_in
from tests.web.test_pages_hostile import CORPUS
from tests.web.world import World

MAY_SEE = {Role.COORDINATOR, Role.AUDITOR, Role.COMMANDER, Role.ADMINISTRATOR}


class Numbers(HTMLParser):
    """The numbers in the tables, and the words on the bars."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside = ""
        self.cells: list[str] = []
        self.bars: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag != "title" or self.bars or "rect" in self.inside else ""

    def handle_data(self, data: str) -> None:
        if self.inside == "td" and data.strip():
            self.cells.append(data)
        if self.inside == "title" and data.strip():
            self.bars.append(data)


def page(world: World, query: str = "?lang=en") -> str:
    answer = world.client.get(f"/office/demand{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_page_shows_what_came(small_world: World) -> None:
    small_world.call(received_at="2026-11-09T10:00:00+01:00")
    small_world.call()
    small_world.call()
    sign_in(small_world, Role.COORDINATOR)
    shown = page(small_world)
    numbers = Numbers(shown)
    assert "3 calls" in shown
    assert numbers.cells[:3] == ["1", "0", "2"]
    assert numbers.bars == ["Week 46 of 2026: 1", "Week 47 of 2026: 0", "Week 48 of 2026: 2"]
    assert "Europe/Berlin" in shown
    assert "2 calls" in page(small_world, "?lang=en&from=2026-11-23&to=2026-11-23")
    assert "1 call<" in page(small_world, "?lang=en&to=22.11.2026&region=bochum")


def test_a_quiet_line_is_said_kindly(small_world: World) -> None:
    sign_in(small_world, Role.AUDITOR)
    shown = page(small_world)
    assert "No calls in this period" in shown
    assert "<svg" not in shown


@pytest.mark.parametrize("role", [Role.OPERATOR, *sorted(MAY_SEE)])
def test_who_may_see_the_page_sees_the_link(small_world: World, role: Role) -> None:
    sign_in(small_world, role)
    for path in ("/office/demand", "/office/demand.csv"):
        assert small_world.client.get(path).status_code == (200 if role in MAY_SEE else 403)
    assert ("/office/demand" in small_world.client.get("/desk/").get_data(as_text=True)) is (role in MAY_SEE)


def test_strangers_sign_in_first(small_world: World) -> None:
    for path in ("/office/demand", "/office/demand.csv"):
        answer = small_world.client.get(path)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/desk/login")


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("de", ";")])
def test_the_table_opens_in_a_spreadsheet(small_world: World, language: str, separator: str) -> None:
    small_world.call()
    sign_in(small_world)
    answer = small_world.client.get(f"/office/demand.csv?lang={language}&from=2026-11-23")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=separator))
    assert table[0] == {
        "group": "week", "key": "2026-W48", "words": {"en": "Week 48 of 2026", "de": "Woche 48/2026"}[language],
        "calls": "1",
    }  # fmt: skip
    assert {row["group"] for row in table} == set(GROUPS)


def test_a_day_that_is_none_is_refused_in_words(small_world: World) -> None:
    sign_in(small_world)
    for query in ("from=yesterday", "to=0001-01-01", "from=2026-11-24&to=2026-11-23", "region=nowhere"):
        for path in ("/office/demand", "/office/demand.csv"):
            assert small_world.client.get(f"{path}?{query}").status_code == 422, query
    for value in CORPUS:
        for field in ("from", "to", "region"):
            answer = small_world.client.get("/office/demand", query_string={field: value})
            assert answer.status_code in (200, 422), (field, value[:40])
            assert "<img src=x" not in answer.get_data(as_text=True)


def ask(world: World, query: str = "", who: str = "operator") -> Any:
    answer = world.get(f"/demand{query}", who)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def test_the_api_gives_the_same_figures(world: World) -> None:
    world.call()
    world.emergency()
    found = ask(world)
    assert (found["from"], found["to"], found["region"], found["total"]) == (None, None, None, 2)
    assert {item["group"] for item in found["items"]} == set(GROUPS)
    assert {"group": "outcome", "key": "emergency", "calls": 1} in found["items"]
    narrowed = ask(world, "?from=2026-11-23&to=2026-11-23&region=bochum&group=week", "administrator")
    assert narrowed == {
        "from": "2026-11-23", "to": "2026-11-23", "region": "bochum", "total": 2,
        "items": [{"group": "week", "key": "2026-W48", "calls": 2}],
    }  # fmt: skip
    assert ask(world, "?from=2026-11-24&to=2026-11-23")["total"] == 0


def test_the_api_refuses_what_it_does_not_know(small_world: World) -> None:
    for query in ("group=colour", "region=nowhere", "from=2026-11-23T10:00", "from=0001-01-01", "to=9999-12-31", "to="):
        assert small_world.get(f"/demand?{query}").status_code == 422, query


def test_the_bars_fit_their_scale() -> None:
    assert [scale(most) for most in (1, 2, 3, 7, 11, 99, 101)] == [2, 2, 4, 8, 20, 100, 200]
    drawn = chart([(str(n), f"week {n}", n % 5) for n in range(100)])
    assert (len(drawn.bars), drawn.cut) == (MOST_BARS, 100 - MOST_BARS)
    assert all(bar.y >= 0 and bar.y + bar.height <= drawn.height for bar in drawn.bars)
    assert drawn.bars[-1].label == "99"
