"""The words of the papers that no law prescribes, from papers.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parents[1] / "data" / "papers.toml"


@cache
def _sections() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def wording(paper: str) -> Mapping[str, Any]:
    """The texts of one paper by name. Errors: KeyError for a paper that has none."""
    return _sections()[paper]
