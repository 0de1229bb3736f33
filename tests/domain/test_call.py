"""What a caller said: kept as said, and written to only where it is safe."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.domain.call import Consent, Details, SafeContact, postal_district, size_class

words = st.none() | st.text(max_size=20)
details = st.builds(
    Details,
    company=words,
    phone=words,
    email=words,
    email_safe=st.none() | st.booleans(),
    safe_contact=st.none() | st.builds(SafeContact, st.sampled_from(["mail", "phone", "neighbour"]), st.text()),
    postal_code=words,
    description=words,
    employees=st.none() | st.integers(0, 10**6),
    consent=st.builds(Consent, st.none() | st.booleans(), st.none() | st.booleans(), st.none() | st.booleans()),
)


@given(details)
def test_details_come_back_from_the_database_as_they_were(told: Details) -> None:
    assert Details.from_json(json.loads(json.dumps(told.as_json()))) == told


def test_an_erased_call_has_no_details() -> None:
    assert Details.from_json(None) == Details()


@given(details)
def test_the_companys_own_address_is_written_to_only_if_it_is_called_safe(told: Details) -> None:
    own = told.safe_contact is None or told.safe_contact.kind != "mail"
    if own and told.email_safe is not True:
        assert told.safe_mail is None


@pytest.mark.parametrize(
    ("told", "address"),
    [
        (Details(email="a@firma.example"), None),
        (Details(email="a@firma.example", email_safe=False), None),
        (Details(email="a@firma.example", email_safe=True), "a@firma.example"),
        (Details(email="a@firma.example", safe_contact=SafeContact("mail", "b@home.example")), "b@home.example"),
        (
            Details(email="a@firma.example", email_safe=True, safe_contact=SafeContact("mail", "b@home.example")),
            "b@home.example",
        ),
        (Details(email="a@firma.example", safe_contact=SafeContact("phone", "0234 5550100")), None),
        (Details(email="not an address", email_safe=True), None),
    ],
)
def test_where_a_mail_may_go(told: Details, address: str | None) -> None:
    assert told.safe_mail == address


@pytest.mark.parametrize(
    ("employees", "band"),
    [
        (None, None),
        (0, "micro"),
        (9, "micro"),
        (10, "small"),
        (49, "small"),
        (50, "medium"),
        (249, "medium"),
        (250, "large"),
    ],
)
def test_size_bands(employees: int | None, band: str | None) -> None:
    assert size_class(employees) == band


@pytest.mark.parametrize(("code", "shown"), [("44801", "448.."), ("44", None), ("", None), (None, None)])
def test_a_postal_district_says_roughly_where(code: str | None, shown: str | None) -> None:
    assert postal_district(code) == shown
