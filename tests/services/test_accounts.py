"""Who becomes the first administrator, and who does not."""

import pytest

from cyberwehr.domain.terms import Role
from cyberwehr.instance import Instance
from cyberwehr.services import accounts
from cyberwehr.services.actors import ENGINE
from cyberwehr.services.errors import Gone

PASSWORD = "correct horse battery"


def token_of(link: str | None) -> str:
    assert link is not None
    return link.rsplit("/", 1)[1]


def test_the_first_administrator_may_have_been_invited_before(instance: Instance) -> None:
    accounts.invite(instance, "leitung@leitstelle.example", Role.OPERATOR, ENGINE)
    token = token_of(accounts.first_administrator_link(instance))
    accounts.set_up(instance, token, PASSWORD, "Leitung@Leitstelle.example")
    session = accounts.sign_in(instance, "leitung@leitstelle.example", PASSWORD)
    assert session is not None
    found = accounts.session_of(instance, session)
    assert found is not None
    assert found.role is Role.ADMINISTRATOR


def test_the_first_link_is_void_once_somebody_can_sign_in(instance: Instance) -> None:
    token = token_of(accounts.first_administrator_link(instance))
    accounts.create_user(instance, "erste@leitstelle.example", Role.ADMINISTRATOR, PASSWORD, ENGINE)
    with pytest.raises(Gone):
        accounts.set_up(instance, token, PASSWORD, "erste@leitstelle.example")
    assert accounts.first_administrator_link(instance) is None


def test_a_used_link_opens_nothing(instance: Instance) -> None:
    token = token_of(accounts.first_administrator_link(instance))
    accounts.set_up(instance, token, PASSWORD, "a@leitstelle.example")
    with pytest.raises(Gone):
        accounts.set_up(instance, token, PASSWORD, "b@leitstelle.example")
