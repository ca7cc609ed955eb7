"""A PDF of other software: opened, judged whether it may be stamped, and written again."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from pikepdf import Array, Dictionary, Name, Object, PasswordError, Pdf, PdfError

from receipts.stamp.order import Order
from receipts.stamp.refusal import Refusal, StampRefused

_MOST_FIELDS = 10_000  # of a form; more is a ring
_DETAIL = 120  # characters of a library's complaint

logging.getLogger("pikepdf").setLevel(logging.CRITICAL)  # its complaints are told by us


@contextmanager
def opened(data: bytes, order: Order) -> Iterator[Pdf]:
    """The PDF, when it may be stamped.

    Errors: StampRefused for a broken, empty, encrypted, locked or signed one.
    """
    with _pdf(data, order) as pdf:
        if not len(pdf.pages):
            raise StampRefused(Refusal.NO_PAGES)
        if pdf.is_encrypted and not (pdf.owner_password_matched or pdf.allow.modify_other):
            raise StampRefused(Refusal.LOCKED)
        if not order.break_signature and _is_signed(pdf):
            raise StampRefused(Refusal.SIGNED)
        yield pdf


def _pdf(data: bytes, order: Order) -> Pdf:
    try:
        return Pdf.open(BytesIO(data), password=order.password or "", suppress_warnings=True)
    except PasswordError:
        why = Refusal.ENCRYPTED if order.password is None else Refusal.WRONG_PASSWORD
        raise StampRefused(why) from None
    except PdfError as fault:
        raise StampRefused(Refusal.BROKEN, detail=_detail(fault)) from None


def pages_of(pdf: Pdf, order: Order) -> list[int]:
    """The numbers of the pages to stamp, from 1. Errors: StampRefused for one that is not there."""
    count = len(pdf.pages)
    if order.page is None:
        return list(range(1, count + 1))
    if order.page > count:
        raise StampRefused(Refusal.NO_SUCH_PAGE, page=order.page, pages=count)
    return [order.page]


def written(pdf: Pdf) -> bytes:
    """The file anew: objects and streams as they were, encrypted and linearised as it was.

    The same changes to the same file give the same bytes, save for an encrypted one: encryption
    draws chances.
    """
    stream = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about forms that the file's own software left odd
        try:
            pdf.save(
                stream,
                compress_streams=False,
                fix_metadata_version=False,
                linearize=pdf.is_linearized,
                encryption=True if pdf.is_encrypted else None,
                deterministic_id=not pdf.is_encrypted,
            )
        except PdfError as fault:
            raise StampRefused(Refusal.BROKEN, detail=_detail(fault)) from None
    return stream.getvalue()


def _is_signed(pdf: Pdf) -> bool:
    """Whether a signature would break: a signed field, or a certified document."""
    permissions = pdf.Root.get(Name.Perms)
    if isinstance(permissions, Dictionary) and Name.DocMDP in permissions:
        return True
    return any(_is_signature(field) for field in _fields(pdf))


def _is_signature(field: Object) -> bool:
    kind, parent = field.get(Name.FT), field.get(Name.Parent)
    if kind is None and isinstance(parent, Dictionary):
        kind = parent.get(Name.FT)
    return kind == Name.Sig and isinstance(field.get(Name.V), Dictionary)


def _fields(pdf: Pdf) -> Iterator[Object]:
    """All fields of the document's form, the ones within others too."""
    form = pdf.Root.get(Name.AcroForm)
    waiting = _listed(form, Name.Fields) if isinstance(form, Dictionary) else []
    for _ in range(_MOST_FIELDS):
        if not waiting:
            return
        field = waiting.pop()
        if isinstance(field, Dictionary):
            yield field
            waiting += _listed(field, Name.Kids)


def _listed(holder: Object, name: Name) -> list[Object]:
    """What a file lists under a name; nothing where it says something else there."""
    found = holder.get(name)
    return list(found) if isinstance(found, Array) else []


def _detail(fault: Exception) -> str:
    return " ".join(str(fault).split())[:_DETAIL]
