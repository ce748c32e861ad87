"""What the documentation quotes is what the program says, word by word."""

import re

from devtools.messages import quoted, said
from devtools.paths import ADDON, ROOT

SAID = said(ADDON)


def test_every_message_quoted_is_one_of_the_programs():
    messages = quoted(ROOT / "docs/troubleshooting.md")
    assert len(messages) > 30
    assert [one for one in messages if one not in SAID] == []


def test_messages_in_the_user_guides_table_are_parts_of_the_programs():
    text = (ROOT / "docs/user-guide.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| “(.+?)” \|", text, re.M)
    assert len(cells) >= 3
    everything = "\n".join(SAID)
    parts = [part.strip() for cell in cells for part in cell.split("…")]
    assert [part for part in parts if part not in everything] == []


def test_a_message_that_was_reworded_is_found_out(tmp_path):
    [sentence] = [one for one in SAID if one.startswith("The product … is not linked")]
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n> {sentence}\n\n> {sentence} Really.\n")
    assert [one in SAID for one in quoted(page)] == [True, False]
