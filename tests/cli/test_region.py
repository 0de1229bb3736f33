"""The commands for regions and plugins: what they print, what they answer, how they end."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from cyberwehr.cli import main
from cyberwehr.geodata import districts
from cyberwehr.region_template import write_region
from cyberwehr.testing import check_region_folder

OWN = Path("cyberwehr-data/regions")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def cyberwehr(*arguments: str, **environ: str) -> Answer:
    result = CliRunner().invoke(main, arguments, env=environ)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


def test_help_names_every_command_and_its_purpose() -> None:
    answer = cyberwehr("--help")
    assert answer.code == 0
    assert "The cities and districts there are." in answer.out


def test_list_tells_what_there_is_and_what_is_served() -> None:
    items = json.loads(cyberwehr("region", "list", "--json", CYBERWEHR_REGIONS__ENABLED='["essen"]').out)["items"]
    rows = {row["key"]: row for row in items}
    assert [key for key, row in rows.items() if row["enabled"]] == ["essen"]
    assert rows["bochum"] | {"where": ""} == {
        "key": "bochum",
        "enabled": False,
        "origin": "bundled",
        "name": {"de": "Bochum", "en": "Bochum"},
        "ags": ["05911"],
        "providers": 4,
        "where": "",
        "faults": [],
    }


def test_list_shows_a_faulty_region_instead_of_failing() -> None:
    cyberwehr("region", "new", "mycity", "--district", "05315")
    (OWN / "mycity" / "region.toml").write_text("[region]\n")
    items = json.loads(cyberwehr("region", "list", "--json").out)["items"]
    (row,) = [row for row in items if row["key"] == "mycity"]
    assert any("region.toml:1: region.hotline: is missing" in fault for fault in row["faults"])
    assert cyberwehr("region", "list").code == 0


def test_show_says_what_the_program_reads() -> None:
    shown = json.loads(cyberwehr("region", "show", "bochum", "--json").out)
    assert "44866" in shown["postal_codes"]
    assert len(shown["postal_codes"]) == 18
    assert shown["alarm"]["critical"]["fan_out"] == 3
    assert {each["id"] for each in shown["providers"]} == {f"bochum/bo-{n}" for n in (1, 2, 3, 4)}
    assert "hours: Mo-Fr 08:00-18:00; PH off" in cyberwehr("region", "show", "bochum").out


def test_new_writes_a_region_without_faults_into_the_instances_folder() -> None:
    answer = cyberwehr("region", "new", "mycity", "--district", "05913")
    assert (answer.code, "region check mycity" in answer.out) == (0, True)
    check_region_folder(OWN / "mycity")
    shown = json.loads(cyberwehr("region", "show", "mycity", "--json").out)
    assert (shown["ags"], shown["holidays"], shown["neighbours"]) == (["05913"], "DE-NW", ["bochum"])
    assert len(shown["postal_codes"]) > 20
    check = cyberwehr("region", "check", "mycity")
    assert (check.code, check.out.splitlines()[-1]) == (0, "mycity: ok")


def test_every_known_district_gives_a_region_without_faults(tmp_path: Path) -> None:
    for ags in districts():
        write_region(tmp_path / f"d{ags}", ags, {})
        check_region_folder(tmp_path / f"d{ags}")


@pytest.mark.parametrize(("given", "ags"), [("Hagen", "05914"), ("castrop-rauxel", "05562"), ("Koeln", "05315")])
def test_a_district_is_known_by_its_name_or_a_town_in_it(given: str, ags: str) -> None:
    assert cyberwehr("region", "new", "mycity", "--district", given).code == 0
    assert json.loads(cyberwehr("region", "show", "mycity", "--json").out)["ags"] == [ags]


@pytest.mark.parametrize(
    ("given", "hint"), [("5914", "05914 (Hagen)"), ("Hagn", "05914 (Hagen)"), ("Dortmunt", "05913 (Dortmund)")]
)
def test_of_a_district_misspelt_the_nearest_is_named(given: str, hint: str) -> None:
    answer = cyberwehr("region", "new", "mycity", "--district", given)
    said = " ".join(answer.err.replace("│", " ").split())
    assert (answer.code, "five digits with the leading zero" in said, hint in said) == (2, True, True), said


def test_the_comments_of_the_new_file_stand_below_each_other() -> None:
    for district in ("05315", "05913", "05562"):
        write_region(OWN / f"d{district}", district, {"05911": "bochum"})
        begin, _ = (OWN / f"d{district}" / "region.toml").read_text().split("disclosure")
        assert {line.index("#") for line in begin.split("[region]")[1].splitlines() if "#" in line} == {41}


def test_beside_a_demonstration_the_regions_it_serves_are_enabled() -> None:
    cyberwehr("region", "new", "mycity", "--district", "05913")
    (OWN.parent / "secret_key").write_text("made by up --demo")
    for command in ("region", "plugin"):
        items = json.loads(cyberwehr(command, "list", "--json").out)["items"]
        enabled = {row.get("key") or row["name"] for row in items if row["enabled"]}
        assert {"mycity", "bochum", "essen", "gelsenkirchen"} <= enabled


def test_new_overwrites_nothing() -> None:
    cyberwehr("region", "new", "mycity", "--district", "05913", "--into", "here")
    file = Path("here/mycity/region.toml")
    file.write_text("mine")
    answer = cyberwehr("region", "new", "mycity", "--district", "05913", "--into", "here")
    assert (answer.code, file.read_text()) == (1, "mine")
    assert "exists already; choose another key" in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("region", "new", "MyCity", "--district", "05913"),
        ("region", "new", "mycity", "--district", "99999"),
        ("region", "new", "mycity"),
        ("region", "new", "../mycity", "--district", "05913"),
        ("region", "chek", "bochum"),
        ("region", "show", "Bochum"),
        ("nothing",),
    ],
)
def test_wrong_use_ends_with_2_and_leaves_nothing_behind(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert cyberwehr(*arguments).code == 2
    assert list(tmp_path.iterdir()) == []


def test_check_prints_each_fault_with_file_line_and_key() -> None:
    cyberwehr("region", "new", "mycity", "--district", "05315")
    file = OWN.absolute() / "mycity" / "region.toml"
    lines = file.read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.startswith("hotline"))
    file.write_text("\n".join(lines).replace("hotline", "hotlein"))
    for target in ("mycity", str(file.parent)):
        answer = cyberwehr("region", "check", target)
        assert answer.code == 1
        assert f"{file}:{number}: region.hotlein: unknown key; did you mean hotline?" in answer.out.splitlines()


def test_check_answers_in_json() -> None:
    cyberwehr("region", "new", "mycity", "--district", "05315")
    answer = cyberwehr("region", "check", "mycity", "--json")
    assert (answer.code, json.loads(answer.out)["ok"]) == (0, True)
    file = OWN.absolute() / "mycity" / "region.toml"
    file.write_text("bogus = 1\n" + file.read_text())
    answer = cyberwehr("region", "check", "mycity", "--json")
    told = json.loads(answer.out)
    assert (answer.code, told["ok"]) == (1, False)
    assert {key: told["items"][0][key] for key in ("file", "line", "key", "warning")} == {
        "file": str(file),
        "line": 1,
        "key": "bogus",
        "warning": False,
    }


def test_check_finds_what_only_loading_shows() -> None:
    cyberwehr("region", "new", "mycity", "--district", "05315")
    file = OWN / "mycity" / "region.toml"
    file.write_text(file.read_text().replace("neighbours = []", 'neighbours = ["nowhere"]'))
    answer = cyberwehr("region", "check", "mycity")
    assert (answer.code, "region.neighbours: nowhere is no region" in answer.out) == (1, True)
    (OWN / "mycity" / "__init__.py").write_text("1 / 0")
    answer = cyberwehr("region", "check", "mycity")
    assert (answer.code, "ZeroDivisionError" in answer.err) == (1, True)


def test_check_reads_the_providers_of_the_instance() -> None:
    (OWN / "essen").mkdir(parents=True)
    (OWN / "essen" / "providers.toml").write_text("[[provider]]\n")
    answer = cyberwehr("region", "check", "essen")
    assert answer.code == 1
    assert f"{OWN.absolute()}/essen/providers.toml:1: provider.name: is missing; add it" in answer.out


def test_an_unknown_region_is_one_sentence_and_exit_1() -> None:
    for command in ("show", "check"):
        answer = cyberwehr("region", command, "bochom")
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == "region bochom: not known on this machine; did you mean bochum?\n"


def test_a_wrong_setting_is_one_sentence_and_exit_1() -> None:
    Path("cyberwehr.toml").write_text("[web]\nprot = 1\n")
    answer = cyberwehr("region", "list")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "cyberwehr.toml:2: web.prot: unknown key; did you mean port?\n"


def test_plugin_list_tells_kind_origin_and_hooks() -> None:
    plugin = Path("cyberwehr-data/plugins/pigeon/__init__.py")
    plugin.parent.mkdir(parents=True)
    plugin.write_text("from cyberwehr import hookimpl\n@hookimpl\ndef cyberwehr_channels(): return []\n")
    environ = {"CYBERWEHR_PLUGINS__ENABLED": '["pigeon"]', "CYBERWEHR_REGIONS__ENABLED": '["essen"]'}
    rows = json.loads(cyberwehr("plugin", "list", "--json", **environ).out)["items"]
    loaded = {row["name"]: (row["kind"], row["origin"], row["hooks"]) for row in rows if row["enabled"]}
    assert loaded == {
        "essen": ("region", "bundled", ["cyberwehr_region"]),
        "pigeon": ("plugin", "instance", ["cyberwehr_channels"]),
    }
    gone = cyberwehr("plugin", "list", CYBERWEHR_PLUGINS__ENABLED='["telegraph"]')
    assert (gone.code, "plugin telegraph: not found in" in gone.err) == (1, True)
