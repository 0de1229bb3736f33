"""The set-up link of a new user, and in demo mode the messages that would have left the building."""

from flask import Blueprint, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from cyberwehr.i18n import N_
from cyberwehr.services import accounts
from cyberwehr.services.errors import Invalid
from cyberwehr.web.context import apart, texts, the_instance
from cyberwehr.web.frame import see
from cyberwehr.web.office.messages import kept_messages
from cyberwehr.web.typed import Typed
from cyberwehr.words import say

office = Blueprint("office", __name__, template_folder="templates")


@office.get("/setup/<token>")
def setup_form(token: str) -> str:
    return show_setup(token, Typed({}, texts()))


@office.post("/setup/<token>")
def setup(token: str) -> Response | tuple[str, int]:
    """The link is used up only when everything was right."""
    typed = Typed(request.form, texts())
    known = accounts.look_at_link(the_instance(), token)
    email = known or typed.required("email", N_("Please type your e-mail address."))
    password = request.form.get("password", "")
    if password != request.form.get("password_again", ""):
        typed.fault("password_again", N_("The two passwords differ. Please type the same one twice."))
    if not typed.errors:
        choose(typed, token, password, email)
    return (show_setup(token, typed), 422) if typed.errors else see("/desk/login")


def choose(typed: Typed, token: str, password: str, email: str) -> None:
    try:
        accounts.set_up(the_instance(), token, password, email, apart=apart)
    except Invalid as refusal:
        field = "password" if refusal.code.startswith("password") else "email"
        typed.fault(field, say(texts(), refusal.notice))


def show_setup(token: str, typed: Typed) -> str:
    known = accounts.look_at_link(the_instance(), token)
    return render_template("office/setup.html", token=token, typed=typed, known=known, least=accounts.SHORTEST_PASSWORD)


@office.get("/office/messages")
def messages() -> str:
    """In demo mode only: elsewhere messages are nobody's to read."""
    if not the_instance().config.instance.demo:
        raise NotFound
    return render_template("office/messages.html", messages=kept_messages())
