"""Codes in both languages, as the API gives them."""

from cyberwehr.domain.guidance import Step
from cyberwehr.domain.notices import Notice
from cyberwehr.domain.protocol import Reason
from cyberwehr.web.context import the_instance
from cyberwehr.words import say


def in_both(notice: Notice) -> dict[str, str]:
    """{code, de, en}"""
    catalogues = the_instance().catalogues
    return {"code": notice.code, **{language: say(catalogues.texts(language), notice) for language in ("de", "en")}}


def words_in_both(said: Reason | Step) -> dict[str, str]:
    """{code, de, en} of something whose texts a data file gives."""
    catalogues = the_instance().catalogues
    return {"code": said.code, **{code: catalogues.texts(code).pick(said.words) for code in ("de", "en")}}
