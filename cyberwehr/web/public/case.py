"""The caller's own pages: how things stand, add a note, withdraw. Whoever holds the link may use them."""

from collections.abc import Callable

from flask import render_template, request
from werkzeug.wrappers import Response

from cyberwehr.i18n import N_
from cyberwehr.services import caller, rates, reading
from cyberwehr.services.errors import Gone, Refused, TooMany, Unknown
from cyberwehr.services.views import View
from cyberwehr.web.context import texts, the_instance
from cyberwehr.web.frame import prefer, see
from cyberwehr.web.public.opening import opening_of, this_moment
from cyberwehr.web.public.timeline import timeline
from cyberwehr.web.public.views import HOUR, form_limit, public
from cyberwehr.web.typed import Typed

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
RENEW_SECONDS = "30"


def for_its_caller(token: str, show: Callable[[View], Page]) -> Page:
    """The page, in the caller's language; or a kind word if there is no such case, or none any more."""
    try:
        view = reading.show_status(the_instance(), token)
    except (Unknown, Gone) as refusal:
        return render_template("public/no_status.html", gone=refusal.status == Gone.status), refusal.status
    prefer(view["language"], view["region"])
    return show(view)


@public.get("/status/<token>")
def status(token: str) -> Page:
    """How things stand, who comes and when, the code word, what to do meanwhile."""
    return for_its_caller(token, lambda view: show_status(token, view))


def show_status(token: str, view: View) -> Page:
    """Renews itself while something can change, unless the reader prefers that it stands still (`?still=1`).

    By a header, which the page's reader can switch off; a `meta` element could not be taken back.
    """
    still = bool(request.args.get("still"))
    page = render_template(
        "public/status.html",
        call=view,
        opening=opening_of(view["region"], this_moment()),
        stages=timeline(view),
        still=still,
        token=token,
    )
    return page, 200, {} if still or view["over"] else {"Refresh": RENEW_SECONDS}


@public.get("/status/<token>/note")
def note_form(token: str) -> Page:
    return for_its_caller(token, lambda view: show_form("note", token, view, Typed({}, texts())))


@public.post("/status/<token>/note")
def add_note(token: str) -> Page:
    """Add to the report; afterwards the status page."""
    return for_its_caller(token, lambda view: take_note(token, view))


def take_note(token: str, view: View) -> Page:
    typed = Typed(request.form, texts())
    text = typed.required("note", N_("Please write what you want to tell us."), caller.LONGEST_NOTE)
    if typed.errors:
        return show_form("note", token, view, typed), 422
    return attempt("note", token, view, typed, lambda: caller.add_note(the_instance(), token, text))


@public.get("/status/<token>/withdraw")
def withdraw_form(token: str) -> Page:
    return for_its_caller(token, lambda view: show_form("withdraw", token, view, Typed({}, texts())))


@public.post("/status/<token>/withdraw")
def withdraw(token: str) -> Page:
    """Take the report back; afterwards the status page."""
    return for_its_caller(token, lambda view: take_back(token, view))


def take_back(token: str, view: View) -> Page:
    typed = Typed(request.form, texts())
    reason = typed.text("reason", caller.LONGEST_NOTE)
    if typed.errors:
        return show_form("withdraw", token, view, typed), 422
    return attempt("withdraw", token, view, typed, lambda: caller.withdraw(the_instance(), token, reason or ""))


def attempt(page: str, token: str, view: View, typed: Typed, work: Callable[[], object]) -> Page:
    """Do it if nobody knocks too often; whatever is refused is said above the form, with all that was typed."""
    try:
        rates.knock(the_instance(), page, request.remote_addr or "", form_limit(), HOUR)
        work()
    except Refused as refusal:
        wait = {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, TooMany) else {}
        return show_form(page, token, view, typed, refusal), refusal.status, wait
    return see(f"/status/{token}")


def show_form(page: str, token: str, view: View, typed: Typed, refusal: Refused | None = None) -> str:
    opening = opening_of(view["region"], this_moment())
    return render_template(
        f"public/{page}.html",
        call=view,
        token=token,
        typed=typed,
        refusal=refusal,
        opening=opening,
        switch_path=f"/status/{token}/{page}",
    )
