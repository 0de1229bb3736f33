"""The OpenAPI document is true: generated requests, good and bad, get what it promises."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema_rs import Draft202012Validator
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import checks

from cyberwehr.web.api.openapi_words import EXAMPLES, OPERATIONS
from tests.conftest import make_instance
from tests.web.world import REPORT, World

TRUTHS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
GOOD = [*TRUTHS, checks.positive_data_acceptance]
BAD = [*TRUTHS, checks.negative_data_rejection]
EXAMPLES_EACH = 10

NOTHING_TO_FORBID = {"getVocabulary", "listRegions", "getRegion", "getCall", "getIncident", "rankProviders"}
"""Without body, query or a path that could have a wrong shape."""

CONFIG = {
    "generation": {
        "deterministic": True,
        "database": "none",
        "allow-extra-parameters": False,  # unknown query parameters are ignored
        "with-security-parameters": False,  # the token is added to every question, even to the wrong ones
    },
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "410"]}},
}


def a_call(world: World) -> dict[str, Any]:
    return {"reference": world.call()}


def an_incident(world: World) -> dict[str, Any]:
    return {"reference": world.emergency()}


def an_alarm(world: World) -> dict[str, Any]:
    reference = chosen(world)
    return {"reference": reference, "alarm_id": world.incident(reference)["alarms"][0]["id"]}


def a_link(world: World) -> dict[str, Any]:
    return {"token": next(iter(world.links(chosen(world)).values()))}


def chosen(world: World) -> str:
    """An incident with one live alarm; on whatever day of the week this runs."""
    return world.alarmed(providers=["bochum/bo-1"], override_reason="Test")


def taken(world: World) -> dict[str, Any]:
    return {"reference": world.assigned()}


def ended(world: World) -> dict[str, Any]:
    return {"reference": world.done()}


def reported(world: World) -> dict[str, Any]:
    reference = world.done()
    world.post(f"/incidents/{reference}/report", REPORT)
    return {"reference": reference}


STATES: dict[str, Callable[[World], dict[str, Any]]] = {
    "getCall": a_call,
    "claimCall": a_call,
    "placeCall": a_call,
    "noteCallBack": a_call,
    "withdrawCall": a_call,
    "attachCall": a_call,
    "assessCall": a_call,
    "judgeCall": a_call,
    "getIncident": reported,
    "rankProviders": an_incident,
    "raiseAlarm": an_incident,
    "noteAnswer": an_alarm,
    "releaseIncident": taken,
    "advanceCallout": taken,
    "reportCallout": ended,
    "closeIncident": reported,
    "acceptAlarm": a_link,
    "declineAlarm": a_link,
    "lookAtAlarm": a_link,
    "getRegion": lambda _world: {"key": "bochum"},
}
"""Operation -> what it can be done to. Each question gets a fresh one."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    instance = make_instance(tmp_path_factory.mktemp("openapi"))
    yield World(instance)
    instance.database.close()


@pytest.fixture(scope="module")
def document(world: World) -> BaseSchema:
    config = SchemathesisConfig.from_dict(CONFIG)
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.app, config=config)


@pytest.fixture(scope="module")
def raw(world: World) -> Any:
    return world.client.get("/api/v1/openapi.json").json


def operations() -> list[str]:
    return sorted(OPERATIONS.values())


Prepare = Callable[[Case], None]


def run(
    world: World, document: BaseSchema, name: str, mode: GenerationMode, wanted: list[Any], prepare: Prepare
) -> None:
    """Ask one operation a number of generated questions and hold each answer against the document."""
    operation = document.find_operation_by_id(name)  # type: ignore[attr-defined]
    headers = {"Authorization": f"Bearer {world.token('commander')}"}

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES_EACH,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case) -> None:
        prepare(case)
        case.call_and_validate(headers=headers, checks=wanted)

    ask()


def as_it_is(_case: Case) -> None:
    """Ask just what was generated."""


def without_memory(case: Case) -> None:
    """A cursor or a key that was used before cannot be told from a good one by its shape."""
    (case.query or {}).pop("cursor", None)
    (case.headers or {}).pop("Idempotency-Key", None)


@pytest.mark.parametrize("name", operations())
def test_what_the_document_allows_is_accepted(world: World, document: BaseSchema, name: str) -> None:
    run(world, document, name, GenerationMode.POSITIVE, GOOD, without_memory)


@pytest.mark.parametrize("name", sorted(set(operations()) - NOTHING_TO_FORBID))
def test_what_it_forbids_is_refused(world: World, document: BaseSchema, name: str) -> None:
    run(world, document, name, GenerationMode.NEGATIVE, BAD, as_it_is)


@pytest.mark.parametrize("name", sorted(STATES))
def test_answers_about_real_things_look_as_promised(world: World, document: BaseSchema, name: str) -> None:
    def real(case: Case) -> None:
        without_memory(case)
        case.path_parameters = STATES[name](world)

    run(world, document, name, GenerationMode.POSITIVE, TRUTHS, real)


def test_the_document_is_valid_openapi(document: BaseSchema, raw: Any) -> None:
    document.validate()
    assert raw["openapi"].startswith("3.1")
    found = [operation["operationId"] for path in raw["paths"].values() for operation in verbs(path)]
    assert sorted(found) == operations()
    assert all(operation["summary"] for path in raw["paths"].values() for operation in verbs(path))


def verbs(path: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for verb, operation in path.items() if verb in ("get", "post")]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_its_examples_fit(raw: Any, name: str) -> None:
    schema = {**raw["components"]["schemas"][name], "components": raw["components"]}
    Draft202012Validator(schema).validate(EXAMPLES[name])


def test_what_needs_a_token_says_so(world: World, document: BaseSchema, raw: Any) -> None:
    open_to_all = {"getVocabulary", "listRegions", "getRegion", "acceptAlarm", "declineAlarm", "lookAtAlarm"}
    guarded = {o["operationId"] for path in raw["paths"].values() for o in verbs(path) if o["security"]}
    assert guarded == set(operations()) - open_to_all
    for name in sorted(guarded):
        run(world, document, name, GenerationMode.POSITIVE, [checks.ignored_auth], without_memory)
