"""Which records of two books are the same."""

from __future__ import annotations

import resource
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbo import likeness, matching
from qbo.matching import CUSTOMERS, PRODUCTS, TAXES, Evidence, Matcher, Pair, Record


def record(key, *names, marks=(), dependent=False):
    return Record(key, names, frozenset(marks), dependent)


def only_pair(left, right, rules=CUSTOMERS):
    """Return what two records alone come to."""
    [pair] = Matcher([right], rules).pairs(left)
    return pair


def proposals(lefts, rights, rules=CUSTOMERS):
    matcher = Matcher(rights, rules)
    return matching.choose(pair for left in lefts for pair in matcher.pairs(left))


def kinds(pair):
    return [evidence.kind for evidence in pair.evidence]


# --- How names and numbers are compared --- #


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ainsty Landscapes Ltd", "AINSTY LANDSCAPES LIMITED"),
        ("Café Zoë", "Cafe Zoe"),
        ("Barley & Thorne", "Barley and Thorne"),
        ("The Nook Co.", "Nook"),
        ("O'Brien’s", "OBriens"),
    ],
)
def test_the_same_name_is_seen_through_its_spellings(one, other):
    assert likeness.bare_name(one) == likeness.bare_name(other)


def test_a_name_that_is_only_a_legal_form_stays():
    assert likeness.bare_name("The Company Ltd") == "company"


def test_the_order_of_words_does_not_matter():
    assert likeness.name_likeness("smith john", "john smith") == likeness.NEARLY


def test_other_numbers_are_other_things():
    alike = likeness.name_likeness("plot 12 ashfield rise", "plot 13 ashfield rise")
    assert alike == likeness.OTHER_NUMBERS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GB214673508", "GB 214 6735 08"),
        ("GB214673508", "214673508"),
        ("GB214673508", "XXXXXX73508"),
        ("GB214673508", "*******73508"),
        ("GB 214 6735 08", "XXXXXXXXX35 08"),
    ],
)
def test_a_vat_number_is_seen_through_spaces_country_and_mask(one, other):
    assert likeness.whole_vat_marks(one) & likeness.vat_marks(other)


def test_a_masked_number_is_known_by_its_end_only():
    assert likeness.vat_marks("XXXXXX73508") == {("vat_end", "73508")}


@pytest.mark.parametrize("number", [None, "", "n/a", "/", "GB"])
def test_what_is_no_vat_number_marks_nothing(number):
    assert likeness.vat_marks(number) == set()


def test_each_of_several_addresses_marks():
    marks = likeness.email_marks("Office@Nook.example, boss@nook.example")
    assert marks == {("email", "office@nook.example"), ("email", "boss@nook.example")}


def test_a_telephone_number_is_the_same_from_abroad():
    home, abroad = "01904 555 012", "+44 (0)1904 555012"
    assert likeness.phone_marks(home) == likeness.phone_marks(abroad) != set()


def test_an_extension_is_no_telephone_number():
    assert likeness.phone_marks("x 214") == set()


@given(st.text())
def test_a_bare_name_is_already_bare(name):
    bare = likeness.bare_name(name)
    assert likeness.plain(bare) == bare


@given(st.text(), st.text())
def test_likeness_is_mutual_and_full_only_for_the_same(one, other):
    one, other = likeness.bare_name(one), likeness.bare_name(other)
    alike = likeness.name_likeness(one, other)
    assert alike == pytest.approx(likeness.name_likeness(other, one))
    assert (alike == 100) == (one == other != "")


# --- How sure a pair is, and why --- #


def test_every_reason_is_given_strongest_first():
    marks = likeness.email_marks("a@nook.example") | likeness.code_marks("zip", "YO1 7")
    pair = only_pair(record(1, "Nook Ltd", marks=marks), record(2, "Nook", marks=marks))
    assert pair.evidence == (
        Evidence("name", "100"),
        Evidence("email", "a@nook.example"),
        Evidence("zip", "yo17"),
    )


def test_more_reasons_make_surer_but_never_quite_sure():
    vat, email = likeness.vat_marks("GB214673508"), likeness.email_marks("a@b.example")
    weak = only_pair(record(1, marks=email), record(2, marks=email))
    both = only_pair(record(1, marks=email | vat), record(2, marks=email | vat))
    assert weak.score < both.score < 1


def test_a_whole_vat_number_counts_once_though_its_end_is_the_same_too():
    vat = likeness.whole_vat_marks("GB214673508")
    pair = only_pair(record(1, marks=vat), record(2, marks=vat))
    assert kinds(pair) == ["vat"]
    assert pair.score == CUSTOMERS.weights["vat"]


def test_whole_vat_numbers_are_not_the_same_for_the_same_end():
    left = record(1, "Nook", marks=likeness.whole_vat_marks("GB111173508"))
    right = record(2, "Nook", marks=likeness.vat_marks("GB222273508"))
    assert kinds(only_pair(left, right)) == ["name", "other_vat"]


def test_other_vat_numbers_speak_against_the_same_name():
    one = record(1, "Nook", marks=likeness.vat_marks("GB214673508"))
    other = record(2, "Nook", marks=likeness.vat_marks("GB999999999"))
    pair = only_pair(one, other)
    assert "other_vat" in kinds(pair)
    assert pair.score < matching.GUESS


def test_a_barcode_kept_as_sku_is_found():
    left = record(1, "Spade", marks=matching.product_code_marks("A", "5012345"))
    right = record(2, "Tool", marks=matching.product_code_marks("5012345", "5012345"))
    pair = only_pair(left, right, PRODUCTS)
    assert kinds(pair) == ["barcode"]


def test_other_skus_speak_against_the_same_name():
    left = record(1, "Spade", marks=matching.product_code_marks("A", None))
    right = record(2, "Spade", marks=matching.product_code_marks("B", "B"))
    assert kinds(only_pair(left, right, PRODUCTS)) == ["name", "other_code"]


def test_sub_customers_share_the_address_of_their_customer():
    email = likeness.email_marks("a@nook.example")
    left = record(1, "Nook", marks=email)
    parent = record(2, "Nook", marks=email)
    child = record(3, "Plot 12", marks=email, dependent=True)
    [chosen] = proposals([left], [child, parent])
    assert chosen.right == 2
    assert "rivals" not in kinds(chosen)


def test_taxes_need_the_same_rate_whatever_they_are_called():
    left = record(1, "20% S", marks=[matching.rate_mark("sale", Decimal(20))])
    right = record(2, "20% S", marks=[matching.rate_mark("sale", Decimal("17.5"))])
    assert Matcher([right], TAXES).pairs(left) == []
    same = record(3, "20.0% S", marks=[matching.rate_mark("sale", 20.0)])
    assert "rate" in kinds(only_pair(left, same, TAXES))


def test_what_too_many_have_in_common_tells_nothing():
    email = likeness.email_marks("noreply@example.com")
    rights = [record(n, marks=email) for n in range(matching.TOO_COMMON + 1)]
    assert Matcher(rights, CUSTOMERS).pairs(record(1, marks=email)) == []


def test_a_misspelt_name_is_found_among_many():
    towns = ("York", "Leeds", "Ripon", "Selby", "Malton", "Whitby", "Thirsk")
    trades = ("Gardens", "Landscapes", "Nurseries", "Fencing", "Turf", "Ponds")
    names = [f"{town} {trade} Ltd" for town in towns for trade in trades]
    rights = [record(number, name) for number, name in enumerate(names)]
    [chosen] = proposals([record("left", "Rippon Nurserys")], rights)
    assert names[chosen.right] == "Ripon Nurseries Ltd"


# --- Which pairs are proposed --- #


def test_two_that_fit_alike_are_a_guess_and_say_so():
    [chosen] = proposals(
        [record(1, "Nook")], [record(8, "Nook"), record(9, "Nook Ltd")]
    )
    assert chosen.right == 8
    assert chosen.score == matching.GUESS
    assert chosen.evidence[-1] == Evidence("rivals", "1")


def test_a_surer_pair_goes_first_and_leaves_the_second_best():
    sure, second = Pair(1, 8, 0.95, ()), Pair(2, 8, 0.9, ())
    third = Pair(2, 9, 0.7, ())
    assert matching.choose([third, second, sure]) == [sure, third]


keys = st.integers(0, 12)
some_pairs = st.lists(
    st.builds(Pair, keys, keys, st.floats(0.3, 0.99), st.just(())),
    unique_by=lambda pair: (pair.left, pair.right),
)


@given(some_pairs)
def test_no_record_is_proposed_twice_and_the_surest_come_first(pairs):
    chosen = matching.choose(pairs)
    for side in ("left", "right"):
        used = [getattr(pair, side) for pair in chosen]
        assert len(used) == len(set(used))
    scores = [pair.score for pair in chosen]
    assert scores == sorted(scores, reverse=True)


@given(some_pairs)
def test_nothing_but_guesses_among_many_is_left_out(pairs):
    chosen = matching.choose(pairs)
    lefts, rights = ({getattr(one, s) for one in chosen} for s in ("left", "right"))
    for pair in pairs:
        if pair.left not in lefts and pair.right not in rights:
            sharing = [
                other
                for other in pairs
                if (other.left == pair.left) != (other.right == pair.right)
            ]
            assert len(sharing) > matching.MOST_RIVALS


def test_a_guess_among_many_is_no_suggestion():
    rights = [record(number, "Nook") for number in range(matching.MOST_RIVALS + 2)]
    assert proposals([record("left", "Nook")], rights) == []
    assert len(proposals([record("left", "Nook")], rights[1:])) == 1


@given(some_pairs, st.randoms())
def test_the_order_they_come_in_changes_nothing(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    assert matching.choose(shuffled) == matching.choose(pairs)


@given(some_pairs)
def test_a_pair_is_only_sure_if_its_rivals_are_out_of_the_question(pairs):
    chosen = matching.choose(pairs)
    score_of = {
        end: pair.score
        for pair in chosen
        for end in (("l", pair.left), ("r", pair.right))
    }
    for pair in chosen:
        for other in pairs:
            if (other.left == pair.left) == (other.right == pair.right):
                continue
            if pair.score > matching.GUESS and other.score >= pair.score:
                ends = ("l", other.left), ("r", other.right)
                assert max(score_of.get(end, 0) for end in ends) > pair.score


words = st.sampled_from(
    ["york", "ripon", "garden", "turf", "smith", "jones", "42", "7"]
)
books = st.lists(
    st.builds(
        lambda names, mails: (" ".join(names), frozenset(("email", m) for m in mails)),
        st.lists(words, max_size=3),
        st.sets(st.sampled_from("abc"), max_size=1),
    ),
    max_size=12,
)


@given(books, books)
def test_every_pair_has_a_reason_and_a_certainty_below_one(ours, theirs):
    lefts = [Record(n, (name,), marks) for n, (name, marks) in enumerate(ours)]
    rights = [Record(n, (name,), marks) for n, (name, marks) in enumerate(theirs)]
    for pair in proposals(lefts, rights):
        assert pair.evidence
        assert matching.LEAST_SCORE <= pair.score <= matching.MOST_SCORE


@given(st.sets(st.text("abcdefghij", min_size=4, max_size=12), max_size=30))
def test_books_with_the_same_different_names_match_whole(names):
    lefts = [record(name, name) for name in names]
    rights = [record(name.upper(), name.upper()) for name in names]
    chosen = {pair.left: pair.right for pair in proposals(lefts, rights)}
    same = {name: name.upper() for name in names if likeness.bare_name(name) == name}
    assert same.items() <= chosen.items()


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_name_more_alike_never_tells_less(one, other):
    low, high = sorted((one, other))
    assert matching.name_weight(low) <= matching.name_weight(high)


# --- Many records --- #


def test_thousands_are_matched_in_seconds_and_without_much_memory():
    size, half = 5000, 2500
    lefts = [
        record(n, f"{_word(n)} {_word(n * 7 + 3)} {_word(n % 40)}") for n in range(size)
    ]
    rights = [record(n, f"{one.names[0][:-1]} Limited") for n, one in enumerate(lefts)]
    peak, begun = _peak_kilobytes(), time.process_time()
    chosen = proposals(lefts, rights[:half])
    assert time.process_time() - begun < 15
    assert _peak_kilobytes() - peak < 200_000
    right = sum(pair.left == pair.right for pair in chosen)
    assert right > 0.9 * half


def _word(number):
    """Return a word that can be said, another one for each number."""
    syllables = [a + b for a in "bdfgklmnprstvw" for b in "aeiou"]
    word = ""
    for _letter in range(3):
        number, rest = divmod(number * 31 + 17, len(syllables))
        word += syllables[rest]
    return word


def _peak_kilobytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_marks_of_prices_and_rates_are_equal_where_the_figures_are():
    assert matching.price_marks(4.5) == matching.price_marks(Decimal("4.50"))
    assert matching.price_marks(0) == set()
    assert matching.rate_mark("sale", 20) == matching.rate_mark("sale", Decimal("20.0"))
