"""region.toml and providers.toml: what becomes of them, and the line a person gets for each fault."""

import re
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.config.toml_lines import KeyPath, key_lines
from cyberwehr.domain.terms import CallType, Disclosure, Urgency
from cyberwehr.region_file import RegionFault, check_region, load_region, replace_providers

REGION = """\
[region]
name = { de = "Musterstadt", en = "Sampletown" }
ags = ["05913"]
places = ["Mustervorort"]
languages = ["de"]
hotline = "0800 1191112"
hours = "Mo-Fr 08:00-18:00; PH off"
holidays = "DE-NW"
closures = [
  { from = 2026-12-24, to = 2026-12-31, reason = { de = "Betriebsruhe" } },
]
neighbours = ["other", "third"]
disclosure = "direct"
provider_order = ["two", "one"]
postal_codes_add = ["58239"]
postal_codes_remove = ["44137"]
[alarm.critical]
fan_out = 3
accept_within = "10 min"
rounds = 2
wait_at_most = "1 h"
auto = true
"""
PROVIDERS = """\
[[provider]]
key = "one"
name = "Erste GmbH"
postal_code = "44137"
hours = "Mo-Fr 07:00-19:00; PH off"
capacity = 2
skills = ["ransomware", "ddos"]
languages = ["de", "tr"]
radius_km = 40
qualified_until = 2027-12-31
answer_minutes = 7.5
point = [51.5, 7.4]
contacts = [ { channel = "mail", to = "alarm@erste.de" }, { channel = "sms", to = "0171 39200 12" } ]
[[provider]]
key = "two"
name = "Zweite GmbH"
postal_code = "44139"
hours = "24/7"
skills = ["other"]
contacts = [ { channel = "chat", to = "@zweite" } ]
"""
EXAMPLES = """\
example = [
  { postal_code = "44139", town = "Dortmund", region = "mycity" },
  { postal_code = "45127", town = "Essen", region = "none" },
  { at = 2026-11-16T08:00:00, open = true },
  { at = 2026-11-16T17:00:00Z, open = false },
]
"""
FAULT = re.compile(r"^(?P<file>.+):(?P<line>[0-9]+): (?P<key>[^:]+): (?P<sentence>.+)$")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mycity"
    folder.mkdir()
    for name, text in (("region.toml", REGION), ("providers.toml", PROVIDERS), ("examples.toml", EXAMPLES)):
        (folder / name).write_text(text)
    return folder


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_every_key_arrives(folder: Path) -> None:
    region = load_region(folder)
    assert region.key == "mycity"
    assert region.name == {"de": "Musterstadt", "en": "Sampletown"}
    assert (region.districts, region.places, region.languages) == (("05913",), ("Mustervorort",), ("de",))
    assert (region.hotline, region.neighbours) == ("0800 1191112", ("other", "third"))
    assert (region.disclosure, region.provider_order) == (Disclosure.DIRECT, ("two", "one"))
    assert (region.postal_codes_add, region.postal_codes_remove) == (("58239",), ("44137",))
    one, two = region.providers
    assert (one.id, one.postal_code, one.capacity, one.languages) == ("mycity/one", "44137", 2, ("de", "tr"))
    assert one.skills == {CallType.RANSOMWARE, CallType.DDOS}
    assert (one.radius_km, one.qualified_until, one.answer_minutes) == (40, date(2027, 12, 31), 7.5)
    assert one.point == (51.5, 7.4)
    assert [(each.channel, each.to) for each in one.contacts] == [("mail", "alarm@erste.de"), ("sms", "0171 39200 12")]
    assert (two.capacity, two.radius_km, two.qualified_until, two.point) == (1, None, None, None)


def test_the_alarm_plan_arrives_and_what_is_not_said_is_the_default(folder: Path) -> None:
    region = load_region(folder)
    plan = region.plan(Urgency.CRITICAL)
    assert (plan.fan_out, plan.accept_within, plan.rounds, plan.auto) == (3, timedelta(minutes=10), 2, True)
    assert plan.wait_at_most == timedelta(hours=1)
    assert region.plan(Urgency.NORMAL).fan_out == 1


def test_the_last_day_of_a_closure_is_closed_and_providers_keep_their_own_hours(folder: Path) -> None:
    region = load_region(folder)
    last, after = datetime(2026, 12, 31, 10, tzinfo=UTC), datetime(2027, 1, 4, 10, tzinfo=UTC)
    assert not region.opening.is_open(last)
    assert region.opening.is_open(after)
    assert region.providers[0].duty.is_open(last)
    assert not region.providers[0].duty.is_open(datetime(2026, 12, 25, 10, tzinfo=UTC))


def test_a_file_of_the_folder_names_the_folder(folder: Path) -> None:
    assert load_region(str(folder / "__init__.py")) == load_region(folder)


def test_other_providers_replace_the_folders_own(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(PROVIDERS.replace("Erste GmbH", "Dritte GmbH"))
    replaced = load_region(folder, other)
    assert [each.name for each in replaced.providers] == ["Dritte GmbH", "Zweite GmbH"]
    assert replace_providers(load_region(folder), other) == replaced
    other.write_text(PROVIDERS.replace('"two"', '"three"'))
    with pytest.raises(RegionFault, match=r"region.provider_order: two is no provider"):
        replace_providers(load_region(folder), other)


def test_a_good_folder_has_no_faults(folder: Path) -> None:
    assert check_region(folder) == []


def test_example_providers_are_a_warning_that_stops_nothing(folder: Path) -> None:
    edit(folder / "providers.toml", "alarm@erste.de", "alarm@erste.example")
    faults = check_region(folder)
    assert [fault.warning for fault in faults] == [True]
    assert "warning: example providers (one)" in str(faults[0])
    assert load_region(folder).providers[0].is_example


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "key", "sentence"),
    [
        ("region.toml", "hotline =", "hotlein =", 6, "region.hotlein", "did you mean hotline"),
        ("region.toml", "hotline =", "hotlein =", 1, "region.hotline", "is missing"),
        ("region.toml", "[alarm.critical]", "[alarm.urgent]", 17, "alarm.urgent", "unknown key"),
        ("region.toml", "fan_out = 3", 'fan_out = "3"', 18, "alarm.critical.fan_out", "whole number"),
        ("region.toml", '"10 min"', '"10"', 19, "alarm.critical.accept_within", "duration"),
        ("region.toml", '"10 min"', '"5 s"', 19, "alarm.critical.accept_within", "at least one minute"),
        ("region.toml", "auto = true", 'auto = "yes"', 22, "alarm.critical.auto", "true or false"),
        ("region.toml", '["05913"]', '["05999"]', 3, "region.ags", "AGS"),
        ("region.toml", '["05913"]', "[5913]", 3, "region.ags", "in quotes"),
        ("region.toml", '["05913"]', "[]", 3, "region.ags", "not be empty"),
        ("region.toml", 'de = "Musterstadt"', 'fr = "Musterstadt"', 2, "region.name", "German text"),
        ("region.toml", "08:00-18:00", "20:00-06:00", 7, "region.hours", "over midnight"),
        ("region.toml", "Mo-Fr 08:00", "Mo-Fr um acht", 7, "region.hours", "opening hours"),
        ("region.toml", '"DE-NW"', '"NRW"', 8, "region.holidays", "public holidays"),
        ("region.toml", "to = 2026-12-31", "to = 2026-12-01", 10, "region.closures.to", "before `from`"),
        ("region.toml", "from = 2026-12-24", 'from = "24.12."', 10, "region.closures.from", "a day without quotes"),
        ("region.toml", "reason", "raeson", 10, "region.closures.raeson", "did you mean reason"),
        ("region.toml", '"other", "third"', '"mycity"', 12, "region.neighbours", "its own neighbour"),
        ("region.toml", '"direct"', '"open"', 13, "region.disclosure", "staged, direct"),
        ("region.toml", '"two", "one"', '"two",\n "four"', 15, "region.provider_order", "four is no provider"),
        ("region.toml", '"58239"', '"5823"', 15, "region.postal_codes_add", "five digits"),
        ("region.toml", 'languages = ["de"]', 'languages = ["xx"]', 5, "region.languages", "must be a language"),
        ("region.toml", "[region]\n", "[region\n", 1, "file", "not TOML"),
        ("region.toml", '"Musterstadt"', '"Musterstadt', 2, "file", "look for a missing quotation mark"),
        ("providers.toml", '"ransomware", "ddos"', '"ransom"', 7, "provider.skills", "did you mean ransomware?"),
        ("providers.toml", '"ransomware", "ddos"', '"ddos",\n"x"', 8, "provider.skills", "unknown word"),
        ("providers.toml", 'key = "two"', 'key = "one"', 15, "provider.key", "stands here twice"),
        ("providers.toml", 'key = "one"', 'key = "Eins"', 2, "provider.key", "must be ascii"),
        ("providers.toml", 'key = "one"', 'key = "größe"', 2, "provider.key", "must be ascii"),
        ("providers.toml", '"44137"', '"4413"', 4, "provider.postal_code", "five digits"),
        ("providers.toml", '"44139"', '"99999"', 17, "provider.postal_code", "no table knows"),
        ("providers.toml", "07:00-19:00", "19:00-07:00", 5, "provider.hours", "over midnight"),
        ("providers.toml", "[51.5, 7.4]", "[7.4, 51.5]", 12, "provider.point", "latitude 47 to 56"),
        ("providers.toml", "2027-12-31", '"2027"', 10, "provider.qualified_until", "a day without quotes"),
        ("providers.toml", "capacity = 2", "capacity = 0", 6, "provider.capacity", "from 1 to 1000"),
        ("providers.toml", "alarm@erste.de", "alarm.erste.de", 13, "provider.contacts.to", "mail address"),
        ("providers.toml", "0171 39200 12", "call me", 13, "provider.contacts.to", "phone number"),
        ("providers.toml", '"@zweite"', '"https://u:p@x.example/"', 20, "provider.contacts.to", "password or token"),
        (
            "providers.toml",
            '"@zweite"',
            '"https://x.example/?api_key=1"',
            20,
            "provider.contacts.to",
            "password or token",
        ),
        ("providers.toml", '[ { channel = "chat", to = "@zweite" } ]', "[]", 20, "provider.contacts", "no way"),
        ("providers.toml", "capacity = 2", "kapazitaet = 2", 6, "provider.kapazitaet", "unknown key"),
        ("examples.toml", '"none"', '"mycity"', 3, "example.region", 'leads to "none"'),
        ("examples.toml", "open = true", "open = false", 4, "example.open", "the region is open then"),
        ("examples.toml", "open = true", "opne = true", 4, "example.opne", "did you mean open"),
        ("examples.toml", '"44139"', "44139", 2, "example.postal_code", "must be text"),
    ],
)
def test_each_fault_names_file_line_and_key(
    folder: Path, file: str, old: str, new: str, line: int, key: str, sentence: str
) -> None:
    edit(folder / file, old, new)
    found = [FAULT.match(str(fault)) for fault in check_region(folder)]
    assert any(
        match
        and (match["file"], int(match["line"]), match["key"]) == (str(folder / file), line, key)
        and sentence in match["sentence"]
        for match in found
    ), check_region(folder)


@pytest.mark.parametrize(
    ("channel", "hint"),
    [("email", "did you mean mail? A plugin must serve it"), ("telegram", "the usual ones are mail, sms, voice")],
)
def test_an_unknown_channel_is_a_warning_since_a_plugin_may_serve_it(folder: Path, channel: str, hint: str) -> None:
    edit(folder / "providers.toml", '"chat"', f'"{channel}"')
    (fault,) = check_region(folder)
    assert str(fault).startswith(
        f'{folder}/providers.toml:20: provider.contacts.channel: warning: unknown channel "{channel}"; '
    )
    assert hint in fault.sentence
    assert load_region(folder).providers[1].contacts[0].channel == channel


def test_all_faults_are_told_at_once_in_order(folder: Path) -> None:
    edit(folder / "region.toml", "08:00-18:00", "20:00-06:00")
    edit(folder / "region.toml", '"direct"', '"open"')
    edit(folder / "providers.toml", "capacity = 2", "capacity = 0")
    with pytest.raises(RegionFault) as caught:
        load_region(folder)
    assert [(fault.file.name, fault.line) for fault in caught.value.faults] == [
        ("providers.toml", 6), ("region.toml", 7), ("region.toml", 13),
    ]  # fmt: skip
    assert len(str(caught.value).splitlines()) == 3


def test_a_folder_whose_name_is_no_key_is_refused(folder: Path) -> None:
    with pytest.raises(
        RegionFault, match=r"region.toml:1: region.key: the folder's name, München, is the region's key"
    ):
        load_region(folder.rename(folder.with_name("München")))


@pytest.mark.parametrize("name", ["region.toml", "providers.toml"])
@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda file: file.unlink(), "cannot be read"),
        (lambda file: file.write_bytes(b"a = '\xff'"), "UTF-8"),
        (lambda file: file.write_text("a = {"), "not TOML"),
    ],
)
def test_a_missing_or_unreadable_file_is_one_fault(
    folder: Path, name: str, damage: Callable[[Path], object], sentence: str
) -> None:
    damage(folder / name)
    assert [fault.file.name for fault in check_region(folder) if sentence in fault.sentence] == [name]


def test_an_empty_list_of_providers_is_a_fault(folder: Path) -> None:
    (folder / "providers.toml").write_text("")
    assert "nobody to alarm" in str(check_region(folder)[0])


def test_every_key_has_its_line_in_any_layout() -> None:
    text = '''\
# comment [not] = { a = "table" }
top = """
x = 1
"""
[a]
b.c = '# no comment'
"q.r" = [
  1, 2.5, # three
  { f = 1, g = [ [1], [2,
    3]] },
]
[[list]]
day = 2026-01-01 07:00:00
[list.sub]
deep = true
[[list]]
day = 1
  [[list.inner]]
  z = 1
'''
    lines = key_lines(text)
    expected: dict[KeyPath, int] = {
        ("top",): 2,
        ("a", "b", "c"): 6,
        ("a", "q.r", 2, "g", 1, 1): 10,
        ("list", 0, "day"): 13,
        ("list", 0, "sub", "deep"): 15,
        ("list", 1): 16,
        ("list", 1, "inner", 0, "z"): 19,
    }
    assert {path: lines.get(path) for path in expected} == expected


_KEYS = st.sampled_from(["a", "b-c", '"d.e"', "'f g'", "a.x"])
_VALUES = st.recursive(
    st.sampled_from(["1", "-2.5", "true", '"]} # x"', "'{['", '"""\n]\n"""', "2026-01-01", "07:00:00", "'''\n'''"]),
    lambda inner: st.lists(inner, max_size=3).map(lambda members: "[\n" + ", # c\n".join(members) + "]"),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(["[t]\n", "[[l]]\n", "", "\n# c\n"]), _KEYS, _VALUES), max_size=6))
def test_the_scanner_finds_the_same_keys_as_the_parser(entries: list[tuple[str, str, str]]) -> None:
    text = "".join(f"{head}{key} = {value}\n" for head, key, value in entries)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = key_lines(text)
    assert set(lines) == set(_paths(values))
    for path, line in lines.items():
        name = next(part for part in reversed(path) if isinstance(part, str))
        if isinstance(path[-1], str):
            assert name in text.splitlines()[line - 1]


def _paths(value: object, path: KeyPath = ()) -> list[KeyPath]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [found for key, member in members for found in [(*path, key), *_paths(member, (*path, key))]]
