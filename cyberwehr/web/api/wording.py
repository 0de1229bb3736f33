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
    """{code, de, en} of what a rule file words itself."""
    return {"code": said.code, "de": said.words["de"], "en": said.words["en"]}
