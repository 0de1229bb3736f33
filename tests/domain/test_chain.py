"""The hash chain finds whatever was done to the list of entries."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from cyberwehr.domain.chain import GENESIS, entry_hash, first_fault

Entry = tuple[int, str, str, dict]
values = st.none() | st.integers() | st.text(max_size=5) | st.booleans()
facts = st.dictionaries(st.text(max_size=5), values, max_size=3)
bodies = st.lists(facts, min_size=1, max_size=8)


def chained(all_facts: list[dict]) -> list[Entry]:
    entries, last = [], GENESIS
    for number, own in enumerate(all_facts, start=1):
        fields = {"id": number, "facts": own}
        entries.append((number, last, entry_hash(last, fields), fields))
        last = entries[-1][2]
    return entries


@given(bodies)
def test_an_untouched_chain_is_good(all_facts: list[dict]) -> None:
    entries = chained(all_facts)
    assert first_fault(entries) == (len(entries), entries[-1][2], None)


def test_an_empty_chain_is_good() -> None:
    assert first_fault([]) == (0, GENESIS, None)


@given(bodies, st.data())
def test_an_edited_entry_is_found_where_it_stands(all_facts: list[dict], data: st.DataObject) -> None:
    entries = deepcopy(chained(all_facts))
    index = data.draw(st.integers(0, len(entries) - 1))
    entries[index][3]["facts"]["edited"] = "yes"
    length, _, fault = first_fault(entries)
    assert (length, fault is not None) == (index, True)


@given(bodies.filter(lambda b: len(b) > 1), st.data())
def test_a_removed_or_moved_entry_is_found_even_if_numbers_and_hashes_are_made_new(
    all_facts: list[dict], data: st.DataObject
) -> None:
    entries = chained(all_facts)
    index = data.draw(st.integers(0, len(entries) - 2))
    assert first_fault(entries[:index] + entries[index + 1 :])[2] is not None
    swapped = [*entries[:index], entries[index + 1], entries[index], *entries[index + 2 :]]
    assert first_fault(swapped)[2] is not None
    remade = chained(all_facts[:index] + all_facts[index + 1 :])
    assert first_fault(remade)[1] != entries[-1][2]  # the signed head knows another last hash


@given(facts, facts)
def test_only_equal_fields_hash_alike(one: dict, other: dict) -> None:
    assert (entry_hash(GENESIS, one) == entry_hash(GENESIS, dict(reversed(one.items())))) is True
    if repr(sorted(one.items(), key=repr)) != repr(sorted(other.items(), key=repr)):
        assert entry_hash(GENESIS, one) != entry_hash(GENESIS, other)
