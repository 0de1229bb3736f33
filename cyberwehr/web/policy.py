"""Who may use what: one row per route. A route without a row stops the start."""

from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import quote

from flask import Flask, g, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from cyberwehr.domain.notices import Notice
from cyberwehr.domain.terms import Role
from cyberwehr.services import accounts, api_tokens
from cyberwehr.web.context import signed_in, the_instance
from cyberwehr.web.problems import Problem

COOKIE = "cyberwehr_session"
DISPATCH = frozenset({Role.OPERATOR, Role.COMMANDER})
COMMAND = frozenset({Role.COMMANDER})
READERS = DISPATCH | {Role.COORDINATOR, Role.AUDITOR}
ON_SCENE = DISPATCH | {Role.PROVIDER}
WATCHERS = frozenset({Role.AUDITOR, Role.ADMINISTRATOR, Role.COORDINATOR})
SENDERS = DISPATCH | {Role.PARTNER, Role.INSTANCE}
COUNTERS = WATCHERS | COMMAND


@dataclass(frozen=True, slots=True)
class Rule:
    """kind: `anybody`, `link` (whoever holds the link), `bearer` (API token) or `session` (signed in), for these roles.

    here_too: who asks from this very machine needs no token.
    by_itself: pages ask for it without anybody's doing; that is no sign of life of whoever is signed in.
    audience: the listener that offers it where public and desk are separate: `public`, `desk` or `all`.
    """

    kind: str
    roles: frozenset[Role] = frozenset()
    audience: str = "public"
    here_too: bool = False
    by_itself: bool = False


def anybody(audience: str = "public") -> Rule:
    return Rule("anybody", audience=audience)


def bearer(roles: frozenset[Role]) -> Rule:
    return Rule("bearer", roles, "all")


def session(roles: frozenset[Role] = accounts.STAFF, *, by_itself: bool = False) -> Rule:
    return Rule("session", roles, "desk", by_itself=by_itself)


LINK = Rule("link")

POLICY: dict[str, Rule] = {
    "static": anybody("all"),
    "health.alive": anybody("all"),
    "health.ready": anybody("all"),
    "health.metrics": Rule("bearer", WATCHERS, "desk", here_too=True),
    "public.home": anybody(),
    "public.report_form": anybody(),
    "public.send_report": anybody(),
    "public.first_aid": anybody(),
    "public.first_aid_for": anybody(),
    "public.status": LINK,
    "public.note_form": LINK,
    "public.add_note": LINK,
    "public.withdraw_form": LINK,
    "public.withdraw": LINK,
    "provider.alarm": LINK,
    "provider.accept": LINK,
    "provider.decline": LINK,
    "provider.overview": anybody(),
    "provider.enter": LINK,
    "provider.leave": anybody(),
    "provider.looking": LINK,
    "provider.permission": LINK,
    "provider.advance": LINK,
    "provider.report": LINK,
    "desk.login_form": anybody("desk"),
    "desk.login": anybody("desk"),
    "desk.logout": session(),
    "desk.board": session(READERS | {Role.ADMINISTRATOR}),
    "desk.live_board": session(READERS | {Role.ADMINISTRATOR}, by_itself=True),
    "desk.find": session(READERS),
    "desk.new_call_form": session(DISPATCH),
    "desk.new_call": session(DISPATCH),
    "desk.call": session(READERS),
    "desk.live_call": session(READERS, by_itself=True),
    "desk.claim": session(DISPATCH),
    "desk.place": session(DISPATCH),
    "desk.call_back": session(DISPATCH),
    "desk.assess": session(DISPATCH),
    "desk.judge": session(DISPATCH),
    "desk.attach": session(DISPATCH),
    "desk.withdraw": session(DISPATCH),
    "desk.incident": session(READERS),
    "desk.live_incident": session(READERS, by_itself=True),
    "desk.raise_alarm": session(COMMAND),
    "desk.alarm_chosen": session(COMMAND),
    "desk.answer": session(DISPATCH),
    "desk.release": session(COMMAND),
    "desk.advance": session(DISPATCH),
    "desk.report": session(DISPATCH),
    "desk.close": session(DISPATCH),
    "desk.duty": session(DISPATCH),
    "office.setup_form": Rule("link", audience="desk"),
    "office.setup": Rule("link", audience="desk"),
    "office.messages": anybody("desk"),
    "office.demand_page": session(COUNTERS),
    "office.demand_table": session(COUNTERS),
    "api-docs.openapi_json": anybody("all"),
    "meta.meta": anybody("all"),
    "regions.all_regions": anybody("all"),
    "regions.one_region": anybody("all"),
    "calls.send": bearer(SENDERS),
    "calls.all_calls": bearer(READERS),
    "calls.one_call": bearer(READERS),
    "calls.claim": bearer(DISPATCH),
    "calls.place": bearer(DISPATCH),
    "calls.callback": bearer(DISPATCH),
    "calls.withdraw": bearer(DISPATCH),
    "calls.attach": bearer(DISPATCH),
    "calls.assess": bearer(DISPATCH),
    "calls.triage": bearer(DISPATCH),
    "incidents.all_incidents": bearer(READERS | {Role.PROVIDER}),
    "incidents.one_incident": bearer(READERS | {Role.PROVIDER}),
    "incidents.ranking": bearer(READERS),
    "incidents.alarm": bearer(COMMAND),
    "incidents.answer": bearer(DISPATCH),
    "incidents.release": bearer(COMMAND),
    "incidents.callout": bearer(ON_SCENE),
    "incidents.report": bearer(ON_SCENE),
    "incidents.close": bearer(DISPATCH),
    "demand.figures": bearer(COUNTERS | DISPATCH),
    "alarms.accept": LINK,
    "alarms.decline": LINK,
    "alarms.looking": LINK,
}


def init(app: Flask, audience: str) -> None:
    """Check that every route has its row, and hold every request against it."""
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    if missing := sorted(routes - POLICY.keys()):
        raise RuntimeError(f"no policy says who may use: {', '.join(missing)}")
    app.before_request(lambda: enforce(audience))


def enforce(audience: str) -> Response | None:
    if request.endpoint is None:
        return None
    rule = POLICY[request.endpoint]
    if audience == "desk" and request.endpoint == "public.home":
        return redirect(request.full_path.replace("/", "/desk/", 1).rstrip("?"))
    if audience != "all" and rule.audience not in (audience, "all"):
        raise NotFound
    if rule.kind == "bearer" and not (rule.here_too and asked_from_here()):
        require_token(rule)
    if rule.kind == "session":
        return require_session(rule)
    remember_session()
    return None


def asked_from_here() -> bool:
    """From this machine, and not through a proxy that we were not told of."""
    return request.remote_addr in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers


def require_token(rule: Rule) -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    found = api_tokens.actor_of(the_instance(), token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if found is None:
        raise Problem(401, Notice("no_token"))
    g.actor, g.token_name = found
    if g.actor.role not in rule.roles:
        raise Problem(403, Notice("wrong_role"))


def remember_session() -> None:
    """Public pages show who is signed in, too, but ask nobody."""
    token = request.cookies.get(COOKIE)
    if token and not request.path.startswith(("/static/", "/api/", "/healthz")):
        g.signed_in = accounts.session_of(the_instance(), token, sign_of_life=not asked_by_itself())


def asked_by_itself() -> bool:
    """A page's poll, or (without JavaScript) a page that loads itself anew: its address then says `again`."""
    rule = POLICY.get(request.endpoint or "")
    return "again" in request.args or (rule is not None and rule.by_itself)


def require_session(rule: Rule) -> Response | None:
    """Signed in, in one of these roles, and (for anything that changes something) from a page of ours."""
    remember_session()
    user = signed_in()
    if user is None:
        if request.method in ("GET", "HEAD"):
            return redirect(f"/desk/login?next={quote(request.full_path.rstrip('?'))}")
        raise Problem(403, Notice("signed_out"))
    if user.role not in rule.roles:
        raise Problem(403, Notice("wrong_role"))
    shown = request.form.get("csrf_token", "").encode()
    if request.method not in ("GET", "HEAD") and not compare_digest(shown, user.csrf_token.encode()):
        raise Problem(403, Notice("foreign_form"))
    g.actor = user.actor
    return None
