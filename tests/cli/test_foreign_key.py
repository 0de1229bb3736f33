"""A database opened with another secret key: refused before anything is written."""

import pytest

from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.terms import Channel
from cyberwehr.instance import Instance
from cyberwehr.services.actors import PUBLIC
from cyberwehr.services.intake import receive_call
from tests.cli.conftest import Run

SENTENCE = "was sealed with another secret key; give back the one it was made with"


@pytest.mark.parametrize("command", [["check"], ["token", "create", "--role", "operator", "--name", "x"], ["engine"]])
def test_a_foreign_secret_key_is_refused(run: Run, sqlite_instance: Instance, command: list[str]) -> None:
    receive_call(sqlite_instance, Report(Channel.PHONE, "de", Details(company="Muster GmbH")), PUBLIC)
    refused = run(*command, exit_code=1, CYBERWEHR_DEMO="1", CYBERWEHR_SECRET_KEY="another key " * 4)
    assert SENTENCE in refused.stderr + refused.stdout
