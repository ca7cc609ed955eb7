"""Who gets a result by post, as the intake form says it: what was left empty is the citizen's."""

import re
from dataclasses import replace

from bot.core.counter_draft import Draft
from bot.core.counter_faults import Faults
from bot.core.counter_typing import one_line
from bot.core.phone import Line, read_phone
from bot.core.post_receiver import Receiver, ReceiverDraft, check_receiver, read_address
from bot.core.provinces import province_named

PREFIX = "receiver_"  # before the names of a receiver's fields on the intake form
ELSEWHERE = (
    "Địa chỉ ghi “{named}”, còn tỉnh để trống là {province}. Chọn tỉnh, thành phố của người nhận."
)
_PARTS = re.compile(r"[,;()]| [-–] ")
_NO_NUMBER = frozenset({Line.MISSING, Line.INVALID})


def receiver_of(draft: Draft, province: str) -> Receiver | Faults | None:
    """The receiver of a result that goes by post; None where it is fetched at the desk.

    Shape: an empty name, number or address is the owner's or the submitter's; an empty province
           is `province`, the desk's own, unless the address names another one. Faults by the
           form's fields.
    """
    if draft.receiver is None or not draft.ticks.post:
        return None
    found = check_receiver(_filled(draft, draft.receiver, province))
    if isinstance(found, Faults):
        return Faults({f"{PREFIX}{name}": words for name, words in found.fields.items()})
    named = "" if one_line(draft.receiver.province) else _elsewhere(found)
    if named:
        words = ELSEWHERE.format(named=named, province=found.province)
        return Faults({f"{PREFIX}province": words})
    return found


def _elsewhere(found: Receiver) -> str:
    """What the address names of another province than the one it was filled in with, or ""."""
    parts = (part.strip() for part in _PARTS.split(found.address))
    return next(
        (part for part in parts if province_named(part) not in (None, found.province)),
        "",
    )


def _filled(draft: Draft, typed: ReceiverDraft, province: str) -> ReceiverDraft:
    name = typed.name if one_line(typed.name) else (one_line(draft.owner) or draft.name)
    tel = typed.tel if one_line(typed.tel) else _number(draft.phone)
    filled = replace(typed, name=name, tel=tel)
    if not one_line(typed.line) and not one_line(typed.commune):
        home = draft.owner_address if one_line(draft.owner) else draft.address
        found = read_address(home) or read_address(f"{home}, {province}")
        if found is not None:
            filled = replace(filled, line=found.line, commune=found.commune)
            if not one_line(typed.province):
                return replace(filled, province=found.province)
    return filled if one_line(typed.province) else replace(filled, province=province)


def _number(typed: str) -> str:
    """The submitter's number where a postman can call it: what is none is asked for anew."""
    return typed if read_phone(typed).line not in _NO_NUMBER else ""
