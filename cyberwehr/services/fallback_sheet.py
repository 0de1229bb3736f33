"""What stands on the fallback sheet: whom to call, regions, providers, open cases, the interview, blank call sheets."""

from collections.abc import Iterator
from datetime import date

from babel.dates import format_date
from sqlalchemy.orm import Session

from cyberwehr.domain.protocol import Question
from cyberwehr.domain.region import Provider, Region
from cyberwehr.domain.terms import CallType
from cyberwehr.i18n import N_, Texts
from cyberwehr.instance import Instance
from cyberwehr.messages.plain import one_line
from cyberwehr.messages.sheet import Blanks, Block, Grid, Heading, Items, Paragraph, Sheet, Tick
from cyberwehr.services import assessing, guidance
from cyberwehr.services.fallback_cases import open_cases
from cyberwehr.storage import now
from cyberwehr.words import label

CHANNELS = {"mail": N_("E-mail"), "sms": N_("Text message"), "phone": N_("Telephone")}
KINDS = {"do": N_("Do:"), "dont": N_("Do not:"), "call": N_("Call:")}
"""The kinds of first aid (domain.guidance.Step)."""

BLANKS = (
    (N_("Date and time of the call"), 1),
    (N_("Taken by"), 1),
    (N_("Company"), 1),
    (N_("Contact person"), 1),
    (N_("Telephone"), 1),
    (N_("A safe way to reach them, which the attacker does not read"), 1),
    (N_("Street, postal code, town"), 1),
    (N_("Sector and number of employees"), 1),
    (N_("What has happened, since when, what was done already"), 4),
)
AFTERWARDS = (
    (N_("Code word, agreed with the caller and told to the technician"), 1),
    (N_("Providers called, at what time, and what they answered"), 4),
    (N_("Who comes, and when"), 1),
    (N_("Reference, once the call has been entered"), 1),
)


def sheet_of(instance: Instance, tx: Session, texts: Texts) -> Sheet:
    """The sheet in one language. To be called inside a transaction; it holds personal data."""
    own = instance.config.instance
    mark = texts("EXERCISE") if own.demo else ""
    return Sheet(
        language=texts.language,
        title=texts("Fallback sheet: when the computers are down"),
        mark=f"{mark}: {texts('This is not a real call-out. Nobody will come.')}" if mark else "",
        made=texts("As of {moment}", moment=texts.moment(now(tx), instance.zone)),
        footer=texts("{centre}: confidential, keep it locked up", centre=own.name),
        blocks=[
            *how_to(texts),
            *whom_to_call(instance, texts),
            *regions(instance, texts),
            *providers(instance, texts),
            *open_cases(instance, tx, texts),
            *first_aid(instance, texts),
            *call_sheet(texts),
            *interview(instance, texts),
        ],
    )


def how_to(texts: Texts) -> Iterator[Block]:
    steps = (
        texts("Take each call on a call sheet of its own; copy the blank one. Note the time first."),
        texts("Read the first aid aloud, then ask the questions of the interview."),
        texts("In an emergency call the providers of the region yourself, one after the other, until one accepts."),
        texts(
            "When the computers work again, enter every call with the time at which it came, and what was decided."
            " It then counts for that day."
        ),
    )
    yield Items([("", step) for step in steps], numbered=True)


def whom_to_call(instance: Instance, texts: Texts) -> Iterator[Block]:
    own = instance.config.instance
    alerts = [(contact_kind(texts, each.channel), one_line(each.to)) for each in instance.alerts]
    yield Heading(texts("Whom to call"))
    yield Items(
        [
            (texts("Hotline of the control centre:"), own.hotline),
            *((texts("Incident commander ({channel}):", channel=kind), to) for kind, to in alerts),
            (texts("Police, if a crime is under way or life is in danger:"), "110"),
        ]
    )


def contact_kind(texts: Texts, channel: str) -> str:
    return texts(CHANNELS[channel]) if channel in CHANNELS else channel


def regions(instance: Instance, texts: Texts) -> Iterator[Block]:
    yield Heading(texts("Regions"))
    head = (texts("Region"), texts("Hotline"), texts("Opening hours"), texts("Neighbours who help out"))
    rows = [region_row(instance, texts, region) for region in instance.regions.values()]
    yield Grid(texts("Regions served here"), head, rows, (2, 2, 3, 2))
    yield hours_explained(texts)


def hours_explained(texts: Texts) -> Block:
    return Paragraph(texts("In opening hours “PH” means public holidays, and “off” means closed."))


def region_row(instance: Instance, texts: Texts, region: Region) -> list[list[str]]:
    closures = [(day(texts, closure.first), day(texts, closure.last)) for closure in region.opening.closures]
    closed = [texts("closed {first} to {last}", first=first, last=last) for first, last in closures]
    neighbours = [texts.pick(instance.regions[key].name) for key in region.neighbours if key in instance.regions]
    return [[texts.pick(region.name)], [region.hotline], [region.opening.spec, *closed], neighbours or ["–"]]


def providers(instance: Instance, texts: Texts) -> Iterator[Block]:
    """In the region's own order, with every number there is."""
    yield Heading(texts("Providers"), new_page=True)
    head = (texts("Provider"), texts("Contacts"), texts("On duty"), texts("Skills and limits"))
    for region in instance.regions.values():
        rows = [provider_row(texts, provider) for provider in region.providers]
        yield Grid(texts("Providers in {region}", region=texts.pick(region.name)), head, rows, (3, 4, 3, 5))
    yield hours_explained(texts)


def provider_row(texts: Texts, provider: Provider) -> list[list[str]]:
    contacts = [f"{contact_kind(texts, each.channel)}: {one_line(each.to)}" for each in provider.contacts]
    return [
        [one_line(provider.name), provider.postal_code],
        contacts or ["–"],
        [provider.duty.spec],
        [skills(texts, provider), *further(texts, provider)],
    ]


def skills(texts: Texts, provider: Provider) -> str:
    """What it helps with, or, where that is shorter, what it does not; `other` needs no particular skill."""
    lacking = set(CallType) - provider.skills - {CallType.OTHER}
    if not lacking:
        return texts("Helps with everything.")
    words = [", ".join(label(texts, each) for each in sorted(kinds)) for kinds in (provider.skills, lacking)]
    if len(lacking) < len(provider.skills):
        return texts("Helps with everything but: {types}", types=words[1])
    return texts("Helps with: {types}", types=words[0])


def further(texts: Texts, provider: Provider) -> Iterator[str]:
    yield texts("at most {number} call-outs at a time", number=provider.capacity)
    yield texts("languages: {languages}", languages=", ".join(provider.languages))
    if provider.radius_km is not None:
        yield texts("within {km} km", km=provider.radius_km)
    if provider.qualified_until is not None:
        yield texts("qualified until {day}", day=day(texts, provider.qualified_until))


def day(texts: Texts, at: date) -> str:
    return format_date(at, "medium", locale=texts.locale)


def first_aid(instance: Instance, texts: Texts) -> Iterator[Block]:
    """What holds as long as nobody knows what it is."""
    yield Heading(texts("First aid, to be read out"), new_page=True)
    steps = guidance.first_aid(instance, None, {})
    yield Items([(texts(KINDS[step.kind]) if step.kind in KINDS else "", texts.pick(step.words)) for step in steps])


def call_sheet(texts: Texts) -> Iterator[Block]:
    yield Heading(texts("Call sheet (copy before use)"), new_page=True)
    yield Blanks([(texts(words), lines) for words, lines in BLANKS])
    yield Tick(texts("May we pass the details on to a provider?"), (texts("Yes"), texts("No")))
    yield Tick(texts("Is it an emergency?"), (texts("Yes"), texts("No")))
    yield Blanks([(texts(words), lines) for words, lines in AFTERWARDS])


def interview(instance: Instance, texts: Texts) -> Iterator[Block]:
    """The protocol's questions once, then what each region asks beyond them."""
    yield Heading(texts("Interview (copy before use)"), new_page=True)
    yield Blanks([(texts("Company, date and time"), 1)])
    common = assessing.questions(instance, None, None)
    asked = {question.key for question in common}
    yield from (tick(texts, question) for question in common)
    for region in instance.regions.values():
        own = [each for each in assessing.questions(instance, region.key, None) if each.key not in asked]
        if own:
            yield Heading(texts("Only in {region}", region=texts.pick(region.name)), level=3)
            yield from (tick(texts, question) for question in own)


def tick(texts: Texts, question: Question) -> Tick:
    types = ", ".join(label(texts, each) for each in sorted(question.call_types))
    only = texts("(only: {types})", types=types) if types else ""
    return Tick(
        text=texts.pick(question.words),
        choices=[texts.pick(choice.words) for choice in question.choices],
        hint=" ".join(filter(None, (texts.pick(question.hint), only))),
        unit=texts.pick(question.unit),
    )
