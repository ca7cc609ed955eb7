"""A digitised paper or result of a dossier: its number, whether it is in force, what it lacks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from receipts.clean import clean, fold

MOST_DOCUMENTS = 50  # of a dossier, that one record of a feed may tell
MOST_CODE, MOST_NAME, MOST_SUMMARY, MOST_SCOPE, MOST_LINK = 64, 300, 1000, 300, 500
MOST_TYPED_NUMBER = 120  # longer than any number that was ever given out
SEPARATOR = "."  # between owner and type; domain-facts 8.1 calls it the safest

_OTHER = re.compile("[^0-9A-Z]+")
# "079 090 001 234" is one number, "G15 000031" are two parts.
_APART = re.compile(r"(?<![0-9A-Z])[0-9]+(?: [0-9]+)+(?![0-9A-Z])")
# Nine digits or more are a person's or an organisation's; so is "079.090.001.234".
_IDENTIFIER = re.compile(
    r"[0-9]{9}|(?<![0-9])[0-9]{3}([./_-])[0-9]{3}\1[0-9]{3}\1[0-9]{3}(?![0-9])"
)
# What people write before a number, folded: "Số:", "Số ký hiệu", "Mã số giấy tờ", "Mã kết quả".
_CALLED = re.compile(
    r"^(?:[^0-9a-z]*(?:so|ma)(?: so)?(?: (?:ky hieu|giay to|ket qua|dinh danh))*"
    r"[^0-9a-z]+(?=[0-9a-z]))+"
)


class Kind(StrEnum):
    """What a document is to its dossier."""

    PAPER = "paper"  # handed in ("thành phần hồ sơ")
    RESULT = "result"  # what the agency decided ("kết quả")


class Source(StrEnum):
    """Who told of a document."""

    FEED = "feed"
    COUNTER = "counter"


class Validity(StrEnum):
    """Whether a document counts on a day."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    NO_TERM = "no_term"  # it is there, and its source does not say how long it counts


class Lack(StrEnum):
    """A fact without which the metadata of a document are not complete."""

    TYPE = "type_code"
    OWNER = "owner"
    NAME = "name"
    SUMMARY = "summary"
    VALIDITY = "validity"
    SYMBOL = "symbol"
    ISSUED_ON = "issued_on"
    ISSUER = "issuer"


# What staff read. Source: domain-facts 8.1 (NĐ 107/2021, carried into NĐ 118/2025).
LACK_WORDS: Mapping[Lack, str] = MappingProxyType(
    {
        Lack.TYPE: "mã loại giấy tờ",
        Lack.OWNER: (
            "số định danh của chủ giấy tờ (hoặc đủ họ tên, năm sinh, "
            "ngày và nơi cấp giấy tờ tùy thân)"
        ),
        Lack.NAME: "tên giấy tờ",
        Lack.SUMMARY: "trích yếu nội dung chính",
        Lack.VALIDITY: "thời hạn có hiệu lực (ngày hết hạn, hoặc không thời hạn)",
        Lack.SYMBOL: "số, ký hiệu của kết quả",
        Lack.ISSUED_ON: "ngày ban hành kết quả",
        Lack.ISSUER: "cơ quan ban hành kết quả",
    }
)


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """The metadata of one digitised paper or result; the file itself lies in the province's store.

    Shape: `owner_id_issued` is date and place of issue of the owner's identity paper, as one text;
           `replaces` the number of the result that was used instead; `source_ref` what its source
           calls it. Days are local.
    Source: domain-facts 8.1, 3.4 (TaiLieuNop, DanhSachGiayToKetQua).
    """

    kind: Kind
    name: str = ""
    type_code: str | None = None
    owner_identifier: str | None = None
    owner_name: str | None = None
    owner_birth_year: int | None = None
    owner_id_issued: str | None = None
    summary: str | None = None
    symbol: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    signer: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    valid_forever: bool = False
    scope: str | None = None
    link: str | None = None
    national_store_id: str | None = None
    digitised: bool = False
    reused: bool = False
    from_national_store: bool = False
    digitised_by: str | None = None
    digitised_at: datetime | None = None
    replaces: str | None = None
    revoked_on: date | None = None
    deleted: bool = False
    source: Source = Source.FEED
    source_ref: str = ""

    @property
    def is_data(self) -> bool:
        """Whether it is there electronically; a result with a link or a place in a store is."""
        placed = bool(self.link or self.national_store_id)
        return self.digitised or (self.kind is Kind.RESULT and placed)

    @property
    def number(self) -> str | None:
        """Its "mã số giấy tờ"; None while one of its halves is missing."""
        if not self.owner_identifier or not self.type_code:
            return None
        return paper_number(self.owner_identifier, self.type_code)

    @property
    def masked_number(self) -> str | None:
        """The same in a list: of the owner's identifier the last four characters."""
        if not self.owner_identifier or not self.type_code:
            return None
        return paper_number(f"…{self.owner_identifier[-4:]}", self.type_code)


@dataclass(frozen=True, slots=True, repr=False)
class ToldDocuments:
    """What one record of a feed tells of a dossier's documents.

    Shape: when `whole`, a document that is not told again is gone; else it stays as it is until
           it is told as deleted.
    """

    documents: tuple[Document, ...]
    whole: bool


def paper_number(owner_identifier: str, type_code: str) -> str:
    """A document's "mã số giấy tờ", such as "079090001234.KQ.G15.000031".

    Source: domain-facts 8.1 (owner identifier + document-type code).
    """
    owner = "".join(owner_identifier.split()).upper()
    return f"{owner}{SEPARATOR}{' '.join(type_code.split()).upper()}"


def holds_identifier(type_code: str) -> bool:
    """Whether somebody's number stands in the code of a kind, which is kept in clear."""
    return _IDENTIFIER.search("".join(clean(type_code).split())) is not None


def normal_number(typed: str) -> str:
    """One reading for what people type of a number or symbol; "" when nothing of one is left.

    Shape: capitals without accents, and one full stop for whatever separates; digits that only
           blanks part are joined. Equal numbers are equal however they were typed.
    """
    plain = " ".join(fold(clean(typed[: MOST_TYPED_NUMBER * 4])).split())
    plain = _CALLED.sub("", plain.lower(), count=1)
    joined = _APART.sub(lambda found: found[0].replace(" ", ""), plain.upper())
    return _OTHER.sub(SEPARATOR, joined).strip(SEPARATOR)


def validity(document: Document, today: date) -> Validity:
    """Whether a document counts on that day; its last day counts, the day of revocation does not.

    Nobody is told that something counts while its end is unknown.
    """
    if document.revoked_on is not None and document.revoked_on <= today:
        return Validity.REVOKED
    if document.valid_from is not None and today < document.valid_from:
        return Validity.NOT_YET
    if document.valid_forever:
        return Validity.IN_FORCE
    if document.valid_until is None:
        return Validity.NO_TERM
    return Validity.EXPIRED if document.valid_until < today else Validity.IN_FORCE


def missing(document: Document) -> tuple[Lack, ...]:
    """What its metadata lack, in the order of the form.

    Source: domain-facts 8.1.
    """
    is_result = document.kind is Kind.RESULT
    lacking = {
        Lack.TYPE: not document.type_code,
        Lack.OWNER: not _owner_known(document),
        Lack.NAME: not document.name,
        Lack.SUMMARY: not document.summary,
        Lack.VALIDITY: document.valid_until is None and not document.valid_forever,
        Lack.SYMBOL: is_result and not document.symbol,
        Lack.ISSUED_ON: is_result and document.issued_on is None,
        Lack.ISSUER: is_result and not document.issuer,
    }
    return tuple(lack for lack, lacks in lacking.items() if lacks)


def _owner_known(document: Document) -> bool:
    """By an identifier, or else by name, year of birth, and date and place of issue of the ID."""
    instead = (document.owner_name, document.owner_birth_year, document.owner_id_issued)
    return bool(document.owner_identifier) or all(instead)
