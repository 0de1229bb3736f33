"""What is wrong with a field, in the reader's language; marshmallow speaks English, with numbers filled in."""

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from cyberwehr.domain.contacts import readable
from cyberwehr.i18n import N_, Texts

KNOWN = (
    N_("Missing data for required field."),
    N_("Unknown field."),
    N_("Field may not be null."),
    N_("Invalid input type."),
    N_("Invalid value."),
    N_("Not a valid string."),
    N_("Not a valid boolean."),
    N_("Not a valid integer."),
    N_("Not a valid number."),
    N_("Not a valid list."),
    N_("Not a valid mapping type."),
    N_("Not a valid aware datetime."),
    N_("Not a valid date."),
    N_("Number too large."),
    N_("Special numeric values (nan or infinity) are not permitted."),
    N_("Length must be between {0} and {1}."),
    N_("Longer than maximum length {0}."),
    N_("Shorter than minimum length {0}."),
    N_("Must be greater than or equal to {0} and less than or equal to {1}."),
    N_("Must be one of: {0}."),
)
"""marshmallow's sentences as they reach our callers, with {0}, {1} for what it fills in."""

MOST_ERRORS = 50
"""Named in one answer on each level; a body of 20,000 unknown keys is not worth 20,000 sentences."""
LEVELS = 3

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
CHOICE = re.compile(r"^(Must be one of: )(.+)\.$")


def in_words(texts: Texts, errors: Any, levels: int = LEVELS) -> Any:
    """The same structure of errors, its sentences translated; not more of it than somebody would read."""
    if isinstance(errors, Mapping | list | tuple) and levels == 0:
        return texts("Invalid value.")
    if isinstance(errors, Mapping):
        some = islice(errors.items(), MOST_ERRORS)
        return {readable(str(key)): in_words(texts, value, levels - 1) for key, value in some}
    if isinstance(errors, list | tuple):
        return [in_words(texts, value, levels - 1) for value in errors[:MOST_ERRORS]]
    return sentence(texts, str(errors))


def sentence(texts: Texts, english: str) -> str:
    if choice := CHOICE.match(english):
        return texts("Must be one of: {0}.").replace("{0}", choice[2])
    words = texts(NUMBER.sub(Counted(), english))
    for place, number in enumerate(NUMBER.findall(english)):
        words = words.replace(f"{{{place}}}", number)
    return words


class Counted:
    """Turns the first number into {0}, the second into {1}, …"""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, _match: re.Match[str]) -> str:
        self.seen += 1
        return f"{{{self.seen - 1}}}"
