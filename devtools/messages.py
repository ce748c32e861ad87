"""The sentences that the program says, and those that its documentation quotes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# %s, %(name)s; %% is a sign of per cent.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
HOLE = "…"


def said(addon: Path) -> set[str]:
    """Return what the addon says through ``_``, with a hole for each figure or name."""
    files = (path for path in addon.rglob("*.py") if "tests" not in path.parts)
    return {text for path in files for text in _terms(path)}


def quoted(page: Path) -> list[str]:
    """Return the messages that a page quotes: one in each line that begins with >."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("> ").strip() for line in lines if line.startswith("> ")]


def _terms(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and _is_translating(node.func):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield PLACEHOLDER.sub(HOLE, first.value).replace("%%", "%")


def _is_translating(function: ast.expr) -> bool:
    name = getattr(function, "attr", None) or getattr(function, "id", None)
    return name in ("_", "_lt")
