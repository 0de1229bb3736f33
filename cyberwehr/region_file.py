"""region.toml + providers.toml -> Region. Faults name file, line and key; nothing of the folder is executed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from cyberwehr.config import kinds
from cyberwehr.config.toml_tables import Document, Table, Wrong, read_document
from cyberwehr.contact_rules import channel_doubt, contact_fault
from cyberwehr.domain.hours import BadHours, Closure, Hours, hours
from cyberwehr.domain.region import AlarmPlan, Contact, LocalText, Provider, Region
from cyberwehr.domain.terms import CallType, Disclosure, Urgency
from cyberwehr.faults import Fault, Refusal
from cyberwehr.geodata import districts, place_table
from cyberwehr.plugins_finder import PROVIDERS
from cyberwehr.region_examples import check_examples

REGION, EXAMPLES = "region.toml", "examples.toml"

_ALWAYS = hours("24/7", None)
_NEVER_READ = date(2000, 1, 1)


class RegionFault(Refusal):
    """A region's files cannot be used; the text has a line `FILE:LINE: KEY: sentence` for each of `faults`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def load_region(folder_or_file: str | Path, providers_file: str | Path | None = None) -> Region:
    """The region a folder describes; its key is the folder's name. Raises RegionFault with every fault found.

    folder_or_file: the folder, or a file in it (`__file__` of the region's package). providers_file: read instead of
    the folder's own providers.toml.
    """
    folder = _folder(folder_or_file)
    region, faults = _read(folder, Path(providers_file) if providers_file else folder / PROVIDERS)
    _refuse(faults)
    return region


def replace_providers(region: Region, providers_file: Path) -> Region:
    """The same region with the providers of another file; raises RegionFault."""
    document = read_document(providers_file)
    replaced = _with_providers(region, document)
    _refuse(document.faults)
    return replaced


def check_region(folder: str | Path, providers_file: Path | None = None) -> list[Fault]:
    """Every fault and warning in a region's folder, its examples tried; empty if all is well."""
    path = _folder(folder)
    providers = providers_file or path / PROVIDERS
    region, faults = _read(path, providers)
    if any(not fault.warning for fault in faults):
        return sorted(faults)
    examples = read_document(path / EXAMPLES)
    check_examples(region, examples)
    return sorted(faults + examples.faults + _example_warnings(region, providers))


def _folder(folder_or_file: str | Path) -> Path:
    path = Path(folder_or_file).absolute()
    return path if path.is_dir() or not path.suffix else path.parent


def _refuse(faults: list[Fault]) -> None:
    if serious := [fault for fault in faults if not fault.warning]:
        raise RegionFault(sorted(serious))


def _example_warnings(region: Region, providers: Path) -> list[Fault]:
    examples = [provider.key for provider in region.providers if provider.is_example]
    sentence = (
        f"example providers ({', '.join(examples)}) that nobody can reach; replace them before going into service"
    )
    return [Fault(providers, 1, "provider", sentence, warning=True)] if examples else []


def _read(folder: Path, providers: Path) -> tuple[Region, list[Fault]]:
    document, listed = read_document(folder / REGION), read_document(providers)
    region = Region(key=folder.name, name={}, districts=(), hotline="", opening=_ALWAYS)
    if not document.faults:
        region = _region(folder.name, document)
    if not listed.faults:
        region = _with_providers(region, listed, check_order=False)
        _check_order(region, document)
    return region, document.faults + listed.faults


def _region(key: str, document: Document) -> Region:
    root = document.root()
    table = root.table("region")
    try:
        kinds.key(key)
    except Wrong as wrong:
        table.fault("key", f"the folder's name, {key}, is the region's key and {wrong}")
    region = Region(
        key=key,
        name=table.read("name", kinds.local_text, {}, required=True),
        districts=table.read("ags", kinds.filled(_district), (), required=True),
        hotline=table.read("hotline", kinds.text, "", required=True),
        opening=_opening(table),
        places=table.read("places", kinds.many(kinds.text), ()),
        languages=table.read("languages", kinds.filled(kinds.language), ("de", "en")),
        neighbours=table.read("neighbours", kinds.many(kinds.key), ()),
        disclosure=table.read("disclosure", kinds.word(Disclosure), Disclosure.STAGED),
        plans=_plans(root.table("alarm")),
        provider_order=table.read("provider_order", kinds.many(kinds.key), ()),
        postal_codes_add=table.read("postal_codes_add", kinds.many(kinds.postal_code), ()),
        postal_codes_remove=table.read("postal_codes_remove", kinds.many(kinds.postal_code), ()),
    )
    if key in region.neighbours:
        table.fault("neighbours", f"{key} cannot be its own neighbour; remove it")
    table.close()
    root.close()
    return region


def _district(value: object) -> str:
    if value not in districts():
        raise Wrong('must be the five-digit AGS, in quotes, of a district this program knows, like "05315"')
    return str(value)


def _opening(table: Table) -> Hours:
    zone = table.read("timezone", kinds.zone, "Europe/Berlin")
    holidays = table.read("holidays", _holidays, "DE", required=True)
    closures = tuple(found for each in table.tables("closures") if (found := _closure(each)))
    return _hours(table, holidays, closures, zone)


def _holidays(value: object) -> str:
    code = kinds.text(value)
    try:
        hours("24/7", code)
    except BadHours as bad:
        raise Wrong(str(bad)) from None
    return code


def _closure(table: Table) -> Closure | None:
    first = table.read("from", kinds.day, _NEVER_READ, required=True)
    last = table.read("to", kinds.day, first)
    reason: LocalText = table.read("reason", kinds.local_text, {})
    table.close()
    if last < first:
        table.fault("to", "lies before `from`; a closure of one day needs no `to`")
        return None
    return Closure(first, last, reason)


def _hours(table: Table, holidays: str | None, closures: tuple[Closure, ...], zone: str) -> Hours:
    spec = table.read("hours", kinds.text, "24/7", required=True)
    try:
        return hours(spec, holidays, closures, zone)
    except BadHours as bad:
        table.fault("hours", str(bad))
        return _ALWAYS


def _plans(alarm: Table) -> Mapping[Urgency, AlarmPlan]:
    plans = {urgency: _plan(alarm.table(urgency.value)) for urgency in Urgency}
    alarm.close()
    return plans


def _plan(table: Table) -> AlarmPlan:
    usual = AlarmPlan()
    plan = AlarmPlan(
        fan_out=table.read("fan_out", kinds.whole(1, 1000), usual.fan_out),
        accept_within=table.read("accept_within", kinds.duration, usual.accept_within),
        rounds=table.read("rounds", kinds.whole(1, 10), usual.rounds),
        wait_at_most=table.read("wait_at_most", kinds.duration, usual.wait_at_most),
        auto=table.read("auto", kinds.flag, usual.auto),
    )
    if plan.accept_within < timedelta(minutes=1):
        table.fault("accept_within", "must leave the provider at least one minute to answer")
    table.close()
    return plan


def _with_providers(region: Region, document: Document, check_order: bool = True) -> Region:
    root = document.root()
    tables = root.tables("provider")
    root.close()
    if not tables and not document.faults:
        root.fault("provider", "nobody to alarm; add a [[provider]]")
    providers: dict[str, Provider] = {}
    for table in tables:
        provider = _provider(table, region)
        if provider.key in providers:
            table.fault("key", f"{provider.key} stands here twice; give each provider a key of its own")
        providers[provider.key] = provider
    region = replace(region, providers=tuple(providers.values()))
    if check_order:
        _check_order(region, document)
    return region


def _check_order(region: Region, document: Document) -> None:
    keys = [provider.key for provider in region.providers]
    for n, key in enumerate(region.provider_order):
        if key not in keys:
            document.fault(
                ("region", "provider_order", n), f"{key} is no provider of this region; correct or remove it"
            )


def _provider(table: Table, region: Region) -> Provider:
    opening = region.opening
    skills: tuple[CallType, ...] = table.read("skills", kinds.filled(kinds.word(CallType)), (), required=True)
    provider = Provider(
        region=region.key,
        key=table.read("key", kinds.key, "", required=True),
        name=table.read("name", kinds.text, "", required=True),
        postal_code=table.read("postal_code", kinds.postal_code, "", required=True),
        duty=_hours(table, opening.holidays, (), opening.timezone),
        capacity=table.read("capacity", kinds.whole(1, 1000), 1),
        skills=frozenset(skills),
        languages=table.read("languages", kinds.filled(kinds.spoken), ("de",)),
        radius_km=table.read("radius_km", kinds.number(1, 2000), None),
        qualified_until=table.read("qualified_until", kinds.day, None),
        answer_minutes=table.read("answer_minutes", kinds.number(0, 1440), 10.0),
        point=table.read("point", kinds.point, None),
        contacts=_contacts(table),
    )
    if provider.point is None and provider.postal_code and place_table().point(provider.postal_code) is None:
        table.fault(
            "postal_code", "no table knows where this code lies; correct it, or add point = [latitude, longitude]"
        )
    table.close()
    return provider


def _contacts(table: Table) -> tuple[Contact, ...]:
    contacts = tuple(_contact(each) for each in table.tables("contacts"))
    if not contacts:
        table.fault("contacts", 'no way to reach this provider; add one, like { channel = "mail", to = "…" }')
    return contacts


def _contact(table: Table) -> Contact:
    contact = Contact(
        channel=table.read("channel", kinds.key, "", required=True),
        to=table.read("to", kinds.text, "", required=True),
    )
    if sentence := contact_fault(contact):
        table.fault("to", sentence)
    if doubt := channel_doubt(contact.channel):
        table.fault("channel", doubt, warning=True)
    table.close()
    return contact
