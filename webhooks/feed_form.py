"""The form of one dossier in a feed: its fields, their types and limits."""

from typing import Annotated

from pydantic import Field

from bot.core.document import MOST_DOCUMENTS, ToldDocuments
from bot.core.snapshot import FeedDossier, Procedure, Ticks, Times
from webhooks.feed_documents import DOCUMENT_EXPECTED, Documents, told_document
from webhooks.feed_types import Code, Form, Moment, Name, Needed, Plain, ShortCode, Step

MOST_NEEDED = 20
MOST_UNKNOWN = 20


class ProcedureForm(Form):
    """The administrative procedure."""

    code: ShortCode = Field(description="its code in the national list", examples=["1.004873"])
    name: Name = Field(description="its name", examples=["Đăng ký biến động đất đai"])
    same_day: bool | None = Field(
        default=False, description="the result is given on the day of receipt; absent: false"
    )


class NotifyForm(Form):
    """The ticks of the intake form."""

    zalo: bool | None = Field(default=False, description="tell by Zalo; absent: false")
    sms: bool | None = Field(default=True, description="tell by SMS; absent: true")
    post: bool | None = Field(default=False, description="return the result by post; absent: false")


class DossierForm(Form):
    """One dossier as it stands at `changed_at`: the whole of it each time, not a difference."""

    code: Code = Field(
        description="receipt code, in any typing that reads as exactly one code",
        examples=["000.00.17.H32-261122-0001"],
    )
    local_code: Name | None = Field(
        default=None, description="a second code that citizens may type", examples=["0101701234"]
    )
    agency: Name = Field(description="code of an agency that the key covers", examples=["H32.15"])
    procedure: ProcedureForm
    step: Step = Field(
        description="name of the present step, shown to the citizen as it is",
        examples=["Thẩm định hồ sơ"],
    )
    status: int = Field(ge=1, le=10, description="national status list, 1 to 10", examples=[4])
    at_desk: bool | None = Field(
        default=False, description="papers or result lie at the one-stop desk; absent: false"
    )
    changed_at: Moment = Field(
        description="when this state began; the newest one wins in whatever order they arrive",
        examples=["2026-11-22T09:30:00+07:00"],
    )
    received_at: Moment | None = Field(default=None, description="when the dossier was received")
    due_at: Moment | None = Field(default=None, description="when the result is promised")
    finished_at: Moment | None = Field(default=None, description="when the agency's work ended")
    returned_at: Moment | None = Field(default=None, description="when the result was handed over")
    phone: Plain | None = Field(
        default=None, description="phone as typed at the desk", examples=["0905 123 456"]
    )
    notify: NotifyForm | None = Field(default=None, description="ticks of the intake form")
    handler: Name | None = Field(default=None, description="who handles the dossier")
    needed: Annotated[list[Needed], Field(max_length=MOST_NEEDED)] | None = Field(
        default=None, description="what the citizen has to supplement"
    )
    owner_name: Name | None = Field(default=None, description="whose dossier it is")
    documents: Documents | None = Field(
        default=None,
        description="its digitised papers and results, all of them each time: one that is not "
        "told again is deleted; absent: they stay as they are",
    )


# What is expected of each field, for the message of a fault.
EXPECTED = {
    "code": "a text, the receipt code",
    "local_code": "a text, or nothing",
    "agency": "a text, the agency's code",
    "procedure": 'an object such as {"code": "1.004873", "name": "…", "same_day": false}',
    "procedure.code": "a text, the procedure's code",
    "procedure.name": "a text, the procedure's name",
    "procedure.same_day": "true or false",
    "step": "a text, the name of the present step",
    "status": "an integer from 1 to 10",
    "at_desk": "true or false",
    "changed_at": "a date-time such as 2026-11-22T09:30:00+07:00",
    "phone": "a text, the phone as typed at the desk",
    "notify": 'an object such as {"zalo": false, "sms": true, "post": false}',
    "notify.zalo": "true or false",
    "notify.sms": "true or false",
    "notify.post": "true or false",
    "handler": "a text, or nothing",
    "needed": f"a list of at most {MOST_NEEDED} texts",
    "owner_name": "a text, or nothing",
    "documents": f"a list of at most {MOST_DOCUMENTS} objects",
    **DOCUMENT_EXPECTED,
}


def feed_dossier(form: DossierForm) -> FeedDossier:
    """The dossier that a form holds; null counts as absent."""
    procedure, notify = form.procedure, form.notify or NotifyForm()
    unknown = [*form.unknown(), *procedure.unknown("procedure."), *notify.unknown("notify.")]
    unknown += [name for one in form.documents or () for name in one.unknown("documents.")]
    return FeedDossier(
        code=form.code,
        agency=form.agency.strip(),
        procedure=Procedure(procedure.code, procedure.name, bool(procedure.same_day)),
        step=form.step,
        status=form.status,
        changed_at=form.changed_at,
        local_code=form.local_code,
        at_desk=bool(form.at_desk),
        times=Times(form.received_at, form.due_at, form.finished_at, form.returned_at),
        phone=form.phone,
        notify=Ticks(
            bool(notify.zalo), True if notify.sms is None else notify.sms, bool(notify.post)
        ),
        handler=form.handler or None,
        needed=tuple(form.needed or ()),
        owner_name=form.owner_name or None,
        unknown_fields=tuple(dict.fromkeys(unknown))[:MOST_UNKNOWN],
        documents=_documents(form),
    )


def _documents(form: DossierForm) -> ToldDocuments | None:
    if form.documents is None:
        return None
    return ToldDocuments(tuple(told_document(one) for one in form.documents), whole=True)
