"""What somebody means by the town they typed: towns, their parts, car number prefixes, slips of the pen."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "œ": "oe"})
_MOST_WORDS, _MOST_CHARACTERS, _LONGEST_NAME = 12, 300, 5
_PREFIX = 3
"""Names up to this length are car number prefixes."""

_NEAR = frozenset({"bei", "nahe", "naehe", "near", "umgebung"})
_HARMLESS = frozenset(
    re.findall(
        r"\w+",
        "stadt city town of the in im an am der die d de raum zentrum mitte innenstadt altstadt neustadt stadtkern "
        "nord sued ost west hbf hauptbahnhof ortsteil ot stadtteil postfach nrw nordrhein westfalen westf ruhr emscher "
        "lippe rhein ruhrgebiet deutschland germany brd north rhine westphalia bundesrepublik",
    )
)
_ELSEWHERE = frozenset(
    re.findall(
        r"\w+",
        "oldenburg oldb oldbg oldenb cloppenburg osnabrueck wittlage niedersachsen nds hessen bayern baden "
        "wuerttemberg sachsen thueringen brandenburg saarland schleswig holstein mecklenburg vorpommern pfalz "
        "bremen hamburg berlin muenchen frankfurt stuttgart hannover leipzig dresden nuernberg kassel mainz "
        "belgien belgium belgie niederlande nederland netherlands oesterreich austria schweiz switzerland luxemburg "
        # real places that would otherwise pass for slips of a served town or one of its parts
        "esens essel essern elsen ensen bockum borkum fronhausen altdorf werder verden",
    )
)
"""Words that say the place lies outside the state, whatever else is said (two towns of one name)."""

_KEYS = ("qwertzuiop", "asdfghjkl", "yxcvbnm")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one name stands for: regions that serve the town, regions it is a part of, other districts' AGS."""

    town_of: frozenset[str] = frozenset()
    part_of: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()

    def __or__(self, other: "Meaning") -> "Meaning":
        return Meaning(self.town_of | other.town_of, self.part_of | other.part_of, self.elsewhere | other.elsewhere)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a typed town was understood.

    regions: served regions it may mean. elsewhere: AGS of other districts it names ("" for a place no table knows).
    corrected: the name a misspelling was taken for. part_only: only a part was named, not its town. unknown: words
    nobody knows. said: whether there was any word at all.
    """

    regions: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    corrected: str | None = None
    part_only: bool = False
    unknown: tuple[str, ...] = ()
    said: bool = True


def words(text: str) -> tuple[str, ...]:
    """The words of a text without digits, accents, case: "Mülheim a.d. Ruhr" -> muelheim, a, d, ruhr."""
    # Normalising comes twice: case folding takes compatibility characters apart.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS]).casefold())
    bare = unicodedata.normalize("NFD", folded.translate(_GERMAN))
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return tuple(re.findall(r"[^\W\d_]+", letters))[:_MOST_WORDS]


def plain(name: str) -> str:
    """A name as it is compared."""
    return " ".join(words(name))


def short_names(name: str) -> Iterator[str]:
    """A town's name and what remains of it in everyday use: "Mülheim an der Ruhr" -> also "Mülheim"."""
    yield plain(name)
    yield plain(re.split(r"\s+(?:an|am|im|in|ob|vor)\b|\(", name)[0])


class Gazetteer:
    """All names an instance knows, with their misspellings. Built once for a set of regions."""

    def __init__(self, names: Iterable[tuple[str, Meaning]]) -> None:
        self._names: dict[str, Meaning] = {}
        for name, meaning in names:
            if name:
                self._names[name] = self._names.get(name, Meaning()) | meaning
        self._abroad = _ELSEWHERE - set(self._names)
        self._joined = {name.replace(" ", ""): name for name in self._names}
        self._joined |= dict(_town_with_part(self._names))
        self._slips: dict[str, set[str]] = {}
        for name, meaning in self._names.items():
            if len(name) >= (7 if meaning.part_of else 5):
                for slip in _slips(name):
                    self._slips.setdefault(slip, set()).add(name)

    def read(self, text: str) -> Reading:
        """What the text means; never raises."""
        said = words(text)
        if not said:
            return Reading(said=False)
        names = self._known("".join(said))
        unknown: list[str] = []
        if not names:
            if self._abroad & set(said):
                return Reading(elsewhere=frozenset({""}))
            names, unknown = self._scan(_before_near(said))
        corrected = None
        if unknown and not any(self._is_town(name) for name in names):
            corrected, unknown = self._correct(" ".join(said), unknown)
            names = [*names, corrected] if corrected else names
        return self._resolve(names, unknown, corrected)

    def _known(self, joined: str) -> list[str]:
        """The one name that the whole text is, however it is spaced."""
        name = self._joined.get(joined)
        return [name] if name else []

    def _scan(self, said: tuple[str, ...]) -> tuple[list[str], list[str]]:
        """Known names from left to right, longest first, and the other words. "Bad X" is not X."""
        names: list[str] = []
        unknown: list[str] = []
        at = 0
        while at < len(said):
            size = next((n for n in range(_LONGEST_NAME, 0, -1) if " ".join(said[at : at + n]) in self._names), 0)
            if size:
                names.append(" ".join(said[at : at + size]))
            elif said[at] not in _HARMLESS and len(said[at]) > 1:
                unknown.append(said[at])
            if unknown and not names and said[at] in ("bad", "gross", "klein", "neu", "ober", "unter"):
                return [], ["".join(said)]
            at += max(size, 1)
        return names, unknown

    def _correct(self, phrase: str, unknown: list[str]) -> tuple[str | None, list[str]]:
        """The name that the whole phrase or else one unknown word was meant to be, and the words still unknown."""
        if name := self._nearest(phrase):
            return name, []
        nearest = {word: self._nearest(word) for word in unknown}
        corrected = next(filter(None, nearest.values()), None)
        return corrected, [word for word in unknown if not corrected or nearest[word] != corrected]

    def _is_town(self, name: str) -> bool:
        meaning = self._names[name]
        return bool(meaning.town_of or (meaning.elsewhere and not meaning.part_of))

    def _resolve(self, names: list[str], unknown: list[str], corrected: str | None) -> Reading:
        meanings = [self._names[name] for name in names]
        towns = frozenset[str]().union(*(meaning.town_of for meaning in meanings))
        if towns:
            others = [meaning for meaning in meanings if not meaning.town_of and not meaning.part_of & towns]
            return Reading(towns, _elsewhere(others), corrected, unknown=tuple(unknown))
        if any(self._is_town(name) for name in names):
            return Reading(elsewhere=_elsewhere(meanings), corrected=corrected, unknown=tuple(unknown))
        if unknown or all(len(name) == 1 for name in names):
            return Reading(unknown=tuple(unknown))
        regions = _common([meaning.part_of for meaning in meanings])
        certain = any(not meaning.elsewhere for meaning in meanings)
        return Reading(regions, frozenset() if certain else _elsewhere(meanings), corrected, part_only=len(names) == 1)

    def _nearest(self, word: str) -> str | None:
        """The one name a word is a misspelling of. Short names forgive only what fingers do; other towns are near."""
        if word in self._slips:
            return next(iter(self._slips[word])) if len(self._slips[word]) == 1 else None
        near = sorted((_distance(word, name), name) for name in self._names if self._comparable(word, name))
        near = [(steps, name) for steps, name in near if steps <= self._forgiven(name)]
        if not near or (len(near) > 1 and near[0][0] == near[1][0]):
            return None
        return near[0][1]

    def _comparable(self, word: str, name: str) -> bool:
        # a part with another letter in it is more often a place elsewhere (Westerfeld, Westenfeld) than a slip
        longer = abs(len(word) - len(name))
        return word[0] == name[0] and longer <= self._forgiven(name) and (longer > 0 or self._is_town(name))

    def _forgiven(self, name: str) -> int:
        if len(name) < 7:
            return 0
        return 2 if len(name) >= 10 and self._is_town(name) else 1


def _town_with_part(names: Mapping[str, Meaning]) -> Iterator[tuple[str, str]]:
    """A town and its part written as one word."""
    parts = [(name, meaning) for name, meaning in names.items() if meaning.part_of and len(name) > _PREFIX]
    for town, meaning in names.items():
        for part, whole in parts if meaning.town_of else ():
            if meaning.town_of & whole.part_of and town + part not in names:
                yield (town + part).replace(" ", ""), town


def _before_near(said: tuple[str, ...]) -> tuple[str, ...]:
    """The words before "near": what follows is not where it is."""
    return said[: next((at for at, word in enumerate(said) if word in _NEAR), len(said))]


def _elsewhere(meanings: list[Meaning]) -> frozenset[str]:
    return frozenset[str]().union(*(meaning.elsewhere for meaning in meanings))


def _common(regions: list[frozenset[str]]) -> frozenset[str]:
    """What all names have in common ("GE-Horst"), or everything they may mean."""
    if not regions:
        return frozenset()
    return frozenset.intersection(*regions) or frozenset.union(*regions)


def _slips(name: str) -> Iterator[str]:
    """What fingers make of a name: letters swapped, lost, doubled, or the key beside."""
    for at, letter in enumerate(name):
        head, tail = name[:at], name[at + 1 :]
        if tail and tail[0] != letter:
            yield head + tail[0] + letter + tail[1:]
        yield head + letter + letter + tail
        if at:
            yield head + tail
            yield from (head + key + tail for key in _beside(letter))


def _beside(letter: str) -> str:
    """The keys left and right of a key on a German keyboard."""
    row = next((row for row in _KEYS if letter in row), "")
    at = row.find(letter)
    return row[max(at - 1, 0) : at] + row[at + 1 : at + 2] if row else ""


def _distance(a: str, b: str) -> int:
    """Damerau-Levenshtein distance (optimal string alignment): letters lost, added, changed or swapped."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
