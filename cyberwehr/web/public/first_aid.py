"""First aid to read and to print, for everybody and without a report."""

from flask import abort, render_template

from cyberwehr.domain.terms import CallType
from cyberwehr.services import guidance
from cyberwehr.web.context import the_instance
from cyberwehr.web.public.views import public


@public.get("/first-aid")
def first_aid() -> str:
    """General advice, and the way to that for each kind of attack."""
    return show(None)


@public.get("/first-aid/<call_type>")
def first_aid_for(call_type: str) -> str:
    """What to do and leave alone in one kind of attack."""
    if call_type not in set(CallType):
        abort(404)
    return show(CallType(call_type))


def show(call_type: CallType | None) -> str:
    steps = guidance.first_aid(the_instance(), call_type, {})
    return render_template("public/first_aid.html", call_type=call_type, call_types=list(CallType), steps=steps)
