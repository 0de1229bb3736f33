"""cyberwehr check: what would stop the start, in the same words, without starting anything."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cyberwehr.cli import main
from cyberwehr.config import load_config, prepare
from cyberwehr.instance import Instance, open_instance
from cyberwehr.storage.migrate import upgrade
from tests.web.world import CALL, World

KEY = "k" * 32


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(*arguments: str, exit_code: int, **environ: str) -> Result:
    result = CliRunner().invoke(main, ["check", *arguments], env={"CYBERWEHR_DATA_DIR": "data", **environ})
    assert result.exit_code == exit_code, (result.output, result.exception)
    assert not Path("data").exists()
    return result


def test_a_demonstration_is_good_and_nothing_is_made() -> None:
    assert check("--demo", exit_code=0).stdout.splitlines()[-1] == "ok"


def test_the_settings_fault_of_the_start_is_said() -> None:
    up = CliRunner().invoke(main, ["up"], env={"CYBERWEHR_DATA_DIR": "data"})
    assert up.exit_code == 1
    assert check(exit_code=1).stdout == up.stderr


def test_example_providers_are_named_file_by_file() -> None:
    settings = {"CYBERWEHR_SECRET_KEY": KEY, "CYBERWEHR_REGIONS__ENABLED": '["bochum", "essen"]'}
    answer = json.loads(check("--json", exit_code=1, **settings).stdout)
    assert [item["sentence"].partition(": ")[0].rsplit("/", 2)[1] for item in answer["items"]] == ["bochum", "essen"]
    assert not answer["ok"]


@pytest.mark.parametrize("settings", [{}, {"CYBERWEHR_REGIONS__ENABLED": '["essen"]'}, {"CYBERWEHR_SECRET_KEY": KEY}])
def test_the_start_names_every_example_file_whatever_else_is_missing(settings: dict[str, str]) -> None:
    up = CliRunner().invoke(main, ["up"], env={"CYBERWEHR_DATA_DIR": "data", **settings})
    assert up.exit_code == 1
    named = re.findall(r"regions/(\w+)/providers\.toml: replace these example providers", up.stderr)
    assert named == (["essen"] if "CYBERWEHR_REGIONS__ENABLED" in settings else ["bochum", "essen", "gelsenkirchen"])
    assert not Path("data").exists()


def test_a_wrong_setting_is_said_alone() -> None:
    assert check(exit_code=1, CYBERWEHR_WEB__PORT="none").stdout.count("\n") == 1


def own_region(tmp_path: Path) -> dict[str, str]:
    """Settings of an instance with a region of its own, whose providers are no examples."""
    folder = tmp_path / "regions"
    made = CliRunner().invoke(main, ["region", "new", "mycity", "--district", "05315", "--into", str(folder)])
    assert made.exit_code == 0, made.output
    providers = folder / "mycity" / "providers.toml"
    providers.write_text(providers.read_text().replace(".example", ".de"))
    return {
        "CYBERWEHR_SECRET_KEY": KEY,
        "CYBERWEHR_REGIONS__ENABLED": '["mycity"]',
        "CYBERWEHR_REGIONS__FOLDER": str(folder),
    }


def test_without_a_way_to_send_mail_there_is_a_warning(tmp_path: Path) -> None:
    settings = own_region(tmp_path)
    assert "warning: no mail is sent" in check(exit_code=0, **settings).stdout
    assert "no mail" not in check(exit_code=0, CYBERWEHR_MAIL_URL="smtp://localhost", **settings).stdout


def test_providers_whom_no_message_reaches_are_named(tmp_path: Path) -> None:
    settings = own_region(tmp_path) | {"CYBERWEHR_MAIL_URL": "smtp://localhost"}
    assert "no channel delivers" not in check(exit_code=0, **settings).stdout
    providers = tmp_path / "regions" / "mycity" / "providers.toml"
    providers.write_text(
        re.sub(r'channel = "mail", to = "[^"]*"', 'channel = "sms", to = "+492345550100"', providers.read_text())
    )
    said = check(exit_code=0, **settings).stdout
    assert re.search(r"warning: no channel delivers to any contact of these providers: mycity/\S+ \(.*sms", said)
    assert "no channel delivers" not in check("--demo", exit_code=0, **settings).stdout


def test_a_public_site_without_legal_and_privacy_notice_is_warned(tmp_path: Path) -> None:
    settings = own_region(tmp_path)
    assert "set instance.imprint_url and instance.privacy_url" in check(exit_code=0, **settings).stdout
    settings["CYBERWEHR_INSTANCE__IMPRINT_URL"] = "https://www.example/impressum"
    assert "set instance.privacy_url" in check(exit_code=0, **settings).stdout
    settings["CYBERWEHR_INSTANCE__PRIVACY_URL"] = "https://www.example/datenschutz"
    assert "notice" not in check(exit_code=0, **settings).stdout
    assert "notice" not in check("--demo", exit_code=0).stdout


def test_beside_a_demonstration_it_is_checked_as_one(sqlite_instance: Instance) -> None:
    own = {"CYBERWEHR_DATA_DIR": str(sqlite_instance.config.instance.data_dir)}
    result = CliRunner().invoke(main, ["check"], env=own)
    assert (result.exit_code, result.stdout) == (0, "ok\n")


def test_beside_a_demonstration_with_calls_its_own_key_fits() -> None:
    config = prepare(load_config({"CYBERWEHR_DATA_DIR": "kept"}, demo=True))
    instance = open_instance(config)
    upgrade(instance.database)
    world = World(instance)
    assert world.post("/calls", CALL).status_code == 201
    instance.database.close()
    for arguments in ([], ["--demo"]):
        result = CliRunner().invoke(main, ["check", *arguments], env={"CYBERWEHR_DATA_DIR": "kept"})
        assert (result.exit_code, result.stdout) == (0, "ok\n")


def test_a_database_out_of_reach_is_a_fault() -> None:
    url = "postgresql+psycopg://cyberwehr:geheim@127.0.0.1:1/cyberwehr"
    said = check("--demo", exit_code=1, CYBERWEHR_DATABASE_URL=url).stdout
    assert "the database does not answer" in said
    assert "geheim" not in said
