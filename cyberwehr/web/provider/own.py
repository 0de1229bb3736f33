"""`/provider/`: a provider's own alarms and call-outs, on the phone or computer where one of its links was opened.

The browser keeps the link's token, which opens no more than the link does and ends with it.
"""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from cyberwehr.services.errors import Gone, Unknown
from cyberwehr.services.provider_work import own_work
from cyberwehr.web.context import the_instance
from cyberwehr.web.frame import see
from cyberwehr.web.provider.views import provider, speak_to

COOKIE = "cyberwehr_provider"
HOURS_KEPT = 12 * 3600


@provider.get("/provider/")
def overview() -> str | Response:
    """With a link that still counts the list, else how to get there."""
    try:
        work = own_work(the_instance(), request.cookies.get(COOKIE, ""))
    except (Unknown, Gone):
        return forget(make_response(render_template("provider/overview.html", work=None)))
    return render_template(
        "provider/overview.html",
        work=work,
        name=speak_to(work["provider"]),
        zone_of=the_instance().zone_of,
    )


@provider.post("/provider/session")
def enter() -> Response:
    """From an alarm's page. A link that does not count is refused as on its own page."""
    token = request.form.get("token", "")
    own_work(the_instance(), token)
    response = see("/provider/")
    secure = the_instance().config.instance.public_url.startswith("https://")
    response.set_cookie(
        COOKIE, token, max_age=HOURS_KEPT, httponly=True, samesite="Lax", secure=secure, path="/provider/"
    )
    return response


@provider.post("/provider/leave")
def leave() -> Response:
    return forget(see("/provider/"))


def forget(response: Response) -> Response:
    response.delete_cookie(COOKIE, path="/provider/", httponly=True, samesite="Lax")
    return response
