"""The nouns of reading: the styles of receipt code, and what is typed in a code's place."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Style(StrEnum):
    """How a receipt code is built (domain-facts 2.1)."""

    NATIONAL_A = "A"  # 000.00.16.H46-200617-0001
    NATIONAL_B = "B"  # H56.14-240823-0001
    LOCAL = "C"  # 0101701234


class Lookalike(StrEnum):
    """What looks like a receipt code and is none (domain-facts 2.1, second table)."""

    PARTIAL_CODE = "partial code"
    IMPOSSIBLE_DATE = "impossible date"
    PHONE = "phone"
    CITIZEN_ID = "citizen id"
    TAX_NUMBER = "tax number"
    INSURANCE = "insurance number"
    ACCOUNT = "account number or amount"
    PROCEDURE_CODE = "procedure code"
    DOCUMENT_NUMBER = "document number"
    PARCEL = "parcel number"


@dataclass(frozen=True, slots=True)
class ReceiptCode:
    """One receipt code as it is stored and shown: upper case, original zeros kept."""

    canonical: str
    style: Style


class Finding(NamedTuple):
    """One thing seen in a text: a receipt code, or what stands in its place."""

    at: int
    code: ReceiptCode | None = None
    other: Lookalike | None = None
