"""Loads the price table: what one message of each kind costs."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.settings import GATEWAY_NEEDS


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in whole đồng without VAT."""

    per_part: Mapping[str, int]
    template_uid: int
    template_phone: int
    chat_paid: int

    def sms(self, gateway: str, parts: int) -> int:
        """What an SMS of so many parts costs; KeyError for a gateway that does not exist."""
        return self.per_part[gateway] * parts

    def template(self, uid: bool) -> int:
        """What a Zalo template message costs, to a follower (uid) or to a phone."""
        return self.template_uid if uid else self.template_phone


def load_prices(path: Path | None = None) -> Prices:
    """Read prices.toml, the packaged one by default.

    Errors: ValueError naming the price that is missing or is no whole number of đồng; OSError when
            the file cannot be read.
    """
    source = path if path is not None else files("bot").joinpath("data", "prices.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    return Prices(
        per_part={gateway: _price(table, "sms", gateway) for gateway in GATEWAY_NEEDS},
        template_uid=_price(table, "template", "uid"),
        template_phone=_price(table, "template", "phone"),
        chat_paid=_price(table, "chat", "paid"),
    )


def _price(table: Mapping[str, Any], section: str, name: str) -> int:
    entries = table.get(section)
    price = entries.get(name) if isinstance(entries, dict) else None
    if not isinstance(price, int) or isinstance(price, bool) or price < 0:
        raise ValueError(f"prices.toml: [{section}] {name}: expected whole đồng, not {price!r}")
    return price
