"""Which line of QuickBooks' version of a document is which of the lines that were sent.

QuickBooks keeps an order and no mark of ours, and people there change, add, drop and
move lines. What is the same is recognised first, wherever it stands; of what was
changed in one place, the lines that have most in common are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from .document_versions import line_version

Body = Mapping[str, Any]
Group = tuple[str, Sequence[Body]]


@dataclass
class Match:
    """One line of either side, or of both.

    A text that takes several lines in QuickBooks stands in one of them here.

    :param key: of ours; empty for a line that only QuickBooks has.
    :param ours: as it was sent; None if *key* is empty.
    :param theirs: as QuickBooks has it; None if it was dropped there.
    """

    key: str = ""
    ours: Body | None = None
    theirs: Body | None = None
    _texts: list[str] = field(default_factory=list)

    def _take(self, our: Body, their: Body) -> None:
        same = line_version(our) == line_version(their)
        self._texts.append(_text(our if same else their))
        self.theirs = _with_text(self.theirs or their, self._texts)


def matched(groups: Sequence[Group], theirs: Sequence[Body]) -> list[Match]:
    """Return the lines in QuickBooks' order, and then those that it has no more.

    :param groups: of each of our lines its key, and the lines that were sent for it:
        the first, and those that continue its text.
    """
    sent = [(n, line) for n, (_key, lines) in enumerate(groups) for line in lines]
    aligned = _align([line for _n, line in sent], theirs)
    found: list[Match] = []
    by_group: dict[int, Match] = {}
    for place, their in enumerate(theirs):
        index = aligned.get(place)
        number, our = (None, None) if index is None else sent[index]
        if number in by_group and our is not None:
            by_group[number]._take(our, their)
            continue
        if number is not None and our is groups[number][1][0]:
            match = by_group[number] = _of_group(groups[number])
            match._take(our, their)
        else:
            match = Match(theirs=their)
        found.append(match)
    gone = (n for n, (_key, lines) in enumerate(groups) if lines and n not in by_group)
    return found + [_of_group(groups[number]) for number in gone]


def _of_group(group: Group) -> Match:
    key, lines = group
    return Match(key, _with_text(lines[0], [_text(line) for line in lines]))


def _text(line: Body) -> str:
    return str(line.get("Description") or "")


def _with_text(line: Body, texts: Iterable[str]) -> Body:
    return {**line, "Description": "".join(texts)}


def _align(ours: Sequence[Body], theirs: Sequence[Body]) -> dict[int, int]:
    """Return the place among ours by the place among theirs."""
    here, there = ([_identity(line) for line in lines] for lines in (ours, theirs))
    matcher = SequenceMatcher(None, here, there, autojunk=False)
    aligned: dict[int, int] = {}
    blocks: list[tuple[range, range]] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            aligned.update(zip(range(j1, j2), range(i1, i2), strict=True))
        elif tag == "replace":
            blocks.append((range(i1, i2), range(j1, j2)))
    aligned.update(_moved(here, there, aligned))
    for mine, other in blocks:
        aligned.update(_alike(ours, theirs, aligned, (mine, other)))
    return aligned


def _identity(line: Body) -> tuple[tuple[str, str], ...]:
    kind = ("DetailType", str(line.get("DetailType")))
    return (kind, *sorted(line_version(line).items()))


def _moved(
    here: Sequence[object], there: Sequence[object], aligned: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield those that are the same, and stand elsewhere."""
    free = [i for i in range(len(here)) if i not in set(aligned.values())]
    for place, identity in enumerate(there):
        if place not in aligned:
            same = next((i for i in free if here[i] == identity), None)
            if same is not None:
                free.remove(same)
                yield place, same


def _alike(
    ours: Sequence[Body],
    theirs: Sequence[Body],
    aligned: Mapping[int, int],
    block: tuple[range, range],
) -> Iterator[tuple[int, int]]:
    """Yield of a changed passage the pairs that have most in common, the best first."""
    taken, free = set(aligned.values()), set(block[1]) - set(aligned)
    mine = set(block[0]) - taken
    scores = [
        (-_in_common(ours[i], theirs[j]), abs(i - block[0][0] - j + block[1][0]), i, j)
        for i in sorted(mine)
        for j in sorted(free)
        if ours[i].get("DetailType") == theirs[j].get("DetailType")
    ]
    for _score, _apart, i, j in sorted(scores):
        if i in mine and j in free:
            mine.remove(i)
            free.remove(j)
            yield j, i


def _in_common(our: Body, their: Body) -> int:
    before, after = line_version(our), line_version(their)
    return sum(
        bool(value) and value == after.get(name) for name, value in before.items()
    )
