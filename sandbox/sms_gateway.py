"""What the SMS gateways have in common: an order, what became of it, and how one is refused."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sandbox.settings import SmsAccounts

Json = dict[str, Any]
BRANDNAME = re.compile(r"[A-Za-z0-9_. -]{1,11}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The gateway says no: its code, its words, the HTTP status that carries them."""

    code: str
    message: str
    status: int = 200


class RefusedSmsError(Exception):
    """Carries a refusal out of the checks."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Fate(StrEnum):
    """What a report says of an SMS."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Post:
    """One POST as it came: headers in lower case, JSON or form fields in `body`."""

    headers: Mapping[str, str]
    body: Json


@dataclass(frozen=True, slots=True)
class Order:
    """One SMS to one number; `phone` in the 84… form, `send_at` in epoch seconds or None."""

    phone: str
    text: str
    brandname: str
    request_id: str = ""
    callback: str = ""
    send_at: float | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """The orders of one request, and the numbers that are none."""

    orders: tuple[Order, ...]
    invalid: tuple[str, ...] = ()
    rehearsal: bool = False  # answered as if taken, and never sent


@dataclass(slots=True)
class Sms:
    """One SMS that a gateway took; `id` is the gateway's name for its request."""

    gateway: str
    id: str
    order: Order
    parts: int
    cost: float
    dropped: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One delivery report on its way: a GET with a query, or a POST with JSON."""

    url: str
    query: Mapping[str, str] | None = None
    body: Json | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    """One gateway's side of the talk.

    Shape: `codes` names its refusals by what is wrong: wrong_key, no_money, rate. `repeats_for`
           and `same_text_for` are seconds in which a request id or a text counts as a repeat.
    """

    name: str
    new_id: Callable[[], str]
    read: Callable[[SmsAccounts, Post], Batch]
    taken: Callable[[str, list[Sms], Batch], Json]
    refused: Callable[[Refusal], Json]
    report: Callable[[SmsAccounts, Sms, Fate], Report]
    codes: Mapping[str, Refusal]
    write_code: Callable[[int], str] = str
    repeats_for: float = 0.0
    repeat: Refusal | None = None
    same_text_for: float = 0.0
    same_text: Refusal | None = None  # None: taken and silently dropped


def known_brandname(accounts: SmsAccounts, came: Any) -> bool:
    """Whether the sender name is the registered one; upper and lower case count the same."""
    fits = isinstance(came, str) and BRANDNAME.fullmatch(came) is not None
    return fits and str(came).casefold() == accounts.brandname.casefold()
