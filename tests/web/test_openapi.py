"""The OpenAPI document is true: generated requests, good and bad, get what it promises."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from cyberwehr.app import create_app
from cyberwehr.domain.terms import Role
from cyberwehr.instance import Instance
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.api_tokens import create_token
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from tests.conftest import make_instance
from tests.web.world import World

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.positive_data_acceptance,
    checks.ignored_auth,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
FORGIVING = {"sendCall"}
"""Operations that keep what they do not know: a call is never refused for an unknown key."""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An instance with one of everything in it."""
    instance: Instance = make_instance(tmp_path_factory.mktemp("openapi"))
    world = World(instance)
    yield world
    instance.database.close()


@pytest.fixture(scope="module")
def document(walked: World) -> Any:
    config = SchemathesisConfig.from_dict({"generation": {"deterministic": True}})
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", walked.app, config=config)
