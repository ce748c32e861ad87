"""Which records of two books are the same: pairs, how sure each is, and why.

Pure Python on plain data. Memory and time grow with the number of records, not with
its square: a record is only compared with those it shares a mark with (an e-mail
address, a SKU …) or the rarest parts of its name.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from .likeness import bare_name, code_marks, name_likeness

Mark = tuple[str, str]

# A record has no more counterparts worth a look than this.
MOST_PAIRS = 6
# What so many records have in common, such as noreply@, tells nothing.
TOO_COMMON = 12
# How many look-ups a name is worth, from its rarest part on.
MOST_LOOKUPS = 800
MOST_NAMES = 12
# Names less alike, in per cent, are no reason.
LEAST_LIKENESS = 75.0
# What a name alone tells, by how many per cent it is alike.
NAME_WEIGHTS = ((LEAST_LIKENESS, 0.30), (90.0, 0.70), (97.0, 0.90), (100.0, 0.95))
# Pairs so close to each other can't be told apart: one of them is a guess.
MARGIN = 0.02
GUESS = 0.50
# A guess among more than so many others is no suggestion.
MOST_RIVALS = 3
CONTRADICTED = 0.40
LEAST_SCORE = 0.30
# Nothing but a person is ever quite sure.
MOST_SCORE = 0.99
# Sub-customers carry the address and e-mail of the customer they belong to.
DEPENDENT = 0.60


@dataclass(frozen=True)
class Record:
    """What is known of a record on one side.

    :param names: what it is called
    :param marks: what identifies it, in the form that :mod:`likeness` gives
    :param dependent: part of another record, whose marks it shares
    """

    key: Hashable
    names: tuple[str, ...] = ()
    marks: frozenset[Mark] = frozenset()
    dependent: bool = False


@dataclass(frozen=True)
class Evidence:
    """One reason for a pair, or one against it: its kind, and what is the same.

    Of a name, ``value`` is how many per cent alike it is.
    """

    kind: str
    value: str


@dataclass(frozen=True)
class Pair:
    """Two records that may be the same, from 0 to 1 how sure, and why."""

    left: Hashable
    right: Hashable
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Rules:
    """How much each mark tells.

    :param weights: from 0 to 1, by the kind of mark
    :param name: how much of a name's weight counts
    :param families: kinds that tell the same thing twice, by what they tell
    :param exclusive: families in which two records can't differ and be the same
    :param needs: a kind of mark without which there is no pair
    """

    weights: Mapping[str, float]
    name: float = 1.0
    families: Mapping[str, str] = field(default_factory=dict)
    exclusive: frozenset[str] = frozenset()
    needs: str | None = None

    def family(self, kind: str) -> str:
        return self.families.get(kind, kind)


CUSTOMERS = Rules(
    weights={"vat": 0.97, "vat_end": 0.80, "email": 0.85, "phone": 0.60, "zip": 0.30},
    families={"vat": "vat", "vat_end": "vat"},
    exclusive=frozenset({"vat"}),
)
PRODUCTS = Rules(
    weights={"sku": 0.95, "barcode": 0.95, "price": 0.15},
    families={"sku": "code", "barcode": "code"},
    exclusive=frozenset({"code"}),
)
# Where several taxes or codes have a rate, each is only a guess by itself.
TAXES = Rules(weights={"rate": 0.92}, name=0.80, needs="rate")


class Matcher:
    """Finds the counterparts of records among those of the other side."""

    def __init__(self, rights: Iterable[Record], rules: Rules) -> None:
        self._rules = rules
        self._rights = sorted(rights, key=_order_of)
        self._names = [tuple(map(bare_name, one.names)) for one in self._rights]
        self._by_mark: dict[Mark, list[int]] = defaultdict(list)
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_part: dict[str, list[int]] = defaultdict(list)
        for number, record in enumerate(self._rights):
            self._add(number, record)

    def _add(self, number: int, record: Record) -> None:
        for mark in record.marks:
            self._by_mark[mark].append(number)
        names = set(filter(None, self._names[number]))
        for name in names:
            self._by_name[name].append(number)
        for part in {part for name in names for part in _parts(name)}:
            self._by_part[part].append(number)

    def pairs(self, left: Record) -> list[Pair]:
        """Return the pairs of *left* that are worth a look, surest first."""
        names = {bare_name(name) for name in left.names} - {""}
        found = [
            pair
            for number in self._candidates(left, names)
            if (pair := self._weigh(left, names, number))
        ]
        found.sort(key=lambda pair: (-pair.score, _key_order(pair.right)))
        return found[:MOST_PAIRS]

    def _candidates(self, left: Record, names: set[str]) -> set[int]:
        needed = self._rules.needs
        if needed:
            marks = (mark for mark in left.marks if mark[0] == needed)
            return {number for mark in marks for number in self._by_mark.get(mark, ())}
        found: set[int] = set()
        for mark in left.marks:
            sharing = self._by_mark.get(mark, ())
            found.update(sharing if len(sharing) <= TOO_COMMON else ())
        for name in names:
            found.update(self._by_name.get(name, ())[:TOO_COMMON])
            found.update(self._alike(name))
        return found

    def _alike(self, name: str) -> list[int]:
        """Return those that share most of the rare parts of *name*."""
        shared: dict[int, float] = {}
        lists = sorted(
            filter(None, (self._by_part.get(part) for part in _parts(name))), key=len
        )
        lookups, count = 0, len(self._rights)
        for numbers in lists:
            lookups += len(numbers)
            if lookups > MOST_LOOKUPS and shared:
                break
            weight = math.log(1 + count / len(numbers))
            for number in numbers:
                shared[number] = shared.get(number, 0.0) + weight
        return heapq.nlargest(MOST_NAMES, shared, key=shared.__getitem__)

    def _weigh(self, left: Record, names: set[str], number: int) -> Pair | None:
        right = self._rights[number]
        reasons = [*self._same_marks(left, right), *self._like_name(names, number)]
        doubt = math.prod(1 - weight for weight, _evidence in reasons)
        score = min(MOST_SCORE, 1 - doubt)
        evidence = tuple(reason for _weight, reason in sorted(reasons, key=_strongest))
        for family in self._contradictions(left, right):
            score *= CONTRADICTED
            evidence += (Evidence(f"other_{family}", ""),)
        score = round(score, 2)
        if score < LEAST_SCORE:
            return None
        return Pair(left.key, right.key, score, evidence)

    def _same_marks(
        self, left: Record, right: Record
    ) -> Iterator[tuple[float, Evidence]]:
        """Give the strongest of the shared marks that tell the same thing."""
        share = DEPENDENT if left.dependent or right.dependent else 1.0
        best: dict[str, tuple[float, Evidence]] = {}
        for kind, value in sorted(left.marks & right.marks):
            weight = self._rules.weights.get(kind, 0.0) * share
            family = self._rules.family(kind)
            if family not in best or weight > best[family][0]:
                best[family] = (weight, Evidence(kind, value))
        return iter(best.values())

    def _like_name(
        self, names: set[str], number: int
    ) -> Iterator[tuple[float, Evidence]]:
        best = max(
            (
                name_likeness(one, other, LEAST_LIKENESS)
                for one in names
                for other in self._names[number]
            ),
            default=0.0,
        )
        if best:
            weight = self._rules.name * name_weight(best)
            yield weight, Evidence("name", str(math.floor(best)))

    def _contradictions(self, left: Record, right: Record) -> Iterator[str]:
        """Give what tells the two apart: both have it, and it differs."""
        for family in sorted(self._rules.exclusive):
            ours, theirs = (self._told(one, family) for one in (left, right))
            if ours and theirs and not ours & theirs:
                yield family

    def _told(self, record: Record, family: str) -> set[Mark]:
        return {mark for mark in record.marks if self._rules.family(mark[0]) == family}


def choose(pairs: Iterable[Pair]) -> list[Pair]:
    """Return the pairs to propose, surest first; no record is in two of them.

    A pair that comes close to another one is a guess and says so: it is never among
    the sure ones. Unless the other one is out of the question, because one of its
    records has a surer counterpart. A guess among many is not proposed at all.
    """
    return sorted(_Choice(pairs).made(), key=_surest_first)


class _Choice:
    """Takes the surest pair, again and again, as long as both records are free."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._pairs = list(pairs)
        self._taken: set[tuple[str, Hashable]] = set()
        self._sharing: dict[tuple[str, Hashable], list[Pair]] = defaultdict(list)
        for pair in self._pairs:
            for end in _ends(pair):
                self._sharing[end].append(pair)

    def made(self) -> Iterator[Pair]:
        queue = [(*_surest_first(pair), False, pair) for pair in self._pairs]
        heapq.heapify(queue)
        while queue:
            *_order, judged, pair = heapq.heappop(queue)
            if self._is_taken(pair):
                continue
            rivals = self._rivals(pair)
            if judged and rivals > MOST_RIVALS:
                continue
            if rivals and not judged:
                guess = _guess(pair, rivals)
                heapq.heappush(queue, (*_surest_first(guess), True, guess))
            else:
                self._taken.update(_ends(pair))
                yield pair

    def _is_taken(self, pair: Pair) -> bool:
        return any(end in self._taken for end in _ends(pair))

    def _rivals(self, pair: Pair) -> int:
        """Return how many other pairs of the two records are as good, or nearly."""
        near = pair.score - MARGIN - 1e-9
        return sum(
            _ends(other) != _ends(pair)
            and other.score >= near
            and not self._is_taken(other)
            for end in _ends(pair)
            for other in self._sharing[end]
        )


def _ends(pair: Pair) -> tuple[tuple[str, Hashable], ...]:
    return (("left", pair.left), ("right", pair.right))


def _surest_first(pair: Pair) -> tuple:
    return (-pair.score, _key_order(pair.left), _key_order(pair.right))


def _guess(pair: Pair, rivals: int) -> Pair:
    doubt = (*pair.evidence, Evidence("rivals", str(rivals)))
    return Pair(pair.left, pair.right, min(GUESS, pair.score), doubt)


def name_weight(likeness: float) -> float:
    """Return how much names tell that are alike by *likeness* per cent."""
    for (low, least), (high, most) in pairwise(NAME_WEIGHTS):
        if low <= likeness <= high:
            return least + (most - least) * (likeness - low) / (high - low)
    return 0.0


def rate_mark(use: str, rate: Decimal | float) -> Mark:
    """Return what a tax is recognised by: its use, and its rate in per cent."""
    return ("rate", f"{use} {Decimal(str(rate)) + 0:.3f}")


def price_marks(price: Decimal | float) -> set[Mark]:
    """Return the mark of a price, to the penny; none for what has no price."""
    return {("price", f"{Decimal(str(price)):.2f}")} if price else set()


def product_code_marks(sku: str | None, barcode: str | None) -> set[Mark]:
    """Return the marks of a product's codes; QuickBooks keeps both in its SKU."""
    return code_marks("sku", sku) | code_marks("barcode", barcode)


def _parts(name: str) -> set[str]:
    """Return the trigrams of a bare name, word by word."""
    return {
        padded[start : start + 3]
        for word in name.split()
        for padded in (f"  {word} ",)
        for start in range(len(padded) - 2)
    }


def _strongest(reason: tuple[float, Evidence]) -> tuple[float, str]:
    return (-reason[0], reason[1].kind)


def _order_of(record: Record) -> tuple:
    return _key_order(record.key)


def _key_order(key: Hashable) -> tuple:
    """Return what sorts keys, whole numbers or tuples of one kind, as they are."""
    return key if isinstance(key, tuple) else (key,)
