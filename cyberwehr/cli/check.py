"""cyberwehr check"""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import rich_click as click

from cyberwehr.cli.common import (
    beside_a_demonstration,
    demo_option,
    environment,
    loaded,
    plain_words,
    prepared,
    refuse_foreign,
    refuse_unknown,
    start_config,
)
from cyberwehr.cli.output import as_json, show_json
from cyberwehr.config import SECRET_FILE, Config
from cyberwehr.domain.delivery import Channel
from cyberwehr.domain.region import Provider
from cyberwehr.engine import channel_for
from cyberwehr.faults import Refusal
from cyberwehr.instance import Instance
from cyberwehr.storage.backup import revision
from cyberwehr.storage.migrate import newest


@dataclass(frozen=True, slots=True)
class Finding:
    """What the start would say. A warning does not stop it."""

    sentence: str
    warning: bool = False

    def __str__(self) -> str:
        return f"warning: {self.sentence}" if self.warning else self.sentence


@click.command()
@demo_option
@as_json
@click.pass_context
def check(ctx: click.Context, demo: bool, as_json: bool) -> None:
    """Say what would stop `cyberwehr up`, in the same words, without starting or changing anything."""
    found = list(findings(demo))
    good = all(each.warning for each in found)
    if as_json:
        show_json({"ok": good, "items": [asdict(each) for each in found]})
    else:
        click.echo("\n".join([*map(str, found), *(["ok"] if good else [])]))
    ctx.exit(0 if good else 1)


def findings(demo: bool) -> Iterator[Finding]:
    """Later questions make no sense where an earlier one has no answer: then they are not asked."""
    try:
        config = with_kept_key(start_config(environment(demo or beside_a_demonstration())))
        yield from of_folder(config)
        instance = loaded(config)
    except Refusal as refusal:
        yield from map(Finding, str(refusal).splitlines())
        return
    yield from of_notices(config)
    yield from of_channels(instance)
    yield from of_database(instance)


def with_kept_key(config: Config) -> Config:
    """The settings with the key that a demonstration has made for itself; here none is made."""
    return prepared(config) if (config.instance.data_dir / SECRET_FILE).is_file() else config


def of_folder(config: Config) -> Iterator[Finding]:
    """The data folder, or the nearest folder above it that exists, must take files."""
    wanted = config.instance.data_dir
    nearest = next(folder for folder in (wanted, *wanted.parents) if folder.exists())
    if not Path(nearest).is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        yield Finding(f"{wanted}: cannot be written; give another folder in CYBERWEHR_DATA_DIR")


def of_notices(config: Config) -> Iterator[Finding]:
    """Section 5 DDG and article 13 GDPR ask both of a public site; a demonstration is none."""
    own = config.instance
    missing = [key for key, url in (("imprint_url", own.imprint_url), ("privacy_url", own.privacy_url)) if not url]
    if missing and not own.demo:
        keys = " and ".join(f"instance.{key}" for key in missing)
        yield Finding(f"a public site in Germany needs a legal notice and a privacy notice: set {keys}", warning=True)


def of_channels(instance: Instance) -> Iterator[Finding]:
    channels = instance.plugins.channels(instance.channel_settings())
    if channel_for(channels, "mail") is None:
        yield Finding(
            "no mail is sent: set mail.url (or CYBERWEHR_MAIL_URL), or providers hear of no alarm", warning=True
        )
    cut_off = [each for each in instance.providers.values() if not reachable(each, channels)]
    if cut_off:
        names = "; ".join(f"{each.id} ({', '.join(contact.channel for contact in each.contacts)})" for each in cut_off)
        yield Finding(f"no channel delivers to any contact of these providers: {names}", warning=True)


def reachable(provider: Provider, channels: tuple[Channel, ...]) -> bool:
    return any(channel_for(channels, contact.channel) for contact in provider.contacts)


def of_database(instance: Instance) -> Iterator[Finding]:
    database = instance.database
    try:
        with plain_words(instance.config):
            found = revision(database)
            refuse_unknown(database, found)
            if found != newest():
                yield Finding(f"the database will be brought from {found or 'nothing'} to {newest()}", warning=True)
            else:
                refuse_foreign(database)
    except Refusal as refusal:
        yield Finding(str(refusal))
    finally:
        database.close()
