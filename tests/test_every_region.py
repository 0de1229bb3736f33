"""What must hold for every bundled region, the ones of tomorrow included."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from phonenumbers import PhoneNumber, format_number, is_possible_number, parse
from phonenumbers import PhoneNumberFormat as Format

from cyberwehr.bundled import REGIONS, bundled
from cyberwehr.config import load_config
from cyberwehr.domain.places import region_postal_codes
from cyberwehr.domain.region import Region
from cyberwehr.domain.terms import CallType, Disclosure, Urgency
from cyberwehr.geodata import place_table
from cyberwehr.plugins_loader import load_plugins
from cyberwehr.region_file import load_region
from cyberwehr.testing import check_region_folder

FOLDERS = bundled(REGIONS)
PILOT = {"bochum": 4, "essen": 2, "gelsenkirchen": 2}
FICTION = ("+493023125", "+4917139200")
"""Numbers the Bundesnetzagentur keeps for films: 030 23125xxx, 0171 39200xx."""


@pytest.fixture(params=FOLDERS, ids=str)
def folder(request: pytest.FixtureRequest) -> Path:
    return FOLDERS[request.param]


@pytest.fixture
def region(folder: Path) -> Region:
    return load_region(folder)


def test_the_tree_and_the_package_hold_the_same_regions() -> None:
    tree = Path(__file__).parent.parent / "regions"
    assert sorted(FOLDERS) == sorted(path.parent.name for path in tree.glob("*/region.toml"))


def test_the_folder_is_complete_and_without_fault(folder: Path) -> None:
    check_region_folder(folder)
    assert {path.name for path in folder.iterdir()} >= {
        "__init__.py", "region.toml", "providers.toml", "examples.toml", "README.md",
    }  # fmt: skip


def test_the_code_is_only_the_door_to_the_files(folder: Path) -> None:
    lines = [line for line in (folder / "__init__.py").read_text().splitlines() if line.strip()]
    assert len(lines) <= 6


def test_its_readme_names_the_command_that_checks_it(folder: Path) -> None:
    assert f"cyberwehr region check {folder.name}" in (folder / "README.md").read_text()


def test_bundled_providers_are_recognisably_invented(region: Region) -> None:
    for provider in region.providers:
        assert provider.is_example
        for contact in provider.contacts:
            assert contact.to.endswith(".example") or contact.channel in ("sms", "phone")
    for number in _numbers(region):
        assert is_possible_number(number)
        assert format_number(number, Format.E164).startswith(FICTION)


def _numbers(region: Region) -> Iterator[PhoneNumber]:
    for provider in region.providers:
        yield from (parse(contact.to, "DE") for contact in provider.contacts if contact.channel in ("sms", "phone"))


def test_no_call_type_is_left_to_one_provider_alone(region: Region) -> None:
    able = Counter(skill for provider in region.providers for skill in provider.skills)
    for call_type in set(CallType) - {CallType.DEFECT, CallType.DDOS, CallType.SUPPLIER_OUTAGE}:
        assert able[call_type] >= 2, call_type
    assert set(able) == set(CallType)


def test_a_person_decides_on_every_alarm_and_only_who_accepts_sees_the_company(region: Region) -> None:
    assert not any(region.plan(urgency).auto for urgency in Urgency)
    assert region.disclosure is Disclosure.STAGED


def test_no_postal_code_belongs_to_two_regions() -> None:
    codes = Counter(code for path in FOLDERS.values() for code in region_postal_codes(load_region(path), place_table()))
    assert [code for code, count in codes.items() if count > 1] == []


def test_all_load_together_and_the_pilot_has_its_eight_providers() -> None:
    regions = load_plugins(load_config({}, demo=True)).regions
    assert {key: len(regions[key].providers) for key in PILOT} == PILOT
    for key in PILOT:
        critical = regions[key].plan(Urgency.CRITICAL)
        assert (critical.fan_out, critical.accept_within, critical.rounds) == (3, timedelta(minutes=10), 2)
        assert regions[key].opening.spec == "Mo-Fr 08:00-18:00; PH off"
        assert set(regions[key].neighbours) == set(PILOT) - {key}
