"""Which test proves which sentence of the guide: ``python -m devtools.guide``.

Writes docs/guide-matrix.md from docs/specification.yml and the marks in the addon's
tests. A mark is the decorator ``@guide("5.4", "5.5")`` of a test or a test class.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

from .paths import ADDON, ROOT

SPECIFICATION = ROOT / "docs/specification.yml"
MATRIX = ROOT / "docs/guide-matrix.md"
TESTS = ADDON / "tests"
HEAD = """\
# The guide, sentence by sentence

Made by `python -m devtools.guide` from [specification.yml](specification.yml) and the
marks in the tests; a test fails while it is out of date, or a sentence has no test.
“JAMS” is the guide's name for Odoo.
"""


def sections() -> list[dict]:
    """Return the guide: sections with ``title``, ``picture`` and ``sentences``."""
    return yaml.safe_load(SPECIFICATION.read_text(encoding="utf-8"))


def marks() -> dict[str, list[str]]:
    """Return the marked tests, as ``file::Class::test``, by the sentence's number."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for name, numbers in _marked(tree, (path.name,)):
            for number in numbers:
                found[number].append(name)
    return found


def _marked(node: ast.AST, place: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            inside = (*place, child.name)
            yield "::".join(inside), _numbers(child)
            yield from _marked(child, inside)


def _numbers(definition: ast.ClassDef | ast.FunctionDef) -> list[str]:
    return [
        argument.value
        for mark in definition.decorator_list
        if isinstance(mark, ast.Call) and getattr(mark.func, "id", None) == "guide"
        for argument in mark.args
    ]


def problems() -> list[str]:
    """Return what is wrong: sentences without a test, marks without a sentence."""
    known = [number for part in sections() for number in part["sentences"]]
    marked = marks()
    missing = [f"no test proves sentence {n}" for n in known if n not in marked]
    strange = [
        f"{test} names sentence {number}, which the guide doesn't have"
        for number, tests in marked.items()
        if number not in known
        for test in tests
    ]
    pictures = {part["picture"] for part in sections()}
    absent = [p for p in sorted(pictures) if not (ROOT / "docs/images" / p).is_file()]
    return [*missing, *strange, *(f"there is no picture {name}" for name in absent)]


def matrix() -> str:
    """Return the page."""
    marked = marks()
    parts = [HEAD]
    for part in sections():
        head = f"## {part['title']}\n\nScreen: [{part['picture']}]"
        parts.append(f"{head}(images/{part['picture']})\n\n{_table(part, marked)}")
    return "\n".join(parts)


def _table(part: dict, marked: dict[str, list[str]]) -> str:
    rows = [
        f"| {number} | {sentence} | {'<br>'.join(map(_link, marked[number])) or '–'} |"
        for number, sentence in part["sentences"].items()
    ]
    return "\n".join(
        ["| | the guide says | proven by |", "| --- | --- | --- |", *rows, ""]
    )


def _link(test: str) -> str:
    file, _, name = test.partition("::")
    path = (TESTS / file).relative_to(ROOT)
    return f"[{name.replace('::', '.')}](../{path})"


def main() -> int:
    """Write the page; return 1 if a sentence has no test."""
    Path(MATRIX).write_text(matrix(), encoding="utf-8")
    found = problems()
    for problem in found:
        print(problem)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
