"""The interview's fields: one per question of the protocol, read by its kind."""

import re
from collections.abc import Mapping, Sequence

from cyberwehr.domain.protocol import Question
from cyberwehr.i18n import N_
from cyberwehr.web.typed import Typed

FIGURE = re.compile(r"[0-9]{1,12}([.,][0-9]{1,3})?|[0-9]{1,3}(\.[0-9]{3}){1,3}(,[0-9]{1,3})?")


def field(question: Question) -> str:
    return f"q-{question.key}"


def read_answers(typed: Typed, questions: Sequence[Question]) -> dict[str, object]:
    """Question key -> answer; None where nothing was chosen or typed, which takes an earlier answer back."""
    return {question.key: read_answer(typed, question) for question in questions}


def read_answer(typed: Typed, question: Question) -> object:
    if question.choices:
        return typed.choice(field(question), {choice.value: choice.value for choice in question.choices})
    return figure(typed, field(question))


def figure(typed: Typed, name: str) -> float | int | None:
    """A number as people write it here: 1.500 is a thousand and a half, 1,5 and 1.5 are one and a half."""
    value = "".join(typed.values.get(name, "").split())
    if value and not FIGURE.fullmatch(value):
        typed.fault(name, N_("Please give a number in digits."))
        return None
    if not value:
        return None
    whole = re.sub(r"\.(?=[0-9]{3}(\D|$))", "", value).replace(",", ".")
    return float(whole) if "." in whole else int(whole)


def as_typed(answers: Mapping[str, object]) -> dict[str, str]:
    """Answers that were saved, as the fields show them: words as they are, numbers with a decimal comma."""
    return {f"q-{key}": spelled(value) for key, value in answers.items() if value is not None}


def spelled(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".").replace(".", ",")
    return str(value)
