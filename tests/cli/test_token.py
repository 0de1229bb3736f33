"""cyberwehr token create"""

from cyberwehr.domain.terms import Role
from cyberwehr.instance import Instance
from cyberwehr.services.api_tokens import actor_of
from tests.cli.conftest import Run


def test_the_token_alone_is_printed_and_known(run: Run, sqlite_instance: Instance) -> None:
    token = run("token", "create", "--role", "commander", "--name", "wall board").stdout.removesuffix("\n")
    found = actor_of(sqlite_instance, token)
    assert found is not None
    assert (found[0].role, found[1]) == (Role.COMMANDER, "wall board")


def test_a_providers_token_names_a_provider_that_exists(run: Run, sqlite_instance: Instance) -> None:
    provider = next(iter(sqlite_instance.providers))
    ask = ("token", "create", "--role", "provider", "--name", "their system")
    token = run(*ask, "--provider", provider).stdout.strip()
    found = actor_of(sqlite_instance, token)
    assert found is not None
    assert found[0].provider == provider
    assert "nowhere/nobody" in run(*ask, "--provider", "nowhere/nobody", exit_code=1).stderr
    assert "cyberwehr region show bochum lists" in run(*ask, "--provider", "bochum/xx", exit_code=1).stderr
    assert len(run(*ask, exit_code=1).stderr.splitlines()) == 1


def test_wrong_use_is_exit_2(run: Run) -> None:
    run("token", "create", "--role", "emperor", "--name", "x", exit_code=2)
