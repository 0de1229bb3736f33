"""cyberwehr.toml and the environment: what is accepted, and the one sentence a person gets for what is not."""

import errno
import os
import re
import stat
import threading
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.config import Config, ConfigError, kinds, load_config, prepare, read_config
from cyberwehr.config.settings import SECTIONS
from cyberwehr.config.toml_tables import Wrong
from cyberwehr.domain.region import Contact

EXAMPLE = Path(__file__).parent.parent / "cyberwehr.example.toml"
KEY = "k" * 32
RUNNING = f'[security]\nsecret_key = "{KEY}"\n[regions]\nenabled = ["mycity"]\n'


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str) -> Path:
    file = Path("settings.toml").absolute()
    file.write_text(text)
    return file


def refusal(text: str, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(environ, write(text))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def uncommented(text: str) -> str:
    return re.sub(r"^#(?=[a-z_]+ = )", "", text, flags=re.MULTILINE)


def test_the_example_loads_once_a_key_is_made() -> None:
    config = load_config({"CYBERWEHR_SECRET_KEY": KEY}, EXAMPLE)
    assert config.regions.enabled == ("bochum", "essen", "gelsenkirchen")
    assert not config.instance.demo


def test_the_example_contains_every_key_and_all_its_values_are_good() -> None:
    text = uncommented(EXAMPLE.read_text())
    config = load_config({}, write(text))
    assert config.control_room.alerts == (Contact("mail", "einsatzleitung@cyberwehr.example"),)
    for section, keys in SECTIONS.items():
        body = re.search(rf"^\[{section}\]$(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
        assert body, section
        shown = re.findall(r"^([a-z_]+) = ", body[1], re.MULTILINE)
        assert sorted(shown) == sorted(each.name for each in fields(keys))


def test_the_defaults_written_in_the_example_are_the_defaults() -> None:
    """A commented line without "Default:" in the lines above it shows the default."""
    plain, full = EXAMPLE.read_text(), {"CYBERWEHR_SECRET_KEY": KEY}
    shown = load_config(full, write(uncommented(plain)))
    usual = load_config(full, EXAMPLE)
    own = replace(shown.instance, imprint_url=None, privacy_url=None)  # "Default: none"
    assert own == usual.instance
    for section in ("web", "alarm", "limits"):
        assert getattr(shown, section) == getattr(usual, section)
    assert (shown.database.pool_size, shown.regions) == (usual.database.pool_size, usual.regions)


def test_demo_without_a_file_serves_all_bundled_regions_and_creates_nothing() -> None:
    config = load_config({"CYBERWEHR_DEMO": "1"})
    assert config.regions.enabled == ("bochum", "essen", "gelsenkirchen")
    assert config.database.url == f"sqlite:///{Path.cwd()}/cyberwehr-data/cyberwehr.sqlite"
    assert config.instance.public_url == "http://localhost:8000"
    assert config.mail.url is None
    assert not list(Path.cwd().iterdir())


def test_the_control_room_may_have_an_address_of_its_own() -> None:
    same = load_config({"CYBERWEHR_PUBLIC_URL": "https://hilfe.example"}, demo=True)
    assert same.instance.desk_url == "https://hilfe.example"
    environ = {
        "CYBERWEHR_PUBLIC_URL": "https://hilfe.example",
        "CYBERWEHR_INSTANCE__DESK_URL": "http://desk.example:81/",
    }
    apart = load_config(environ, demo=True)
    assert (apart.instance.public_url, apart.instance.desk_url) == ("https://hilfe.example", "http://desk.example:81")
    assert {"hilfe.example", "desk.example", "localhost"} <= set(apart.security.trusted_hosts)


def test_demo_also_serves_the_instances_own_regions() -> None:
    own = Path("cyberwehr-data/regions/mycity")
    own.mkdir(parents=True)
    assert "mycity" not in load_config({}, demo=True).regions.enabled
    (own / "region.toml").touch()
    assert "mycity" in load_config({}, demo=True).regions.enabled


def test_the_file_in_the_working_directory_is_read_and_the_named_one_wins() -> None:
    Path("cyberwehr.toml").write_text(f'[instance]\nname = "here"\n{RUNNING}')
    other = write(f'[instance]\nname = "named"\n{RUNNING}')
    assert load_config({}).instance.name == "here"
    assert load_config({"CYBERWEHR_CONFIG": str(other)}).instance.name == "named"


def test_the_environment_wins_over_the_file_and_words_need_no_quotes() -> None:
    file = write(f'[web]\nport = 1\n[alarm]\nreport_reminder = "1 h"\n{RUNNING}')
    environ = {
        "CYBERWEHR_WEB__PORT": "8081",
        "CYBERWEHR_WEB__HOST": "0.0.0.0",
        "CYBERWEHR_ALARM__REPORT_REMINDER": "2 d",
        "CYBERWEHR_REGIONS__ENABLED": '["one", "two"]',
        "CYBERWEHR_INSTANCE__NAME": "12345",
        "CYBERWEHR_SECRET_KEY": "1" * 40,
        "CYBERWEHR_MAIL_URL": "",
        "HOME": "/",
    }
    config = load_config(environ, file)
    assert (config.web.port, config.web.host) == (8081, "0.0.0.0")
    assert config.alarm.report_reminder == timedelta(days=2)
    assert config.regions.enabled == ("one", "two")
    assert config.instance.name == "12345"
    assert config.security.secret_key == "1" * 40


def test_a_variable_cannot_smuggle_a_second_key_in() -> None:
    text = '"x"\nport = 1'
    assert refusal(RUNNING, CYBERWEHR_INSTANCE__NAME=text).startswith("CYBERWEHR_INSTANCE__NAME: must not contain")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[web]\nprot = 1", "2: web.prot: unknown key; did you mean port?"),
        ("[wbe]\nport = 1", "1: wbe: unknown key; did you mean web?"),
        ("[web]\n\nport = 70000", "3: web.port: must be a whole number from 1 to 65535, without quotes"),
        ('[web]\nport = "80"', "2: web.port: must be a whole number from 1 to 65535, without quotes"),
        ("[web]\nport = true", "2: web.port: must be a whole number"),
        ("web = 3", "1: web: must be a table: [web]"),
        ("[web\n", "1: file: this is not TOML: "),
        ('[instance]\nhours = "Mo-Fr 8-18 Uhr"', "2: instance.hours: "),
        ('[instance]\nhours = "Mo-Fr 20:00-06:00"', "2: instance.hours: "),
        ('[instance]\nholidays = "DE-XX"', "2: instance.holidays: "),
        ('[instance]\ntimezone = "Europe/Brelin"', "2: instance.timezone: must be a time zone"),
        ('[instance]\npublic_url = "cyberwehr.example"', "2: instance.public_url: must be a URL"),
        ('[instance]\npublic_url = "https://u:p@x.example"', "2: instance.public_url: must be the address"),
        ('[instance]\ndesk_url = "desk.cyberwehr.example"', "2: instance.desk_url: must be a URL"),
        ('[instance]\nimprint_url = "javascript:alert(1)"', "2: instance.imprint_url: must be a URL like https://"),
        (
            '[instance]\nprivacy_url = "https://u:p@x.example/"',
            "2: instance.privacy_url: must be the address of a page",
        ),
        ('[instance]\nlanguages = ["de", "de"]', "2: instance.languages: de stands here twice"),
        ('[instance]\nlanguages = [\n "de",\n "fr",\n]', "4: instance.languages: must be a language"),
        ('[instance]\nlanguages = ["en"]', "1: instance.default_language: is not one of"),
        ("[instance]\nclock_offset = 60", "2: instance.clock_offset: is for demo mode only"),
        ('[instance]\nname = "a\\nb"', "2: instance.name: must not contain line feeds"),
        ('[database]\nurl = "mysql://x/y"', "2: database.url: must be a URL like sqlite:"),
        ('[database]\nurl = "sqlite://"', "2: database.url: must name a file"),
        ('[mail]\nurl = "smtp://host:99999"', "2: mail.url: must be a URL like smtp"),
        ('[mail]\nurl = "smtp://host?tls=1"', "2: mail.url: must name a host and nothing unknown"),
        ('[mail]\nsender = "nobody"', "2: mail.sender: must be a mail address"),
        ('[alarm]\narrival_grace = "15"', "2: alarm.arrival_grace: must be a duration"),
        ('[control_room]\nalerts = [\n { channel = "mail" } ]', "3: control_room.alerts: must be a table"),
        ('[security]\nsecret_key = "short"', "2: security.secret_key: must have at least 32 characters"),
        ("[regions]\nenabled = []", "2: regions.enabled: must not be empty"),
        ('[regions]\nenabled = ["München"]', "2: regions.enabled: must be ascii"),
        ("", "1: regions.enabled: lists no region to serve"),
        ('[regions]\nenabled = ["mycity"]', "1: security.secret_key: is missing; make one with: openssl rand -hex 32"),
    ],
)
def test_a_fault_is_one_sentence_with_file_line_and_key(text: str, expected: str) -> None:
    assert refusal(text).startswith(f"{Path.cwd()}/settings.toml:{expected}")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CYBERWEHR_WEB__PROT", "1", "CYBERWEHR_WEB__PROT: unknown variable; did you mean CYBERWEHR_WEB__PORT?"),
        ("CYBERWEHR_DATABSE_URL", "x", "CYBERWEHR_DATABSE_URL: unknown variable; did you mean CYBERWEHR_DATABASE_URL?"),
        ("CYBERWEHR_WEB__PORT", "many", "CYBERWEHR_WEB__PORT: must be a whole number from 1 to 65535"),
        ("CYBERWEHR_CLOCK_OFFSET", "-60", "CYBERWEHR_CLOCK_OFFSET: is for demo mode only"),
        ("CYBERWEHR_SECRET_KEY", "short", "CYBERWEHR_SECRET_KEY: must have at least 32"),
        ("CYBERWEHR_DEMO", "perhaps", "CYBERWEHR_DEMO: must be true or false"),
    ],
)
def test_a_fault_in_the_environment_names_the_variable(name: str, value: str, expected: str) -> None:
    assert refusal(RUNNING, **{name: value}).startswith(expected)


def test_variables_of_others_are_left_alone() -> None:
    assert load_config({"CYBERWEHR_TOKEN": "x", "CYBERWEHR_URL": "y"}, write(RUNNING)).web.port == 8000


@pytest.mark.parametrize("secret", ["hunter2hunter2", "smtp://u:hunter2@host:0", "postgres://u:hunter2@host/db"])
def test_no_refusal_repeats_a_secret(secret: str) -> None:
    for name in ("CYBERWEHR_SECRET_KEY", "CYBERWEHR_MAIL_URL", "CYBERWEHR_DATABASE_URL"):
        assert "hunter2" not in refusal(RUNNING, **{name: secret})


def test_without_a_file_the_refusal_names_the_variables_to_set() -> None:
    with pytest.raises(ConfigError, match=r"^CYBERWEHR_REGIONS__ENABLED: lists no region"):
        load_config({})
    with pytest.raises(ConfigError, match=r"^CYBERWEHR_SECRET_KEY: is missing"):
        load_config({"CYBERWEHR_REGIONS__ENABLED": '["mycity"]'})
    assert read_config({}).regions.enabled == ()


def test_a_file_that_is_missing_or_not_utf_8_is_a_sentence_too() -> None:
    with pytest.raises(ConfigError, match=r"nowhere.toml:1: file: cannot be read \(No such file"):
        load_config({}, Path("nowhere.toml"))
    Path("latin.toml").write_bytes('[instance]\nname = "Köln"'.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin.toml:2: file: save this file as UTF-8"):
        load_config({}, Path("latin.toml"))


def test_demo_makes_a_secret_key_once_and_keeps_it_to_itself() -> None:
    first = prepare(load_config({}, demo=True))
    file = first.instance.data_dir / "secret_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(first.security.secret_key) >= 32
    assert prepare(load_config({}, demo=True)) == first
    assert [path.name for path in first.instance.data_dir.iterdir()] == ["secret_key"]


def test_processes_that_start_at_once_agree_on_one_key() -> None:
    config, keys = load_config({}, demo=True), set()
    barrier = threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        keys.add(prepare(config).security.secret_key)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1


def test_a_secret_key_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    config = prepare(load_config({}, demo=True))
    file = config.instance.data_dir / "secret_key"
    bare = replace(config, security=replace(config.security, secret_key=""))
    file.write_bytes(b"\xff\xfe" * 40)
    with pytest.raises(ConfigError, match="secret_key: is not text; remove"):
        prepare(bare)
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="can be read by others; run: chmod 600 /"):
        prepare(bare)
    file.unlink()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(OSError, match="No space left") as caught:
        prepare(bare)
    assert caught.value.filename == str(file)
    assert not list(config.instance.data_dir.iterdir())


def test_a_given_secret_key_is_not_written_down() -> None:
    config = prepare(load_config({"CYBERWEHR_SECRET_KEY": KEY}, demo=True))
    assert not list(config.instance.data_dir.iterdir())


def test_settings_can_be_printed_without_their_secrets() -> None:
    environ = {"CYBERWEHR_SECRET_KEY": "hunter2" * 5, "CYBERWEHR_MAIL_URL": "smtp://u:hunter2@mail.example"}
    environ["CYBERWEHR_DATABASE_URL"] = "postgresql+psycopg://u:hunter2@localhost/db"
    config = load_config(environ, demo=True)
    assert config.mail.url == environ["CYBERWEHR_MAIL_URL"]
    assert "hunter2" not in repr(config)


def test_settings_are_frozen() -> None:
    config: Config = load_config({}, demo=True)
    with pytest.raises(AttributeError):
        config.web.port = 1  # type: ignore[misc]


@given(st.integers(0, 10**7), st.sampled_from(["s", "min", "h", "d"]))
def test_a_duration_is_read_or_refused_never_a_crash(amount: int, unit: str) -> None:
    length = amount * {"s": 1, "min": 60, "h": 3600, "d": 86400}[unit]
    if length > 366 * 86400:
        with pytest.raises(Wrong, match="duration"):
            kinds.duration(f"{amount} {unit}")
    else:
        assert kinds.duration(f"{amount}{unit}") == timedelta(seconds=length)
