"""cyberwehr.toml and the environment -> a frozen Config. An unknown key is an error, a bad value stops the start."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cyberwehr.bundled import PLUGINS, REGIONS, bundled, folders_in
from cyberwehr.config.environment import BadVariable, Variable, variable_for, variables
from cyberwehr.config.settings import SECTIONS, Config
from cyberwehr.config.toml_tables import Document, Table, read_document
from cyberwehr.faults import Refusal

__all__ = ["Config", "ConfigError", "load_config", "prepare", "read_config"]

FILE_NAME = "cyberwehr.toml"
SECRET_FILE = "secret_key"  # noqa: S105  (a file's name)


class ConfigError(Refusal):
    """A setting is wrong: `FILE:LINE: KEY: sentence`, or `VARIABLE: sentence` for the environment."""


def load_config(environ: Mapping[str, str], path: Path | None = None, demo: bool = False) -> Config:
    """The settings of an instance that is going to run; raises ConfigError with one sentence.

    path: the file; None: CYBERWEHR_CONFIG, else ./cyberwehr.toml if there is one, else no file. Variables win over the
    file, `demo=True` over both. Nothing is created here: in demo mode the secret key may be empty until `prepare`.
    """
    config = read_config(environ, path, demo)
    if not config.regions.enabled:
        _missing(config, "regions", "enabled", 'lists no region to serve; name at least one, like ["mycity"]')
    if not config.security.secret_key and not config.instance.demo:
        _missing(config, "security", "secret_key", "is missing; make one with: openssl rand -hex 32")
    return config


def read_config(environ: Mapping[str, str], path: Path | None = None, demo: bool = False) -> Config:
    """As load_config, for commands that serve nobody: a secret key and regions may be missing."""
    document = _document(environ, path)
    overrides = _variables(environ)
    _merge(document, overrides)
    config = _read(document.root(), document.file if document.file.is_file() else None)
    _raise_first(document, overrides)
    config = _complete(replace(config, instance=replace(config.instance, demo=config.instance.demo or demo)))
    _check_together(document, config)
    _raise_first(document, overrides)
    return config


def prepare(config: Config) -> Config:
    """Make the data folder (0700) and, in demo mode, the secret key (DATA_DIR/secret_key, 0600) unless they exist.

    To be called by commands that run something, before other processes are started. The answer has the key.
    """
    config.instance.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if config.security.secret_key:
        return config
    file = config.instance.data_dir / SECRET_FILE
    if not file.exists():
        _write_secret(file)
    return replace(config, security=replace(config.security, secret_key=_kept_secret(file)))


def _write_secret(file: Path) -> None:
    """Linked into place when it is complete, so that two processes at once agree on one key."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_hex(32))
        os.link(draft, file)
    except FileExistsError:
        pass
    except OSError as error:  # of a full disk the system does not say which file it was about
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        draft.unlink()


def _kept_secret(file: Path) -> str:
    if file.stat().st_mode & 0o077:
        raise ConfigError(f"{file}:1: secret_key: can be read by others; run: chmod 600 {file}")
    try:
        key = file.read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise ConfigError(f"{file}:1: secret_key: is not text; remove the file to get a new one") from None
    if len(key) < 32:
        raise ConfigError(f"{file}:1: secret_key: is shorter than 32 characters; remove the file to get a new one")
    return key


def _document(environ: Mapping[str, str], path: Path | None) -> Document:
    named = path or (Path(environ["CYBERWEHR_CONFIG"]) if environ.get("CYBERWEHR_CONFIG") else None)
    if named is None and not Path(FILE_NAME).is_file():
        return Document(Path(FILE_NAME), {})
    document = read_document(named or Path(FILE_NAME))
    _raise_first(document, [])
    return document


def _variables(environ: Mapping[str, str]) -> list[Variable]:
    try:
        return variables(environ)
    except BadVariable as bad:
        raise ConfigError(str(bad)) from None


def _merge(document: Document, overrides: list[Variable]) -> None:
    values: dict[str, Any] = dict(document.values)
    for variable in overrides:
        section = values.get(variable.section, {})
        if isinstance(section, dict):
            values[variable.section] = {**section, variable.key: variable.value}
    document.values = values


def _read(root: Table, file: Path | None) -> Config:
    sections = {name: _section(root.table(name), kind) for name, kind in SECTIONS.items()}
    root.close()
    return Config(**sections, file=file)


def _section(table: Table, section: type) -> Any:
    values = {each.name: table.read(each.name, each.metadata["kind"], each.default) for each in fields(section)}
    table.close()
    return section(**values)


def _complete(config: Config) -> Config:
    """The defaults that depend on other settings."""
    instance, mail = config.instance, config.mail
    data = instance.data_dir.absolute()
    url = instance.public_url or f"http://localhost:{config.web.port}"
    desk_url = instance.desk_url or url
    host, desk_host = (urlsplit(each).hostname or "localhost" for each in (url, desk_url))
    regions = config.regions.folder if config.regions.folder.is_absolute() else data / "regions"
    plugins = config.plugins.folder if config.plugins.folder.is_absolute() else data / "plugins"
    sheets = config.fallback.folder if config.fallback.folder.is_absolute() else data / "fallback"
    hosts = tuple(dict.fromkeys((host, desk_host, "localhost", "127.0.0.1", "[::1]")))
    return replace(
        config,
        instance=replace(instance, data_dir=data, public_url=url, desk_url=desk_url),
        database=replace(config.database, url=config.database.url or f"sqlite:///{data / 'cyberwehr.sqlite'}"),
        security=replace(config.security, trusted_hosts=config.security.trusted_hosts or hosts),
        regions=replace(
            config.regions, folder=regions, enabled=config.regions.enabled or _demo_regions(config, regions)
        ),
        plugins=replace(config.plugins, folder=plugins, enabled=config.plugins.enabled or tuple(bundled(PLUGINS))),
        fallback=replace(config.fallback, folder=sheets),
        mail=replace(mail, sender=mail.sender or f"cyberwehr@{host}"),
    )


def _demo_regions(config: Config, folder: Path) -> tuple[str, ...]:
    """A demonstration shows all regions there are, the instance's own included."""
    return tuple(sorted({**bundled(REGIONS), **folders_in(folder)})) if config.instance.demo else ()


def _check_together(document: Document, config: Config) -> None:
    """What only shows when several settings are looked at."""
    instance = config.instance
    if bad := instance.bad_hours():
        document.fault(("instance", bad[0]), bad[1])
    if instance.default_language not in instance.languages:
        document.fault(("instance", "default_language"), "is not one of instance.languages; add it there")
    if instance.clock_offset and not instance.demo:
        document.fault(("instance", "clock_offset"), "is for demo mode only; remove it or set demo = true")


def _raise_first(document: Document, overrides: list[Variable]) -> None:
    """ConfigError for the first fault, with the name of the variable if the value came from there."""
    for fault in document.faults:
        section, _, key = fault.key.partition(".")
        names = [each.name for each in overrides if each.section == section and key.split(".")[0] == each.key]
        raise ConfigError(f"{names[-1]}: {fault.sentence}" if names else str(fault))


def where(config: Config, section: str, key: str, member: str) -> str:
    """Where the settings list something, as every fault begins: `FILE:LINE: KEY: `, or `VARIABLE: ` without a file."""
    document = read_document(config.file) if config.file else None
    values = document.values.get(section) if document else None
    listed = values.get(key) if isinstance(values, dict) else None
    if document is None or not isinstance(listed, list) or member not in listed:
        return f"{variable_for(section, key)}: "
    document.fault((section, key, listed.index(member)), "")
    return str(document.faults[0])


def _missing(config: Config, section: str, key: str, sentence: str) -> None:
    variable = variable_for(section, key)
    if config.file is None:
        raise ConfigError(f"{variable}: {sentence} (or write a {FILE_NAME}, or start in demo mode)")
    document = read_document(config.file)
    document.fault((section, key), f"{sentence} (or set {variable})")
    raise ConfigError(str(document.faults[0]))
