"""What stands around every page's content: the language switch, the hotline to tap on, words for codes."""

from functools import partial
from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from cyberwehr.domain.contacts import dialable
from cyberwehr.domain.guidance import runs
from cyberwehr.i18n import LOCALES
from cyberwehr.sentences import CALL_BACK, FIRST_LINES, STEP_KINDS
from cyberwehr.web.context import speak, texts, the_instance
from cyberwehr.words import label, say, size


def frame() -> dict[str, object]:
    """For all templates. `in_language` ends the address of a link or form, so that a chosen language stays chosen."""
    own = texts()
    return {
        "label": partial(label, own),
        "say": partial(say, own),
        "size_in_words": partial(size, own),
        "dial": dial,
        "lines_to_begin_with": FIRST_LINES,
        "call_back_line": CALL_BACK,
        "step_kinds": STEP_KINDS,
        "runs": runs,
        "language_name": partial(own.locale.languages.get),
        "in_language": f"?{urlencode(chosen())}" if chosen() else "",
        "languages": languages(),
    }


def chosen() -> dict[str, str]:
    """The language somebody chose in the address, if it is one of ours."""
    asked = request.args.get("lang", "")
    return {"lang": asked} if asked in the_instance().config.instance.languages else {}


def prefer(language: str, region: str | None = None) -> None:
    """Answer in this language unless another one was chosen; with the region's own words where it has any."""
    speak(chosen().get("lang", language), region)


def languages() -> list[tuple[str, str, str]]:
    """Code, own name and query of each language on offer; path and everything else in the address stay the same."""
    rest = {name: value for name, value in request.args.items() if name != "lang"}
    offered = the_instance().config.instance.languages
    return [(code, LOCALES[code].languages[code], f"?{urlencode({**rest, 'lang': code})}") for code in offered]


def dial(number: str) -> str:
    """What a telephone dials for this number."""
    return "tel:" + (dialable(number) or "".join(number.split()))


def see(address: str) -> Response:
    """After a form: go and look there (303), so that reloading sends nothing twice."""
    return redirect(f"{address}?{urlencode(chosen())}" if chosen() else address, 303)
