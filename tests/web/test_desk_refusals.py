"""What a refused decision leaves behind at the desk: nothing of somebody else's."""

import re

import pytest
from flask.testing import FlaskClient

from cyberwehr.domain.protocol import Answers
from cyberwehr.domain.terms import Role
from cyberwehr.services import accounts, assessing
from cyberwehr.services.actors import ENGINE
from tests.web.test_pages import PASSWORD
from tests.web.world import World

NUISANCE = {"verdict": "nuisance", "decided_type": "other", "override_reason": "x"}


class Operator:
    """Somebody at the desk with one call's page open."""

    def __init__(self, world: World, name: str, call: str) -> None:
        email = f"{name}@leitstelle.example"
        accounts.create_user(world.instance, email, Role.OPERATOR, PASSWORD, ENGINE)
        self.client: FlaskClient = world.app.test_client()
        self.client.post("/desk/login", data={"email": email, "password": PASSWORD})
        self.page = f"/desk/calls/{call}"
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(self.page).get_data(as_text=True))
        assert found
        self.csrf = found[1]

    def send(self, form: str, **fields: str) -> int:
        return self.client.post(f"{self.page}/{form}", data={"csrf_token": self.csrf, **fields}).status_code


@pytest.fixture
def choices(small_world: World) -> tuple[str, str, str]:
    """A question's key, and two of its answers."""
    question = next(q for q in assessing.questions(small_world.instance, "bochum", None) if q.choices)
    return question.key, question.choices[0].value, question.choices[1].value


def saved(world: World, call: str) -> Answers:
    return assessing.answers_so_far(world.instance, call)


def test_a_decision_about_somebody_elses_call_changes_nothing(
    small_world: World, choices: tuple[str, str, str]
) -> None:
    call = small_world.call()
    key, first, second = choices
    hers, his = Operator(small_world, "frau", call), Operator(small_world, "herr", call)
    assert hers.send("claim") == 303
    assert hers.send("assess", **{f"q-{key}": first}) == 303
    assert his.send("judge", **{f"q-{key}": second}, **NUISANCE) == 409
    assert saved(small_world, call)[key] == first


def test_an_answer_taken_back_while_deciding_stays_taken_back(
    small_world: World, choices: tuple[str, str, str]
) -> None:
    call = small_world.call()
    key, first, _ = choices
    operator = Operator(small_world, "frau", call)
    assert operator.send("assess", **{f"q-{key}": first}) == 303
    assert operator.send("judge", **{f"q-{key}": ""}, **NUISANCE) == 303
    assert key not in saved(small_world, call)
