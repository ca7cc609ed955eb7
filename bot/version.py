"""Which version of the product this is."""

import tomllib
from functools import cache

from bot.settings import CHECKOUT


@cache
def product_version() -> str:
    """The version that stands in pyproject.toml."""
    told = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(told["project"]["version"])
