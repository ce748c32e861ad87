"""What the pages point to is there, and the addon's own page needs no other host."""

import re
from pathlib import Path

import pytest

from devtools.paths import ADDON, EXAMPLES, ROOT

PAGES = sorted(
    page
    for folder in (ROOT, ROOT / "docs", ROOT / "simulator", EXAMPLES)
    for page in folder.glob("*.md" if folder == ROOT else "**/*.md")
)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]+)?\)")
SHOP = ADDON / "static/description/index.html"


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made of the words."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {"#" + heading.strip().replace(" ", "-") for heading in words}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    lost = []
    for path, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in anchors(target)
        ):
            lost.append(path + anchor)
    assert lost == []


def test_every_picture_is_shown_somewhere():
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    pictures = (ROOT / "docs/images").glob("*.png")
    assert [one.name for one in pictures if f"images/{one.name}" not in pages] == []


def test_the_addons_own_page_brings_its_pictures_along():
    page = SHOP.read_text(encoding="utf-8")
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(sources) >= 4
    assert [one for one in sources if not (SHOP.parent / one).is_file()] == []
    assert "http" not in page
