"""Rules for every file of the checkout: sizes, names, and nothing of one machine."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig.tree import our_files, python_files, syntax_of, text_of

LONGEST = 400
CODE = {".py", ".js", ".css", ".html", ".sh", ".mako"}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
# What is looked for is written with a gap, so that this file does not hold it itself.
MACHINE_PATHS = re.compile(r"(?<![\w.$}<>-])/(?:work|root|home|tmp|Users)/[\w.]")
REGISTRY_NAMES = (
    "pypi .org",
    "python hosted",
    "npm js.",
    "npm mirror",
    "deb. debian",
    "archive. ubuntu",
)
REGISTRIES = re.compile("|".join(re.escape(name.replace(" ", "")) for name in REGISTRY_NAMES))
THOUGHT_THROUGH = "noqa: S108"  # the linter's own word for a temporary path that is meant
NOT_RUN = re.compile(r"pytest\.(skip|xfail|importorskip|mark\.(skip|skipif|xfail))\b")
VENDORED = re.compile(r"\.min\.(js|css)$|/vendor/")


def lines_matching(pattern: re.Pattern[str], paths: tuple[Path, ...]) -> list[str]:
    """Each line that matches, as path:line: text."""
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if pattern.search(line) and THOUGHT_THROUGH not in line
    ]


def own_code() -> Iterator[Path]:
    """Our files that are code, without what was vendored."""
    return (p for p in our_files() if p.suffix in CODE and not VENDORED.search(p.as_posix()))


def test_no_file_names_a_path_of_one_machine() -> None:
    assert not lines_matching(MACHINE_PATHS, our_files())


def test_no_file_names_a_package_registry() -> None:
    assert not lines_matching(REGISTRIES, our_files())


@pytest.mark.parametrize(
    "text", ["cd / work/main", "see '/ root/.config'", "(/ home/lan/bot)", "/ tmp/x.log"]
)
def test_a_path_of_one_machine_is_seen(text: str) -> None:
    assert MACHINE_PATHS.search(text.replace("/ ", "/"))


@pytest.mark.parametrize("text", ["files.python hosted.org", "https://pypi .org/simple"])
def test_a_registry_is_seen(text: str) -> None:
    assert REGISTRIES.search(text.replace(" ", ""))


def test_no_file_of_ours_is_longer_than_it_can_be_read() -> None:
    lengths = {path: text_of(path).count("\n") for path in own_code()}
    assert not {str(path): lines for path, lines in lengths.items() if lines > LONGEST}


def test_every_module_says_its_job_first() -> None:
    silent = [str(path) for path in python_files(".") if not ast.get_docstring(syntax_of(path))]
    assert not silent


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [str(path) for path in own_code() if path.stem in VAGUE_NAMES]


def test_tests_are_no_packages() -> None:
    assert not [str(path) for path in python_files("tests") if path.name == "__init__.py"]


def test_every_test_is_run() -> None:
    others = tuple(path for path in python_files("tests") if path.name != "test_tree.py")
    assert not lines_matching(NOT_RUN, others)
