"""Which line of QuickBooks' is which of those that were sent."""

from hypothesis import given
from hypothesis import strategies as st

from qbo.line_matching import matched


def item(description, amount=10, item_id="1", **detail):
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": amount,
        "Description": description,
        "SalesItemLineDetail": {"ItemRef": {"value": item_id}, **detail},
    }


def text(description):
    return {"DetailType": "DescriptionOnly", "Description": description}


def groups(*lines):
    """Each line with the lines that continue it, under letters as keys."""
    made = [line if isinstance(line, list) else [line] for line in lines]
    return [(chr(97 + number), line) for number, line in enumerate(made)]


def keys(found):
    return [(one.key, bool(one.theirs)) for one in found]


def test_what_is_dropped_added_and_moved_keeps_the_others_where_they_are():
    one, two, three = item("One"), item("Two"), item("Three")
    ours = groups(one, two, three)
    found = matched(ours, [two, three, item("Four")])
    assert keys(found) == [("b", True), ("c", True), ("", True), ("a", False)]
    found = matched(ours, [three, one, two])
    assert keys(found) == [("c", True), ("a", True), ("b", True)]
    found = matched(ours, [item("Zero"), one, two, three])
    assert keys(found)[0] == ("", True) and keys(found)[1:] == [
        ("a", True),
        ("b", True),
        ("c", True),
    ]


def test_of_a_changed_passage_the_most_alike_belong_together():
    ours = groups(item("Mowing", 10, "1"), item("Hedges", 20, "2"), item("Leaves", 30))
    theirs = [item("Hedges cut", 25, "2"), item("Mowing", 15, "1"), item("Leaves", 30)]
    assert keys(matched(ours, theirs)) == [("b", True), ("a", True), ("c", True)]
    # A text never becomes a line with an amount.
    found = matched(groups(text("Thanks")), [item("Thanks")])
    assert keys(found) == [("", True), ("a", False)]


def test_a_long_text_stays_one_line():
    long = [item("A" * 4000), text("B" * 4000), text("C")]
    ours = groups(item("First"), long, text("Note"))
    same = matched(ours, [item("First"), *long, text("Note")])
    assert [one.key for one in same] == ["a", "b", "c"]
    assert same[1].ours == same[1].theirs
    assert len(same[1].ours["Description"]) == 8001
    edited = [item("A" * 4000, 12), text("B" * 4000), text("D")]
    found = matched(ours, [item("First"), *edited, text("Note")])
    assert [one.key for one in found] == ["a", "b", "c"]
    assert found[1].theirs["Description"] == "A" * 4000 + "B" * 4000 + "D"
    assert found[1].theirs["Amount"] == 12
    # Where the line itself is gone, what continued it is a text of its own.
    found = matched(ours, [item("First"), text("C"), text("Note")])
    assert keys(found) == [("a", True), ("", True), ("c", True), ("b", False)]


def test_a_text_without_words_is_no_line_there():
    found = matched([("a", []), ("b", [item("One")])], [item("One")])
    assert keys(found) == [("b", True)]


LINES = st.lists(
    st.builds(
        item,
        st.sampled_from("ABC"),
        st.integers(1, 3),
        st.sampled_from("12"),
    ),
    max_size=6,
)


@given(LINES, LINES)
def test_every_line_of_both_sides_is_there_once(ours, theirs):
    found = matched(groups(*ours), theirs)
    held = sorted(one.key for one in found if one.key)
    assert held == [key for key, _lines in groups(*ours)]
    assert [one.theirs for one in found if one.theirs] == theirs
    if ours == theirs:
        assert all(one.ours == one.theirs for one in found)
