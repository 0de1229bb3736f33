"""The board: what waits, what runs, what went wrong. It only reads."""

from itertools import groupby

from flask import request
from werkzeug.wrappers import Response

from cyberwehr.domain.terms import IncidentStatus, Role
from cyberwehr.i18n import N_
from cyberwehr.services import desk_board
from cyberwehr.services.errors import Unknown
from cyberwehr.services.reading import show_call, show_incident
from cyberwehr.services.views import View
from cyberwehr.web.context import actor, texts, the_instance
from cyberwehr.web.desk.blueprint import desk
from cyberwehr.web.desk.showing import live, show
from cyberwehr.web.frame import see

NEXT = {
    IncidentStatus.UNSERVED: N_("Find help by telephone, or end it"),
    IncidentStatus.OPEN: N_("Raise the alarm"),
    IncidentStatus.ALARMING: N_("Wait for answers"),
    IncidentStatus.ASSIGNED: N_("Wait for the arrival"),
    IncidentStatus.EN_ROUTE: N_("Wait for the arrival"),
    IncidentStatus.ON_SITE: N_("Help is on site"),
    IncidentStatus.DONE: N_("The report is missing"),
    IncidentStatus.NOBODY_THERE: N_("Clarify, then close"),
    IncidentStatus.NO_EMERGENCY: N_("Clarify, then close"),
    IncidentStatus.REPORTED: N_("Close"),
}
"""What is to be done next, per state of an incident."""

MESSAGES = {
    "alarm": N_("Alarm to a provider"),
    "commander": N_("Alert to the commander"),
    "received": N_("Confirmation to a caller"),
    "help_coming": N_("News to a caller"),
    "assigned": N_("Order to a provider"),
    "taken": N_("News to a provider"),
    "withdrawn": N_("News to a provider"),
    "report_due": N_("Reminder to a provider"),
}
"""Kinds of messages, in words."""


@desk.get("/desk/")
def board() -> str:
    return show_board("desk/board.html")


@desk.get("/desk/live")
def live_board() -> Response:
    return live(desk_board.mark(the_instance()), lambda: show_board("desk/board_parts.html"))


def show_board(template: str) -> str:
    """An administrator looks after the machines: of cases he sees nothing."""
    full = actor().role is not Role.ADMINISTRATOR
    board = desk_board.show_board(the_instance()) if full else desk_board.show_health(the_instance())
    groups = [(status, list(group)) for status, group in groupby(board.incidents, lambda incident: incident["status"])]
    return show(
        template,
        board.now,
        board=board,
        full=full,
        groups=groups,
        next_step=next_step,
        kind_in_words=lambda kind: texts()(MESSAGES.get(str(kind), str(kind))),
    )


def next_step(incident: View) -> str:
    """In English, to be translated where it is shown."""
    status = incident["status"]
    if status is IncidentStatus.OPEN and incident["region"] is None:
        return N_("Choose the region")
    if status is IncidentStatus.OPEN and not incident["verified"]:
        return N_("Call back")
    if incident["overdue"]:
        return N_("Overdue: ring the provider")
    return NEXT.get(status, "")


@desk.post("/desk/find")
def find() -> Response:
    """From a reference, as somebody heard it, to its page."""
    wanted = request.form.get("reference", "")[:40]
    try:
        return see(f"/desk/calls/{show_call(the_instance(), wanted)['reference']}")
    except Unknown:
        found = show_incident(the_instance(), wanted, actor())
        return see(f"/desk/incidents/{found['reference']}")
