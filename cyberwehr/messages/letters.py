"""Every message that leaves the building. Subjects carry no personal data: a mailbox list is read over shoulders."""

from collections.abc import Sequence
from datetime import datetime

from cyberwehr.domain.guidance import Ending, Place, Step, runs
from cyberwehr.domain.notices import Notice
from cyberwehr.domain.terms import CallType, Urgency
from cyberwehr.i18n import Texts
from cyberwehr.messages.paper import Draft, Frame, Letter, written
from cyberwehr.messages.plain import one_line
from cyberwehr.sentences import CALL_BACK, FIRST_LINES, STEP_KINDS
from cyberwehr.words import label, say

__all__ = [
    "Frame",
    "Letter",
    "alarm",
    "assigned",
    "commander",
    "ended",
    "help_coming",
    "received",
    "report_due",
    "setup_link",
    "taken",
    "withdrawn",
]


def received(
    texts: Texts,
    frame: Frame,
    *,
    reference: str,
    service_open: bool,
    next_opening: datetime | None,
    status_url: str,
    first_aid: Sequence[Step] = (),
    call_back: bool = False,
) -> Letter:
    """To the caller: what this costs, when somebody will look at the report, and what to do until then.

    call_back: nobody is sent before we have rung the number given.
    """
    promise = _promise(texts, frame, service_open, next_opening)
    ring = (texts(CALL_BACK),) if call_back else ()
    page = texts("The status page shows how things stand. Nobody from the Cyberwehr will ever ask for your passwords.")
    return written(
        texts,
        frame,
        Draft(
            texts("Your report {reference} has arrived", reference=reference),
            (texts("We have received your report."), promise, *ring, " ".join(map(texts, FIRST_LINES)), page),
            texts("Your report {reference} has arrived. {promise}", reference=reference, promise=promise),
            facts=((texts("Reference"), reference),),
            button=(texts("Open the status page"), status_url),
            lists=_steps(texts, first_aid),
        ),
    )


def _steps(texts: Texts, first_aid: Sequence[Step]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """First aid under its headings."""
    return tuple(
        (texts(STEP_KINDS[kind]), tuple(texts.pick(step.words) for step in steps)) for kind, steps in runs(first_aid)
    )


def ended(texts: Texts, frame: Frame, *, reference: str, ending: Ending, status_url: str) -> Letter:
    """To the caller whose call ended without a call-out: why, and who helps instead."""
    headline = texts.pick(ending.headline)
    places = tuple((texts.pick(place.name), _place(texts, place)) for place in ending.places)
    return written(
        texts,
        frame,
        Draft(
            texts("Your report {reference} has been closed", reference=reference),
            (headline, texts.pick(ending.words)),
            texts("Your report {reference} has been closed. {why}", reference=reference, why=headline),
            facts=((texts("Reference"), reference), *places),
            button=(texts("Open the status page"), status_url),
        ),
    )


def _place(texts: Texts, place: Place) -> str:
    """What for, and how to get there, line by line."""
    return "\n".join(filter(None, (texts.pick(place.what_for), place.phone, place.url)))


def _promise(texts: Texts, frame: Frame, service_open: bool, next_opening: datetime | None) -> str:
    if service_open:
        return texts("The control centre is open now and will contact you as soon as possible.")
    if next_opening:
        return texts(
            "The control centre is closed now. It opens again on {opening}; we will contact you then.",
            opening=texts.moment(next_opening, frame.zone),
        )
    return texts("The control centre is closed now. We will contact you as soon as it opens again.")


def alarm(
    texts: Texts,
    frame: Frame,
    *,
    reference: str,
    urgency: Urgency,
    call_type: CallType,
    town: str,
    postal_district: str,
    sector: str,
    size: str,
    answer_by: datetime,
    link: str,
    disclosed: Sequence[tuple[str, str]] = (),
    reminder: bool = False,
) -> Letter:
    """To a provider: will you take this incident? `disclosed`: label and value of what a region discloses directly."""
    place, until = one_line(town, 60) or texts("place not known"), texts.moment(answer_by, frame.zone)
    what, how_urgent = label(texts, call_type), label(texts, urgency)
    words = {"reference": reference, "what": what, "urgency": how_urgent, "town": place}
    subject = (
        texts("Reminder: alarm {reference}: {what}, urgency {urgency}, {town}", **words)
        if reminder
        else texts("Alarm {reference}: {what}, urgency {urgency}, {town}", **words)
    )
    facts = (
        (texts("Reference"), reference),
        (texts("Urgency"), how_urgent),
        (texts("Call type"), what),
        (texts("Town"), place),
        *_company(texts, postal_district, sector, size),
        (texts("Please answer by"), until),
        *disclosed,
    )
    brief = texts("{subject}. Please answer by {until}:", subject=subject, until=until)
    button = (texts("Accept or decline"), link)
    return written(texts, frame, Draft(subject, _request(texts, until, reminder), brief, facts, button))


def _company(texts: Texts, postal_district: str, sector: str, size: str) -> tuple[tuple[str, str], ...]:
    """What may be said of a company without saying who it is."""
    unsaid = texts("not stated")
    return (
        (texts("Postal district"), one_line(postal_district, 20) or unsaid),
        (texts("Sector"), one_line(sector, 80) or unsaid),
        (texts("Size of the company"), one_line(size, 80) or unsaid),
    )


def _request(texts: Texts, until: str, reminder: bool) -> tuple[str, ...]:
    opening = (
        texts("A company still needs your help: we have not heard from you yet.")
        if reminder
        else texts("A company needs your help on site.")
    )
    return (
        opening,
        texts("Please say by {until} whether you take the incident, and when you can be there.", until=until),
        texts("If you cannot, please decline at once, so that we can ask somebody else without losing time."),
    )


def taken(texts: Texts, frame: Frame, *, reference: str) -> Letter:
    """To a provider who was asked: somebody else was faster."""
    return _message(
        texts,
        frame,
        texts("Incident {reference} has been taken", reference=reference),
        texts("Another provider is on the way. You need not do anything. Thank you for being available."),
    )


def withdrawn(texts: Texts, frame: Frame, *, reference: str) -> Letter:
    """To a provider who was asked or is on the way: the alarm no longer stands."""
    return _message(
        texts,
        frame,
        texts("Alarm {reference} has been withdrawn", reference=reference),
        texts("Your help is no longer needed. If you are already on your way, please turn back. Thank you."),
    )


def assigned(texts: Texts, frame: Frame, *, reference: str, link: str) -> Letter:
    """To the provider who won: everything needed is on the page, where it can be withdrawn again."""
    return _message(
        texts,
        frame,
        texts("Incident {reference} is yours", reference=reference),
        texts("Thank you. Address, contact and code word are on the incident page."),
        texts("Please say the code word on site before you start, and keep the page up to date on your way."),
        button=(texts("Open the incident"), link),
    )


def help_coming(
    texts: Texts,
    frame: Frame,
    *,
    reference: str,
    provider_name: str,
    technician: str | None,
    eta: datetime,
    status_url: str,
) -> Letter:
    """To the caller: who comes, and when. The code word is not in it: the mailbox may be in the attacker's hands."""
    subject = texts("Help is on its way ({reference})", reference=reference)
    arrival = texts.moment(eta, frame.zone)
    company = one_line(provider_name, 80)
    coming = ((texts("Technician"), one_line(technician, 80)),) if technician else ()
    code_word = texts(
        "The technician will tell you the code word that stands on your status page. "
        "Please let nobody work who does not know it, and call us."
    )
    return written(
        texts,
        frame,
        Draft(
            subject,
            (texts("Help is on its way to you."), code_word),
            texts("{subject}: {company}, {arrival}. Code word:", subject=subject, company=company, arrival=arrival),
            facts=(
                (texts("Reference"), reference),
                (texts("Company"), company),
                *coming,
                (texts("Expected arrival"), arrival),
            ),
            button=(texts("Open the status page"), status_url),
        ),
    )


def commander(texts: Texts, frame: Frame, *, reference: str, alert: Notice, link: str) -> Letter:
    """To the incident commander: something needs a decision now."""
    return _message(
        texts,
        frame,
        texts("Please look at incident {reference} now", reference=reference),
        one_line(say(texts, alert), 400),
        button=(texts("Open the incident"), link),
    )


def report_due(texts: Texts, frame: Frame, *, reference: str, link: str) -> Letter:
    """To the provider: the call-out has ended, the report is missing."""
    return _message(
        texts,
        frame,
        texts("Please write your report on {reference}", reference=reference),
        texts("The call-out has ended, but your report is still missing. Please write it now; it takes a few minutes."),
        button=(texts("Write the report"), link),
    )


def setup_link(texts: Texts, frame: Frame, *, link: str, hours: int) -> Letter:
    """To a new user of the control centre. `hours`: how long the link works; it works once."""
    return _message(
        texts,
        frame,
        texts("Set up your access"),
        texts("An account has been made for you. Please choose your password."),
        texts.plural(
            "The link works once, within the next hour.", "The link works once, within the next {n} hours.", hours
        ),
        texts("If you do not expect this message, please tell the control centre."),
        button=(texts("Choose a password"), link),
    )


def _message(
    texts: Texts, frame: Frame, subject: str, *paragraphs: str, button: tuple[str, str] | None = None
) -> Letter:
    """A letter without facts, whose text message says the subject and the first paragraph."""
    return written(texts, frame, Draft(subject, paragraphs, f"{subject}. {paragraphs[0]}", button=button))
