"""One running control centre: its configuration, database, regions, plugins and words. Built once per process."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cyberwehr.config import Config
from cyberwehr.default_rules.endings_file import load_endings
from cyberwehr.default_rules.first_aid_file import load_first_aid
from cyberwehr.default_rules.legal_file import load_legal
from cyberwehr.default_rules.protocol_file import load_protocol
from cyberwehr.domain.hours import Hours
from cyberwehr.domain.places import PlaceTable
from cyberwehr.domain.region import Contact, Provider, Region
from cyberwehr.geodata import place_table
from cyberwehr.i18n import Catalogues
from cyberwehr.messages.letters import Frame
from cyberwehr.plugins_loader import Plugins, load_plugins
from cyberwehr.storage import Database, Keyring, WriteAll

V = TypeVar("V")
R = TypeVar("R")
EXERCISE_ALERTS = (Contact("mail", "einsatzleitung@leitstelle.example"),)


@dataclass(frozen=True)
class Instance:
    config: Config
    database: Database
    plugins: Plugins
    catalogues: Catalogues
    places: PlaceTable

    @property
    def regions(self) -> Mapping[str, Region]:
        return self.plugins.regions

    @cached_property
    def providers(self) -> Mapping[str, Provider]:
        """All providers of all regions by id (REGION/KEY)."""
        return {p.id: p for region in self.regions.values() for p in region.providers}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.instance.timezone)

    def opening(self, region: str | None) -> Hours:
        """The region's opening hours; the instance's own for a call whose region is open."""
        found = self.regions.get(region or "")
        return found.opening if found else self.config.instance.opening

    def zone_of(self, region: str | None) -> ZoneInfo:
        return self.opening(region).zone

    def frame(self, region: str | None = None) -> Frame:
        """What every letter needs: who writes, the hotline, the zone of its times, and whether it is an exercise."""
        own, found = self.config.instance, self.regions.get(region or "")
        hotline = found.hotline if found else own.hotline
        return Frame(centre=own.name, hotline=hotline, demo=own.demo, zone=self.zone_of(region))

    def url(self, path: str) -> str:
        """An address for everybody: the forms, and the links of callers and providers."""
        return f"{self.config.instance.public_url.rstrip('/')}{path}"

    def desk_url(self, path: str) -> str:
        """An address of the control room, which may be reached under another host than the public pages."""
        return f"{self.config.instance.desk_url.rstrip('/')}{path}"

    @property
    def alerts(self) -> tuple[Contact, ...]:
        """Who in the control centre is told when a person has to act; an exercise always has somebody."""
        own = self.config.instance
        return self.config.control_room.alerts or (EXERCISE_ALERTS if own.demo else ())

    def channel_settings(self) -> dict[str, Any]:
        """What channel plugins are told (see the hook's docstring)."""
        own, mail = self.config.instance, self.config.mail
        return {
            "demo": own.demo,
            "data_dir": own.data_dir,
            "mail_url": mail.url,
            "mail_sender": mail.sender,
            "host": urlsplit(own.public_url).hostname or "localhost",
        }

    def begin(self) -> AbstractContextManager[Session]:
        return self.database.begin()

    def write_together(self, write_all: WriteAll[V, R], value: V) -> R:
        return self.database.write_together(write_all, value)

    def reading(self) -> AbstractContextManager[Session]:
        return self.database.reading()


def open_instance(config: Config) -> Instance:
    """Load regions, plugins and rules and prepare the database's engine; the database itself is not touched yet.

    A fault in any of them stops the start; nobody who calls for help waits for a file to be read.
    """
    load_first_aid(), load_legal(), load_endings(), load_protocol()
    plugins = load_plugins(config)
    return Instance(
        config=config,
        database=open_database(config),
        plugins=plugins,
        catalogues=Catalogues.load(plugins.catalogue_folders()),
        places=place_table(),
    )


def open_database(config: Config) -> Database:
    return Database(
        config.database.url,
        Keyring(config.security.secret_key),
        clock_offset=timedelta(seconds=config.instance.clock_offset),
        pool_size=config.database.pool_size,
    )
