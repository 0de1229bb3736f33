"""/api/v1/alarms/TOKEN: a provider's answer through the link in its alarm; the link is the credential."""

from typing import Any

from flask_smorest import Blueprint

from cyberwehr.services import answers
from cyberwehr.services.reading import show_alarm
from cyberwehr.web.api import schemas_in as into
from cyberwehr.web.api import schemas_out as out
from cyberwehr.web.api.body import BodyParser
from cyberwehr.web.context import the_instance

alarms = Blueprint("alarms", __name__, url_prefix="/api/v1/alarms", description="A provider's answers")
alarms.ARGUMENTS_PARSER = BodyParser()


@alarms.post("/<string:token>/accept")
@alarms.arguments(into.AcceptIn)
@alarms.response(200, out.AlarmPageOut)
def accept(body: dict[str, Any], token: str) -> dict[str, Any]:
    """Take the incident. The answer carries name, address and code word."""
    answers.accept(the_instance(), token, answers.Acceptance(body["eta_minutes"], body["technician"]))
    return show_alarm(the_instance(), token)


@alarms.post("/<string:token>/decline")
@alarms.arguments(into.DeclineIn)
@alarms.response(200, out.AlarmPageOut)
def decline(body: dict[str, Any], token: str) -> dict[str, Any]:
    """Turn the incident down; the next provider is alarmed at once."""
    answers.decline(the_instance(), token, answers.Refusal(body["reason"], body.get("note") or None))
    return show_alarm(the_instance(), token)


@alarms.post("/<string:token>/looking")
@alarms.arguments(into.NothingIn, required=False)
@alarms.response(200, out.AlarmPageOut)
def looking(_body: dict[str, Any], token: str) -> dict[str, Any]:
    """Somebody is reading it: no reminder."""
    answers.looking(the_instance(), token)
    return show_alarm(the_instance(), token)
