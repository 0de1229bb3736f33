"""Signing in and out."""

import re
from datetime import timedelta

from flask import render_template, request
from werkzeug.wrappers import Response

from cyberwehr.i18n import N_
from cyberwehr.services import accounts, rates
from cyberwehr.services.errors import TooMany
from cyberwehr.web.context import apart, texts, the_instance
from cyberwehr.web.desk.blueprint import desk
from cyberwehr.web.frame import see
from cyberwehr.web.policy import COOKIE
from cyberwehr.web.typed import LONG, Typed

QUARTER = timedelta(minutes=15)
PEOPLE = 5
"""How many people may mistype as often as one may behind one internet address (a whole control room has one)."""
LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of ours: one slash, then visible ASCII without backslash (browsers read some of those as another host)."""


@desk.get("/desk/login")
def login_form() -> str:
    return show_login(Typed({}, texts()))


@desk.post("/desk/login")
def login() -> tuple[str, int] | tuple[str, int, dict[str, str]] | Response:
    """Wrong address and wrong password look the same."""
    typed = Typed(request.form, texts())
    email = typed.required("email", N_("Please type your e-mail address."))
    typed.required("password", N_("Please type your password."), LONG)
    if typed.errors:
        return show_login(typed), 422
    try:
        knock(email)
        token = accounts.sign_in(the_instance(), email, request.form["password"], apart=apart)
    except TooMany as refusal:
        return show_login(typed, too_many=True), 429, {"Retry-After": str(refusal.retry_after)}
    if token is None:
        return show_login(typed, wrong=True), 401
    return with_session(see_next(), token)


def knock(email: str) -> None:
    """Whoever tries many names from one address is stopped, too: each try costs the work of one password."""
    limit = the_instance().config.limits.logins_per_quarter_hour
    rates.knock(the_instance(), "logins", f"{request.remote_addr}", limit * PEOPLE, QUARTER)
    rates.knock(the_instance(), "login", f"{request.remote_addr}|{email.lower()}", limit, QUARTER)


def show_login(typed: Typed, *, wrong: bool = False, too_many: bool = False) -> str:
    return render_template("desk/login.html", typed=typed, wrong=wrong, too_many=too_many, next=next_path())


def next_path() -> str:
    wanted = request.form.get("next") or request.args.get("next") or ""
    return wanted if LOCAL.fullmatch(wanted) else ""


def see_next() -> Response:
    wanted = next_path()
    response = see("/desk/")
    if wanted:
        response.location = wanted
    return response


def with_session(response: Response, token: str) -> Response:
    """The cookie ends with the browser; when the session ends is decided on the server's side."""
    secure = the_instance().config.instance.desk_url.startswith("https://")
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")
    return response


@desk.post("/desk/logout")
def logout() -> Response:
    accounts.sign_out(the_instance(), request.cookies.get(COOKIE, ""))
    response = see("/desk/login")
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax")
    return response
