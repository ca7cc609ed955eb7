"""Loads the retention table: how long what is kept, and why."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One rule: after `days` its table's rows are deleted, or lose `columns`.

    Shape: `table` is "" for files in a `folder` under VAR_DIR. `also` are tables that lose their
           part with it. `shown` and `shown_why` are Vietnamese, for the public page; "" where
           citizens have nothing in it.
    """

    name: str
    table: str
    folder: str
    columns: tuple[str, ...]
    also: tuple[str, ...]
    kept: timedelta
    age: str
    why: str
    source: str
    shown: str
    shown_why: str


@dataclass(frozen=True, slots=True)
class Retention:
    """All rules by name, and why the other tables have none."""

    rules: Mapping[str, RetentionRule]
    kept: Mapping[str, str]


@cache
def load_retention(path: Path | None = None) -> Retention:
    """Read retention.toml, the packaged one by default.

    Errors: ValueError naming the rule and what is wrong with it; OSError when it cannot be read.
    """
    source = path if path is not None else files("bot").joinpath("data", "retention.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    rules = {name: _rule(name, entry) for name, entry in table["rule"].items()}
    return Retention(rules, table["kept"])


def _rule(name: str, entry: Mapping[str, Any]) -> RetentionRule:
    days = entry.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or days < 1:
        raise ValueError(f"retention.toml: [rule.{name}] days: expected whole days, not {days!r}")
    for needed in ("why", "source", "age"):
        if not entry.get(needed):
            raise ValueError(f"retention.toml: [rule.{name}] {needed}: is missing; say it")
    if bool(entry.get("table")) is bool(entry.get("folder")):
        raise ValueError(f"retention.toml: [rule.{name}]: expected either table or folder")
    return RetentionRule(
        name=name,
        table=entry.get("table", ""),
        folder=entry.get("folder", ""),
        columns=tuple(entry.get("columns", ())),
        also=tuple(entry.get("also", ())),
        kept=timedelta(days=days),
        age=entry["age"],
        why=entry["why"],
        source=entry["source"],
        shown=entry.get("shown", ""),
        shown_why=entry.get("shown_why", ""),
    )
