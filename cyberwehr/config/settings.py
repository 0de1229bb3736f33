"""The settings of an instance: every key of cyberwehr.toml, its kind and its default.

`Config` is what the rest of the program sees. Values given here are checked one by one; what depends on several of
them (demo mode, the data folder) is completed by `cyberwehr.config`, which also says where a wrong value stands.
"""

from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

import cyberwehr.config.kinds as kinds
from cyberwehr.config.toml_tables import Kind, T, Wrong
from cyberwehr.domain.hours import BadHours, Hours, hours
from cyberwehr.domain.region import Contact
from cyberwehr.domain.terms import CallType

UNPLUGGED = (CallType.RANSOMWARE, CallType.MALWARE_INFECTION, CallType.REMOTE_SUPPORT_SCAM, CallType.OTHER)


def setting(kind: Kind[T], default: T, secret: bool = False) -> T:
    """A key with its kind; the default may be completed later where the comment says so. A secret is never printed."""
    found: T = field(default=default, metadata={"kind": kind}, repr=not secret)
    return found


def _public_url(value: object) -> str:
    parts = kinds.split_url(value, ("http", "https"), "https://cyberwehr.example")
    if not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise Wrong("must be the address of this instance alone, like https://cyberwehr.example")
    return kinds.text(value).rstrip("/")


def _page_url(value: object) -> str:
    parts = kinds.split_url(value, ("http", "https"), "https://www.cyberwehr.example/impressum")
    if not parts.hostname or "@" in parts.netloc:
        raise Wrong("must be the address of a page, like https://www.cyberwehr.example/impressum")
    return kinds.text(value)


def _database_url(value: object) -> str:
    example = "sqlite:////var/lib/cyberwehr/cyberwehr.sqlite or postgresql+psycopg://user:password@host/database"
    parts = kinds.split_url(value, ("sqlite", "postgresql+psycopg"), example)
    if parts.scheme == "sqlite" and len(parts.path) < 2:
        raise Wrong("must name a file; an SQLite database in memory is lost with the first process")
    return kinds.text(value)


def _mail_url(value: object) -> str:
    example = "smtp://user:password@host:587?starttls=1 or smtps://user:password@host:465"
    parts = kinds.split_url(value, ("smtp", "smtps"), example)
    options = set(filter(None, parts.query.split("&")))
    if not parts.hostname or options - {"starttls=0", "starttls=1", "verify=0", "verify=1"}:
        raise Wrong(f"must name a host and nothing unknown after ?, like {example}")
    if "verify=0" in options and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise Wrong("must verify the certificate of a mail server on another machine; remove verify=0")
    return kinds.text(value)


def _mail_address(value: object) -> str:
    if "@" not in kinds.text(value).strip("@"):
        raise Wrong('must be a mail address, like "leitstelle@cyberwehr.example"')
    return kinds.text(value)


def _secret(value: object) -> str:
    if not isinstance(value, str) or len(value) < 32:
        raise Wrong("must have at least 32 characters; make one with: openssl rand -hex 32")
    return value


def _alert(value: object) -> Contact:
    if not isinstance(value, dict) or sorted(value) != ["channel", "to"]:
        raise Wrong('must be a table of these two keys: { channel = "mail", to = "…" }')
    return Contact(channel=kinds.key(value["channel"]), to=kinds.text(value["to"]))


@dataclass(frozen=True, slots=True)
class Instance:
    """This control centre. Hours, holidays, timezone and hotline speak for calls that belong to no region.

    public_url, desk_url: where the forms and links for everybody, and the control room, are reached from outside; both
    without a slash at the end. imprint_url, privacy_url: pages elsewhere, None if nobody gave any.
    clock_offset: signed seconds added to every process's clock, 0 outside of demo mode.
    data_dir: absolute; exists only after `prepare`.
    """

    name: str = setting(kinds.text, "Cyberwehr")
    public_url: str = setting(_public_url, "")  # completed: http://localhost:PORT
    desk_url: str = setting(_public_url, "")  # completed: public_url
    imprint_url: str | None = setting(_page_url, None)
    privacy_url: str | None = setting(_page_url, None)
    languages: tuple[str, ...] = setting(kinds.filled(kinds.language), ("de", "en"))
    default_language: str = setting(kinds.language, "de")
    hours: str = setting(kinds.text, "Mo-Fr 08:00-18:00; PH off")
    holidays: str = setting(kinds.text, "DE-NW")
    timezone: str = setting(kinds.zone, "Europe/Berlin")
    hotline: str = setting(kinds.text, "0800 1191112")
    data_dir: Path = setting(kinds.folder, Path("cyberwehr-data"))
    demo: bool = setting(kinds.flag, False)
    clock_offset: float = setting(kinds.number(-4e9, 4e9), 0.0)

    @property
    def opening(self) -> Hours:
        """The instance's own hours."""
        return hours(self.hours, self.holidays, (), self.timezone)

    def bad_hours(self) -> tuple[str, str] | None:
        """(key, sentence) if the hours or the holidays cannot be used."""
        for key, spec, holidays in (("holidays", "24/7", self.holidays), ("hours", self.hours, self.holidays)):
            try:
                hours(spec, holidays, (), self.timezone)
            except BadHours as bad:
                return key, str(bad)
        return None


@dataclass(frozen=True, slots=True)
class Database:
    """url: SQLAlchemy's; pool_size: connections each process keeps open."""

    url: str = setting(_database_url, "", secret=True)  # completed: the SQLite file in the data folder
    pool_size: int = setting(kinds.whole(1, 500), 10)


@dataclass(frozen=True, slots=True)
class Security:
    """secret_key: empty in demo mode until `prepare` has made one. trusted_hosts: Host headers that are answered."""

    secret_key: str = setting(_secret, "", secret=True)
    trusted_hosts: tuple[str, ...] = setting(kinds.filled(kinds.text), ())  # completed: the URLs' hosts, localhost


@dataclass(frozen=True, slots=True)
class Web:
    """Where the web processes listen; proxies: how many trusted proxies stand in front of them."""

    host: str = setting(kinds.text, "127.0.0.1")
    port: int = setting(kinds.whole(1, 65535), 8000)
    workers: int = setting(kinds.whole(1, 64), 2)
    proxies: int = setting(kinds.whole(0, 9), 0)


@dataclass(frozen=True, slots=True)
class Regions:
    """enabled: keys in the order they are shown; folder: the instance's own regions and providers."""

    enabled: tuple[str, ...] = setting(kinds.filled(kinds.key), ())  # completed in demo mode: all there are
    folder: Path = setting(kinds.folder, Path())  # completed: DATA_DIR/regions


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """enabled: names in the order they are asked; folder: the instance's own plugins."""

    enabled: tuple[str, ...] = setting(kinds.filled(kinds.key), ())  # completed: all bundled ones
    folder: Path = setting(kinds.folder, Path())  # completed: DATA_DIR/plugins


@dataclass(frozen=True, slots=True)
class Mail:
    """url: None means that no mail is sent. It may hold a password: never show or log it."""

    url: str | None = setting(_mail_url, None, secret=True)
    sender: str = setting(_mail_address, "")  # completed: cyberwehr@ the host of public_url


@dataclass(frozen=True, slots=True)
class ControlRoom:
    """alerts: who is told when an incident is unserved or a person has to act."""

    alerts: tuple[Contact, ...] = setting(kinds.many(_alert), ())


@dataclass(frozen=True, slots=True)
class Alarm:
    """arrival_grace after the ETA the commander is alerted; report_reminder after the call-out's end.

    disclosure_after_close: how long the provider still sees the company's data.
    """

    arrival_grace: timedelta = setting(kinds.duration, timedelta(minutes=15))
    report_reminder: timedelta = setting(kinds.duration, timedelta(hours=24))
    disclosure_after_close: timedelta = setting(kinds.duration, timedelta(hours=24))


@dataclass(frozen=True, slots=True)
class FirstAid:
    """The commander's word where the sources differ (default_rules/first_aid.toml says which and how).

    unplug: call types in which affected machines are taken off the network; switch_off: in which they are switched
    off rather than left on.
    """

    unplug: tuple[CallType, ...] = setting(kinds.many(kinds.word(CallType)), UNPLUGGED)
    switch_off: tuple[CallType, ...] = setting(kinds.many(kinds.word(CallType)), ())


@dataclass(frozen=True, slots=True)
class Fallback:
    """The paper for the day the computers are down: written each night at a time of instance.timezone.

    keep: how many days' sheets stay in the folder.
    """

    at: time = setting(kinds.wall_clock, time(3, 30))
    folder: Path = setting(kinds.folder, Path())  # completed: DATA_DIR/fallback
    keep: int = setting(kinds.whole(1, 366), 7)


@dataclass(frozen=True, slots=True)
class Limits:
    """body_kb: largest request; the others count per address."""

    body_kb: int = setting(kinds.whole(16, 1_000_000), 1024)
    forms_per_hour: int = setting(kinds.whole(1, 1_000_000), 20)
    logins_per_quarter_hour: int = setting(kinds.whole(1, 1_000_000), 10)


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of an instance, checked and complete. file: where they were read, None without a file."""

    instance: Instance
    database: Database
    security: Security
    web: Web
    regions: Regions
    plugins: PluginSettings
    mail: Mail
    control_room: ControlRoom
    alarm: Alarm
    first_aid: FirstAid
    fallback: Fallback
    limits: Limits
    file: Path | None = None


SECTIONS = {
    "instance": Instance,
    "database": Database,
    "security": Security,
    "web": Web,
    "regions": Regions,
    "plugins": PluginSettings,
    "mail": Mail,
    "control_room": ControlRoom,
    "alarm": Alarm,
    "first_aid": FirstAid,
    "fallback": Fallback,
    "limits": Limits,
}
