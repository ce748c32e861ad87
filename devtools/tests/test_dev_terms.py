"""The languages of the addon: complete, and put together as the terms are."""

import re
from collections import Counter

import polib
import pytest

from devtools import terms

POT = polib.pofile(terms.TERMS)
LANGUAGES = {path.stem: polib.pofile(path) for path in terms.languages()}
# What Odoo fills in: %(name)s, %s, %d and {name}; %% is a percent sign.
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +.\d-]*[sdf]|%[sdf%]|\{\w*\}")
TAG = re.compile(r"</?\w[^>]*>")
# Attributes that are shown, and so translated.
SHOWN = re.compile(r"\b(title|alt|placeholder|aria-label)=\"[^\"]*\"")

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def _placeholders(text):
    return Counter(PLACEHOLDER.findall(text))


def _tags(text):
    return Counter(SHOWN.sub(r"\1", tag) for tag in TAG.findall(text))


def _ends(text):
    """Return the blanks before and after the text."""
    return re.match(r"\s*", text)[0], re.search(r"\s*\Z", text)[0]


def _strayed(language, part):
    """Return the translations in which ``part`` is another than in the term."""
    return [
        (entry.msgid, entry.msgstr)
        for entry in LANGUAGES[language]
        if part(entry.msgid) != part(entry.msgstr)
    ]


@in_every_language
def test_every_term_is_there_where_the_pot_has_it(language):
    entries = [(entry.msgid, entry.comment) for entry in LANGUAGES[language]]
    assert entries == [(term.msgid, term.comment) for term in POT]
    places = [entry.occurrences for entry in LANGUAGES[language]]
    assert places == [term.occurrences for term in POT]


@in_every_language
def test_no_term_is_empty(language):
    assert [entry.msgid for entry in LANGUAGES[language] if not entry.msgstr] == []


@in_every_language
def test_no_translation_is_a_guess(language):
    assert [entry.msgid for entry in LANGUAGES[language] if entry.fuzzy] == []


@in_every_language
def test_placeholders_are_those_of_the_term(language):
    assert _strayed(language, _placeholders) == []


@in_every_language
def test_tags_are_those_of_the_term(language):
    assert _strayed(language, _tags) == []


@in_every_language
def test_blanks_at_both_ends_are_those_of_the_term(language):
    assert _strayed(language, _ends) == []


def test_the_addon_speaks_french_spanish_and_german():
    assert set(LANGUAGES) >= {"fr", "es", "de"}


@pytest.fixture
def french(tmp_path):
    """A language that lags behind: a term is new, another gone, a third has moved."""
    path = tmp_path / "fr.po"
    language = polib.POFile()
    language.metadata = {"Language": "fr", "POT-Creation-Date": "before"}
    language.append(polib.POEntry(msgid="Gone", msgstr="Parti"))
    language.append(polib.POEntry(msgid="Tax", msgstr="Taxe", occurrences=[("a", "1")]))
    language.save(path)
    return path


@pytest.fixture
def newer():
    """The terms as they are now."""
    pot = polib.POFile()
    pot.metadata = {"POT-Creation-Date": "now"}
    pot.append(polib.POEntry(msgid="Taxes", occurrences=[("b", "0")]))
    pot.append(
        polib.POEntry(msgid="Tax", occurrences=[("b", "0")], comment="module: x")
    )
    return pot


def test_merging_leaves_a_new_term_empty_and_counts_it(french, newer):
    assert terms.merge(french, newer) == 1
    entries = [(entry.msgid, entry.msgstr) for entry in polib.pofile(french)]
    assert entries == [("Taxes", ""), ("Tax", "Taxe")]


def test_merging_takes_places_and_comments_from_the_pot(french, newer):
    terms.merge(french, newer)
    merged = polib.pofile(french)
    tax = merged.find("Tax")
    assert (tax.occurrences, tax.comment) == ([("b", "0")], "module: x")
    assert merged.metadata == {"Language": "fr", "POT-Creation-Date": "now"}


def test_merging_twice_changes_nothing(french, newer):
    terms.merge(french, newer)
    once = french.read_bytes()
    terms.merge(french, newer)
    assert french.read_bytes() == once
