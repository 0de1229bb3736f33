"""References and code words: short, speakable, not to be guessed."""

import re

from cyberwehr.domain.references import ALPHABET, CODE_WORDS, new_code_word, new_reference


def test_references_have_one_shape_and_avoid_letters_that_are_confused() -> None:
    made = {new_reference() for _ in range(2000)}
    assert all(re.fullmatch(rf"CW-[{ALPHABET}]{{4}}-[{ALPHABET}]{{2}}", each) for each in made)
    assert not set("0O1ILU") & set(ALPHABET)
    assert len(set(ALPHABET)) == 30
    assert len(made) > 1990


def test_code_words_are_two_words_and_a_number() -> None:
    words = {new_code_word() for _ in range(500)}
    assert len(words) > 490
    for word in words:
        first, second, number = word.split(" ")
        assert {first, second} <= set(CODE_WORDS)
        assert 10 <= int(number) <= 99


def test_no_code_word_stands_twice_in_the_list() -> None:
    assert len(CODE_WORDS) == len(set(CODE_WORDS))
    assert all(word.isalpha() for word in CODE_WORDS)
