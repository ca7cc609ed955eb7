"""Every setting the product reads stands in .env.example, and nothing else does."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from bot.settings import Settings
from tests.rig.tree import CHECKOUT, python_files, syntax_of

# Words of the surroundings that are no settings of ours, each with its reason.
NOT_OURS = {
    "PROMETHEUS_MULTIPROC_DIR": "prometheus_client's own; bot up sets it for its children",
    "PATH": "where programs are found",
    "HOME": "the user's own folder",
}
SET_LINE = re.compile(r"^#? ?([A-Z][A-Z0-9_]+)=")
READERS = {"get", "getenv", "pop", "setdefault"}


def example_lines() -> list[str]:
    """The lines of .env.example."""
    path = CHECKOUT / ".env.example"
    assert path.is_file(), ".env.example is missing: it lists every setting with a comment"
    return path.read_text(encoding="utf-8").splitlines()


def documented() -> set[str]:
    """The names .env.example sets, those of lines that are commented out included."""
    found = (SET_LINE.match(line) for line in example_lines())
    return {match[1] for match in found if match}


def read_elsewhere() -> Iterator[str]:
    """Names read out of the environment directly, past the settings."""
    for path in python_files("bot", "webhooks", "receipts", "console", "sandbox", "wsgi.py"):
        for node in ast.walk(syntax_of(path)):
            yield from _names_read(node)


def _names_read(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
        yield from _constant(node.slice)
    if not isinstance(node, ast.Call) or not node.args:
        return
    called = ast.unparse(node.func)
    if called.split(".")[-1] in READERS and called.startswith(("os.environ", "os.getenv")):
        yield from _constant(node.args[0])


def _constant(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def settings_read() -> set[str]:
    """Every name the product reads."""
    return {name.upper() for name in Settings.model_fields} | set(read_elsewhere()) - set(NOT_OURS)


def test_every_setting_the_product_reads_is_in_the_example() -> None:
    assert settings_read() - documented() == set()


def test_the_example_sets_nothing_the_product_does_not_read() -> None:
    assert documented() - settings_read() == set()


def test_every_setting_of_the_example_is_explained() -> None:
    lines = ["", *example_lines()]
    bare = [
        line
        for above, line in pairwise(lines)
        if SET_LINE.match(line) and not SET_LINE.match(above) and not is_prose(above)
    ]
    assert bare == []


def is_prose(line: str) -> bool:
    """True for a comment in words; settings that follow each other share one."""
    return line.startswith("# ") and not line.startswith("# --")
