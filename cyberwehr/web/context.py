"""What every view needs at hand: the instance, the reader's language, and who is asking."""

import threading
from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, current_app, g, request

from cyberwehr.i18n import Texts, pick_language
from cyberwehr.instance import Instance
from cyberwehr.services.accounts import SignedIn
from cyberwehr.services.actors import PUBLIC, Actor
from cyberwehr.services.errors import TooMany

EXTENSION = "cyberwehr"
T = TypeVar("T")
APART_SECONDS = 5
PLACES_APART = threading.BoundedSemaphore(2)
"""Native works at a time in one process: more would only take the processor from calls for help."""


def init(app: Flask, instance: Instance) -> None:
    app.extensions[EXTENSION] = instance
    app.context_processor(
        lambda: {"_": texts(), "texts": texts(), "instance": the_instance(), "signed_in": signed_in()}
    )


def the_instance() -> Instance:
    return cast(Instance, current_app.extensions[EXTENSION])


def language() -> str:
    """`?lang=`, else what the browser prefers, else the instance's own."""
    own = the_instance().config.instance
    asked = request.args.get("lang", "")
    if asked in own.languages:
        return asked
    return pick_language(request.headers.get("Accept-Language", ""), own.languages, own.default_language)


def texts() -> Texts:
    if "texts" not in g:
        g.texts = the_instance().catalogues.texts(language())
    return cast(Texts, g.texts)


def speak(language: str, region: str | None = None) -> None:
    """From here on this request answers in another language (the caller's own)."""
    g.texts = the_instance().catalogues.texts(language, region)


def actor() -> Actor:
    """Who is asking; PUBLIC if nobody signed in and no token was shown."""
    return cast(Actor, g.get("actor", PUBLIC))


def signed_in() -> SignedIn | None:
    return cast(SignedIn | None, g.get("signed_in"))


def apart(work: Callable[[], T]) -> T:
    """Native work of many milliseconds (argon2) goes to gevent's thread pool, where it does not hold up the others.

    At most two at a time; raises TooMany if there is no place within 5 s.
    """
    from_gevent = current_app.extensions.get("threadpool")
    if not PLACES_APART.acquire(timeout=APART_SECONDS):
        raise TooMany(APART_SECONDS)
    try:
        return cast(T, from_gevent(work)) if from_gevent else work()
    finally:
        PLACES_APART.release()
