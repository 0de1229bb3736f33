"""A call by telephone, typed while it is heard; or one that was noted on paper, with its time."""

from cyberwehr.domain.call import Details, Report
from cyberwehr.domain.terms import CallType, Channel
from cyberwehr.i18n import N_
from cyberwehr.services.intake import Receipt, receive_call
from cyberwehr.web.context import actor, texts, the_instance
from cyberwehr.web.desk.attempts import Attempt, Page, carry_out, here, no_attempt, what_was_typed
from cyberwehr.web.desk.blueprint import desk
from cyberwehr.web.desk.calls import CALL_TYPES
from cyberwehr.web.desk.interview import figure
from cyberwehr.web.desk.moments import read_moment
from cyberwehr.web.desk.showing import show
from cyberwehr.web.public.forms import LARGEST, MAILBOX, read_consent, read_safe_contact
from cyberwehr.web.typed import LONG, Typed
from cyberwehr.words import label


@desk.get("/desk/calls/new")
def new_call_form() -> str:
    return show_form(no_attempt())


@desk.post("/desk/calls/new")
def new_call() -> Page:
    """Nothing is required: whoever is on the telephone may have nothing but a voice."""
    typed = what_was_typed()
    report = read_report(typed)
    received: list[Receipt] = []
    return carry_out(
        "new",
        typed,
        lambda: received.append(receive_call(the_instance(), report, actor())),
        lambda: here(f"/desk/calls/{received[0].reference}"),
        show_form,
    )


def show_form(attempt: Attempt) -> str:
    own = the_instance().config.instance
    spoken = [(code, texts().locale.languages.get(code, code)) for code in own.languages]
    types = [(each.value, label(texts(), each)) for each in CallType]
    return show("desk/new_call.html", None, attempt=attempt, typed=attempt.typed, spoken=spoken, call_types=types)


def read_report(typed: Typed) -> Report:
    own = the_instance().config.instance
    language = typed.choice("language", {code: code for code in own.languages})
    return Report(
        Channel.PHONE, language or own.default_language, read_details(typed), None, read_moment(typed, "received_at")
    )


def read_details(typed: Typed) -> Details:
    return Details(
        phone=typed.text("phone"),
        email=typed.text("email"),
        email_safe=typed.choice("email_safe", MAILBOX),
        safe_contact=read_safe_contact(typed),
        company=typed.text("company"),
        contact_name=typed.text("contact_name"),
        street=typed.text("street"),
        postal_code=typed.text("postal_code", 40),
        town=typed.text("town"),
        sector=typed.text("sector"),
        employees=typed.number("employees", 0, LARGEST, N_("Please give the number of employees in digits.")),
        turnover_million_eur=figure(typed, "turnover"),
        description=typed.text("description", LONG),
        reported_type=typed.choice("reported_type", CALL_TYPES),
        consent=read_consent(typed),
    )
