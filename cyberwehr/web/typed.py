"""What somebody typed into a form: kept as it was, read field by field, a sentence for each that cannot be used."""

import re
from collections.abc import Mapping
from typing import TypeVar

from cyberwehr.domain.contacts import readable
from cyberwehr.i18n import N_, Texts

T = TypeVar("T")
WHOLE = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(\.[0-9]{3}){1,3}")
SHORT, LONG = 300, 20_000
"""As long as the API takes them."""


class Typed:
    """values: as typed, to show again; errors: field -> what is wrong, in the reader's language, in order."""

    def __init__(self, form: Mapping[str, str], texts: Texts) -> None:
        self.texts = texts
        self.values = {name: readable(value) for name, value in form.items()}
        self.errors: dict[str, str] = {}

    def text(self, name: str, most: int = SHORT) -> str | None:
        """Without the white space around it; None if there is nothing."""
        value = self.values.get(name, "").replace("\r\n", "\n").strip()
        if len(value) > most:
            self.fault(name, N_("This text is too long. Please use at most {most} characters."), most=most)
        return value or None

    def required(self, name: str, missing: str, most: int = SHORT) -> str:
        """`missing`: what to say if there is nothing."""
        value = self.text(name, most)
        if value is None:
            self.fault(name, missing)
        return value or ""

    def number(self, name: str, least: int, most: int, wrong: str) -> int | None:
        """A whole number, also with spaces or points between its thousands. None if there is nothing.

        `wrong`: what to say about anything else; it may name `{least}` and `{most}`.
        """
        value = "".join(self.values.get(name, "").split())
        number = int(value.replace(".", "")) if WHOLE.fullmatch(value) else None
        if value and (number is None or not least <= number <= most):
            self.fault(name, wrong, least=least, most=most)
        return number

    def choice(self, name: str, options: Mapping[str, T]) -> T | None:
        """What the chosen option stands for; None if none was chosen."""
        value = self.values.get(name, "")
        if value and value not in options:
            self.fault(name, N_("Please choose one of the answers offered."))
        return options.get(value)

    def fault(self, name: str, sentence: str, **params: object) -> None:
        """`sentence` in English, marked for translation where it stands."""
        self.errors.setdefault(name, self.texts(sentence, **params))
