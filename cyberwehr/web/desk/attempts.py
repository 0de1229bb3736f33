"""A form of the control room on its way: read, done, or shown again with what was typed and what to do about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from cyberwehr.services.errors import Refused
from cyberwehr.web.context import texts
from cyberwehr.web.frame import chosen
from cyberwehr.web.typed import Typed
from cyberwehr.words import say

Page = str | tuple[str, int] | Response


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form that was sent and not accepted: which one, what was typed, and why it was refused (if not for a field)."""

    form: str
    typed: Typed
    refusal: str | None = None
    code: str | None = None

    def typed_of(self, form: str) -> Typed:
        return self.typed if form == self.form else nothing_typed()


def no_attempt() -> Attempt:
    return Attempt("", nothing_typed())


def nothing_typed() -> Typed:
    return Typed({}, texts())


def what_was_typed() -> Typed:
    return Typed(request.form, texts())


def carry_out(
    form: str, typed: Typed, work: Callable[[], object], address: Callable[[], str], again: Callable[[Attempt], str]
) -> Page:
    """Do the work and go to `address`; a fault in a field or a refusal shows the page again, changing nothing."""
    if typed.errors:
        return again(Attempt(form, typed)), 422
    try:
        work()
    except Refused as refusal:
        return again(Attempt(form, typed, say(texts(), refusal.notice), refusal.code)), refusal.status
    return redirect(address(), 303)


def here(path: str, part: str = "") -> str:
    """An address of ours with the language that was chosen; part: the id of what to show of the page."""
    query = f"?{urlencode(chosen())}" if chosen() else ""
    return f"{path}{query}#{part}" if part else f"{path}{query}"


def picked(typed: Typed, name: str, options: Mapping[str, object], missing: str) -> str:
    """The value that was chosen; `missing`: what to say if none was."""
    if typed.choice(name, options) is None:
        typed.fault(name, missing)
        return ""
    return typed.values[name]
