"""The part of docs/performance.md that is made of what was measured."""

import json
import re
from typing import Any

from devtools.paths import ROOT

from .report import RESULTS

PAGE = ROOT / "docs/performance.md"
BEGIN = "<!-- Made by script/bench from benchmarks/results: run it, don't edit. -->"
END = "<!-- End of what script/bench has made. -->"
PLOTS = "../benchmarks/results"


def write(names: tuple[str, ...]) -> None:
    """Put all results that there are, in the order of ``names``, into the page."""
    parts = [_section(name) for name in names if (RESULTS / f"{name}.json").exists()]
    made = "\n\n".join([BEGIN, *parts, END])
    pattern = f"{re.escape(BEGIN)}.*{re.escape(END)}"
    text, found = re.subn(pattern, lambda _: made, PAGE.read_text("utf-8"), flags=re.S)
    if not found:
        raise SystemExit(f"error: {PAGE} has no place for the results: {BEGIN}")
    PAGE.write_text(text, encoding="utf-8")


def _section(name: str) -> str:
    content = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    blocks = [
        f"### `{name}`: {content['title']}",
        _when(content),
        _table(HEAD, [_row(row) for row in content["rows"]]),
        _table(TARGETS, [_target(one) for one in content["targets"]]),
        f"![{content['title']}]({PLOTS}/{name}.svg)",
    ]
    return "\n\n".join(blocks)


def _when(content: dict[str, Any]) -> str:
    words = f"Measured on {content['date']}, {content['machine']}"
    if content.get("load") is not None:
        words += f"; load of the machine before it began: {content['load']:.1f}"
    return f"{words}."


HEAD = ("", "records", "seconds", "ms each", "calls", "metered", "SQL", "peak MB")
TARGETS = ("target", "measured", "aimed at", "")


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    records = row["records"]
    each = f"{1000 * row['seconds'] / records:.2f}" if records else ""
    return (
        row["what"].strip(),
        f"{records:,}" if records else "",
        f"{row['seconds']:.3f}",
        each,
        *(_count(row[name]) for name in ("calls", "metered", "statements", "peak_mb")),
    )


def _count(number: float) -> str:
    return f"{number:,.0f}" if number else ""


def _target(one: dict[str, Any]) -> tuple[str, ...]:
    met = "" if one["limit"] == "–" else "met" if one["met"] else "**missed**"
    return one["what"], f"{one['value']:,.2f}", one["limit"], met


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    numbers = "|".join([" --- ", *[" ---: "] * (len(head) - 1)])
    lines = [" | ".join(row) for row in (head, *rows)]
    return "\n".join(
        [f"| {lines[0]} |", f"|{numbers}|", *(f"| {x} |" for x in lines[1:])]
    )
