"""The form of one digitised paper or result in a feed."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, WithJsonSchema

from bot.core.document import (
    MOST_CODE,
    MOST_DOCUMENTS,
    MOST_LINK,
    MOST_NAME,
    MOST_SCOPE,
    MOST_SUMMARY,
    Document,
    Kind,
    holds_identifier,
)
from webhooks.feed_types import Day, Form, Moment, Plain, at_most, fault

MOST_REF = 120


def _filled(text: str) -> str:
    if not text.strip():
        raise fault("came a blank text, expected one that says something")
    return text


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("https", "http") and parts.hostname and " " not in text
    except ValueError:
        sound = False
    if not sound:
        raise fault("came no address of the web, expected one such as https://kho.example.vn/…")
    return text


def _kind_alone(text: str) -> str:
    if holds_identifier(text):
        raise fault(
            "came a code with nine digits in a row or more, as somebody's number has them, "
            "expected the code of the kind alone; a number belongs into owner_identifier"
        )
    return text


def _text(most: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "maxLength": most})


Ref = Annotated[
    Plain,
    AfterValidator(at_most(MOST_REF)),
    AfterValidator(_filled),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MOST_REF, "pattern": r"\S"}),
]
Short = Annotated[Plain, AfterValidator(at_most(MOST_CODE)), _text(MOST_CODE)]
KindCode = Annotated[
    Plain,
    AfterValidator(at_most(MOST_CODE)),
    AfterValidator(_kind_alone),
    WithJsonSchema({"type": "string", "maxLength": MOST_CODE, "not": {"pattern": "[0-9]{9}"}}),
]
Called = Annotated[Plain, AfterValidator(at_most(MOST_NAME)), _text(MOST_NAME)]
Summary = Annotated[Plain, AfterValidator(at_most(MOST_SUMMARY)), _text(MOST_SUMMARY)]
Scope = Annotated[Plain, AfterValidator(at_most(MOST_SCOPE)), _text(MOST_SCOPE)]
Link = Annotated[
    Plain,
    AfterValidator(at_most(MOST_LINK)),
    AfterValidator(_web_address),
    WithJsonSchema({"type": "string", "format": "uri", "maxLength": MOST_LINK}),
]
Year = Annotated[int, Field(ge=1850, le=2200)]


class DocumentForm(Form):
    """A digitised paper that was handed in, or a result; never the file itself.

    Source: domain-facts 8.1.
    """

    ref: Ref = Field(
        description="what your software calls it: the same document has the same one each time",
        examples=["KQ-2026-000123"],
    )
    kind: Literal["paper", "result"] = Field(
        description="paper: handed in; result: what the agency decided", examples=["result"]
    )
    name: Called | None = Field(
        default=None, description="its name", examples=["Giấy phép xây dựng"]
    )
    type_code: KindCode | None = Field(
        default=None,
        description="code of the kind of document; of a result that of the national base",
        examples=["KQ.G15.000031"],
    )
    owner_identifier: Short | None = Field(
        default=None,
        description="the owner's personal or organisation's number; with type_code it makes "
        "the document's number",
    )
    owner_name: Called | None = Field(
        default=None, description="the owner's full name, where there is no identifier"
    )
    owner_birth_year: Year | None = Field(default=None, description="likewise")
    owner_id_issued: Called | None = Field(
        default=None, description="likewise: date and place of issue of the owner's identity paper"
    )
    summary: Summary | None = Field(default=None, description="what it is about")
    symbol: Called | None = Field(
        default=None, description="number and symbol", examples=["125/GPXD-UBND"]
    )
    issued_on: Day | None = Field(default=None, description="the day it was issued")
    issuer: Called | None = Field(default=None, description="who issued it")
    signer: Called | None = Field(default=None, description="who signed it")
    valid_from: Day | None = Field(default=None, description="the first day it counts")
    valid_until: Day | None = Field(default=None, description="the last day it counts")
    valid_forever: bool | None = Field(
        default=False, description="it counts without end; absent: false"
    )
    scope: Scope | None = Field(default=None, description="where it counts, if not everywhere")
    link: Link | None = Field(default=None, description="where its owner gets it")
    national_store_id: Called | None = Field(
        default=None, description="its id in the store of documents of the national portal"
    )
    digitised: bool | None = Field(
        default=False, description="scanned or born digital, and signed; absent: false"
    )
    reused: bool | None = Field(
        default=False, description="taken over from an earlier dossier or store; absent: false"
    )
    from_national_store: bool | None = Field(
        default=False, description="taken from the national portal's store; absent: false"
    )
    digitised_by: Called | None = Field(default=None, description="who digitised it")
    digitised_at: Moment | None = Field(default=None, description="when it was digitised")
    replaces: Called | None = Field(
        default=None, description="number of the result that was used instead of a paper"
    )
    revoked_on: Day | None = Field(default=None, description="the day it was revoked")


def _told_once(documents: list[DocumentForm]) -> list[DocumentForm]:
    if len({(one.kind, one.ref.strip()) for one in documents}) < len(documents):
        raise fault("came the same ref twice for one kind, expected each document once")
    return documents


Documents = Annotated[
    list[DocumentForm], Field(max_length=MOST_DOCUMENTS), AfterValidator(_told_once)
]

_TEXT, _DAY, _YES_NO = "a text, or nothing", "a day such as 2026-11-22", "true or false"
_DAYS = ("issued_on", "valid_from", "valid_until", "revoked_on")
_FLAGS = ("valid_forever", "digitised", "reused", "from_national_store")
# What is expected of each field, for the message of a fault.
DOCUMENT_EXPECTED: Mapping[str, str] = {
    **{f"documents.{name}": _TEXT for name in DocumentForm.model_fields},
    **{f"documents.{name}": _DAY for name in _DAYS},
    **{f"documents.{name}": _YES_NO for name in _FLAGS},
    "documents.ref": "a text, what your software calls the document",
    "documents.kind": '"paper" or "result"',
    "documents.owner_birth_year": "a year, an integer",
    "documents.digitised_at": "a date-time such as 2026-11-22T09:30:00+07:00",
}


def told_document(form: DocumentForm) -> Document:
    """The document that a form holds; null and blank count as absent."""
    told = form.model_dump(exclude={"ref", "kind", *(form.model_extra or {})})
    kept: dict[str, Any] = {
        name: value.strip() or None if isinstance(value, str) else value
        for name, value in told.items()
    }
    kept |= {name: bool(told[name]) for name in _FLAGS}
    kept["name"] = kept["name"] or ""
    return Document(kind=Kind(form.kind), source_ref=f"{form.kind}:{form.ref.strip()}", **kept)
