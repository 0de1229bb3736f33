"""What somebody typed into a form: kept as it was, read field by field, with a sentence for each that cannot be used."""

from collections.abc import Mapping
from typing import TypeVar

from cyberwehr.domain.contacts import readable
from cyberwehr.i18n import N_, Texts

T = TypeVar("T")
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
            self.fault(name, N_("This is too long. Please use at most {most} characters."), most=most)
        return value or None

    def required(self, name: str, most: int = SHORT) -> str:
        value = self.text(name, most)
        if value is None:
            self.fault(name, N_("This is missing. Please fill it in."))
        return value or ""

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number; spaces and points between its digits are read over. None if there is nothing."""
        value = "".join(self.values.get(name, "").replace(".", "").split())
        number = int(value) if value.isdecimal() and len(value) < 12 else None
        if value and (number is None or not least <= number <= most):
            self.fault(name, N_("Please give a number from {least} to {most}."), least=least, most=most)
        return number

    def choice(self, name: str, options: Mapping[str, T]) -> T | None:
        """What the chosen option stands for; None if none was chosen."""
        value = self.values.get(name, "")
        if value and value not in options:
            self.fault(name, N_("Please choose one of the answers."))
        return options.get(value)

    def fault(self, name: str, sentence: str, **params: object) -> None:
        """`sentence` in English, marked for translation where it stands."""
        self.errors.setdefault(name, self.texts(sentence, **params))
