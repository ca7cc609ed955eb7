"""The requirements files: exact pins with their reasons, and licences the owner can live with."""

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.make_venv import FILES
from tests.rig.tree import CHECKOUT

PYTHONS = ("3.11.2", "3.11.9", "3.12.3", "3.13.5", "3.14.0")
PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(\[[a-z,]+\])?==(?P<version>[^\s;]+)"
    r"(\s;\spython_version [<>]=? \"[0-9.]+\")?(\s+# (?P<why>.+))?$"
)
# Share-alike licences that reach into a program that only links the library.
COPYLEFT = re.compile(r"\b(A|L)?GPL|General Public License", re.IGNORECASE)
LESSER = "LGPL: used as a library, unchanged and replaceable, which it allows to any program"
ALLOWED = {"psycopg": LESSER, "psycopg-binary": LESSER}


def pins(name: str) -> Iterator[re.Match[str]]:
    """Each pin of a requirements file; Errors: AssertionError for a line that is none."""
    for line in (CHECKOUT / name).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith(("#", "-r ")):
            continue
        pin = PIN.match(line)
        assert pin, f"{name}: {line!r} is no exact pin"
        yield pin


def names_pulled_in() -> set[str]:
    """The canonical names of what requirements.txt brings, under any Python we run on."""
    asked = {
        canonicalize_name(one.name)
        for installed in runtime_distributions().values()
        for version in PYTHONS
        for one in _asked_by(installed, set(), version)
    }
    return asked | set(runtime_distributions())


def runtime_distributions() -> dict[str, Distribution]:
    """What requirements.txt brings, by canonical name, all that it pulls in included."""
    lines = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]
    found: dict[str, Distribution] = {}
    while wanted:
        requirement = wanted.pop()
        name = canonicalize_name(requirement.name)
        installed = _installed(requirement)
        if installed is None or (name in found and not requirement.extras):
            continue
        found[name] = installed
        wanted += _asked_by(installed, requirement.extras)
    return found


def _installed(requirement: Requirement) -> Distribution | None:
    try:
        return distribution(requirement.name)
    except PackageNotFoundError:
        return None


def _asked_by(
    installed: Distribution, extras: set[str], version: str | None = None
) -> list[Requirement]:
    asked = [Requirement(line) for line in installed.requires or ()]
    python = {} if version is None else {"python_full_version": version, "python_version": version}
    choices = [{"extra": extra} | python for extra in extras or {""}]
    return [one for one in asked if not one.marker or any(one.marker.evaluate(c) for c in choices)]


def licence_of(installed: Distribution) -> str:
    """What a distribution says of its licence, without the licence's full text."""
    told = installed.metadata
    words = (told.get_all("License-Expression") or []) + (told.get_all("License") or [])
    classifiers = told.get_all("Classifier") or []
    told_there = [line for line in classifiers if line.startswith("License")]
    return " | ".join([word[:80] for word in words] + told_there)


@pytest.mark.parametrize("name", [*FILES.values(), "constraints.txt"])
def test_every_requirement_is_pinned_exactly(name: str) -> None:
    assert list(pins(name))


@pytest.mark.parametrize("name", [FILES["runtime"], FILES["fuzz"], FILES["audit"]])
def test_every_requirement_says_what_it_is_for(name: str) -> None:
    assert [pin["name"] for pin in pins(name) if not pin["why"]] == []


def test_the_pins_of_all_files_agree() -> None:
    held = {canonicalize_name(pin["name"]): pin["version"] for pin in pins("constraints.txt")}
    for name in ("requirements.txt", "requirements-dev.txt"):
        asked = {canonicalize_name(pin["name"]): pin["version"] for pin in pins(name)}
        assert {n: v for n, v in asked.items() if held.get(n) != v} == {}, "type: make pins"


def test_everything_the_product_pulls_in_is_pinned() -> None:
    held = {canonicalize_name(pin["name"]) for pin in pins("constraints.txt")}
    assert names_pulled_in() - held == set(), "type: make pins"


def test_the_product_brings_no_licence_that_binds_it() -> None:
    brought = runtime_distributions()
    assert len(brought) > 20  # the walk reached what the pins pull in
    binding = {name: licence_of(one) for name, one in brought.items() if name not in ALLOWED}
    assert {name: told for name, told in binding.items() if COPYLEFT.search(told)} == {}


def test_every_exception_is_still_needed_and_is_the_lesser_licence() -> None:
    brought = runtime_distributions()
    for name in ALLOWED:
        assert "Lesser" in licence_of(brought[name]) or "LGPL" in licence_of(brought[name])


@pytest.mark.parametrize("told", ["GPL-3.0-or-later", "AGPLv3", "GNU General Public License v2"])
def test_a_binding_licence_is_seen(told: str) -> None:
    assert COPYLEFT.search(told)
