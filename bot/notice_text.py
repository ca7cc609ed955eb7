"""The words of a notice: in a chat, by SMS, and in the fields of a Zalo template.

Source: interfaces 5 (Notices); domain-facts 0.2 (2017 wording).
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from string import Formatter

from bot.core.notice import RESULT_POST, Facts, NoticeEvent
from bot.core.sms_text import unaccented
from bot.texts.catalogue import Catalogue

TEXTS: Mapping[NoticeEvent, str] = {
    NoticeEvent.RECEIVED: "notice.received",
    NoticeEvent.STEP: "status.found",
    NoticeEvent.SUPPLEMENT: "notice.supplement",
    NoticeEvent.PAYMENT: "notice.payment",
    NoticeEvent.RESULT: "notice.result",
    NoticeEvent.REFUSED: "notice.refused",
    NoticeEvent.STOPPED: "notice.stopped",
    NoticeEvent.WITHDRAWN: "notice.withdrawn",
    NoticeEvent.RETURNED: "notice.returned",
    NoticeEvent.APOLOGY: "notice.apology",
    NoticeEvent.CORRECTION: "notice.correction",
    NoticeEvent.POSTED: "notice.posted",
    NoticeEvent.POST_BACK: "notice.post_back",
    NoticeEvent.OTP: "notice.otp",
}
# A one-time code is about no dossier, so it has none.
STATUSES: Mapping[NoticeEvent, str] = {
    NoticeEvent.RECEIVED: "notice.status_received",
    NoticeEvent.STEP: "notice.status_step",
    NoticeEvent.SUPPLEMENT: "notice.status_supplement",
    NoticeEvent.PAYMENT: "notice.status_payment",
    NoticeEvent.RESULT: "notice.status_result",
    NoticeEvent.REFUSED: "notice.status_refused",
    NoticeEvent.STOPPED: "notice.status_stopped",
    NoticeEvent.WITHDRAWN: "notice.status_withdrawn",
    NoticeEvent.RETURNED: "notice.status_returned",
    NoticeEvent.APOLOGY: "notice.status_apology",
    NoticeEvent.CORRECTION: "notice.status_correction",
    NoticeEvent.POSTED: "notice.status_posted",
    NoticeEvent.POST_BACK: "notice.status_post_back",
}
# What a result says that the post brings: nobody is asked to come.
BY_POST_TEXT, BY_POST_STATUS = "notice.result_post", "notice.status_result_post"
# The longest value of a template's parameter, in characters, by what it is filled with: Zalo's
# kinds code, product, transaction status, time and OTP. Source: zalo-platform 5.3.
ROOM: Mapping[str, int] = {
    "code": 30,
    "agency": 200,
    "step": 200,
    "procedure": 200,
    "timing": 30,
    "status": 30,
    "due_date": 20,
    "otp": 10,
}
CUT = frozenset({"agency", "step", "procedure"})  # a code or a date that was cut would be wrong
ELLIPSIS = "…"


def zalo_text(texts: Catalogue, facts: Facts) -> str:
    """The chat message of a notice, at most 2,000 characters.

    A `received` without a promised day leaves the sentence about it out.
    """
    return _said(texts, facts, facts.agency_name)


def sms_text(texts: Catalogue, facts: Facts, unicode: bool) -> str:
    """The SMS of a notice, with the agency's short name if it has one.

    Shape:  strict ASCII of the default alphabet; with diacritics when `unicode`, but for a
            one-time code, whose words are fixed.
    Source: interfaces 5 ("SMS unaccented"; "Proving a phone"); domain-facts 6.1.
    """
    said = _said(texts, facts, facts.sms_name or facts.agency_name)
    return said if unicode and facts.event is not NoticeEvent.OTP else unaccented(said)


def template_data(params: Mapping[str, str], texts: Catalogue, facts: Facts) -> dict[str, str]:
    """The parameters of a Zalo template, filled in.

    Shape:  `params` gives each parameter what stands in it, such as "{code}"; the names are
            bot.core.template_form.TEMPLATE_FIELDS, checked when the settings are read.
    Result: a value for each parameter; names of agencies, steps and procedures that are too
            long for Zalo end at a word and "…", a code never does.
    Source: zalo-platform 5.3 (lengths).
    """
    posted = facts.wording == RESULT_POST
    status = BY_POST_STATUS if posted else STATUSES.get(facts.event)
    values = {
        **_values(texts, facts, facts.agency_name),
        "procedure": facts.procedure,
        "status": texts.render(status) if status else "",
    }
    return {name: _fitted(filling, values) for name, filling in params.items()}


def _said(texts: Catalogue, facts: Facts, agency: str) -> str:
    key = BY_POST_TEXT if facts.wording == RESULT_POST else TEXTS[facts.event]
    if facts.event is NoticeEvent.RECEIVED and facts.promised_on is None:
        key = "notice.received_no_date"
    values = _values(texts, facts, agency)
    return texts.render(key, **{name: values[name] for name in texts.texts[key].placeholders})


def _values(texts: Catalogue, facts: Facts, agency: str) -> dict[str, str]:
    day = facts.promised_on
    return {
        "code": facts.shown_code,
        "agency": agency,
        "step": facts.step,
        "timing": texts.render("status.late" if facts.late else "status.on_time"),
        "due_date": f"{day:%d/%m/%Y}" if day else texts.render("notice.no_date"),
        "otp": facts.otp,
        "item": facts.item_code or texts.render("notice.no_item"),
    }


@cache
def _pieces(filling: str) -> tuple[tuple[str, str | None], ...]:
    """A template's parameter as the settings fill it: words, and the field behind them."""
    return tuple((words, field) for words, field, _, _ in Formatter().parse(filling))


def _fitted(filling: str, values: Mapping[str, str]) -> str:
    """One parameter's value; what may be cut is cut, the last one first, until all of it fits."""
    pieces: list[tuple[str, bool]] = []
    room = 0
    for words, field in _pieces(filling):
        pieces.append((words, False))
        if field is not None:
            pieces.append((unicodedata.normalize("NFC", values[field]), field in CUT))
            room = max(room, ROOM[field])
    over = sum(len(piece) for piece, _ in pieces) - room if room else 0
    fitted = []
    for piece, may_cut in reversed(pieces):
        too_long = may_cut and over > 0 and len(piece) > 1
        short = _shortened(piece, len(piece) - over) if too_long else piece
        over -= len(piece) - len(short)
        fitted.append(short)
    return "".join(reversed(fitted))


def _shortened(text: str, most: int) -> str:
    """`text` cut to `most` characters, at the end of a word where one fits."""
    if most <= 1:
        return ELLIPSIS
    begin = text[: most - 1]
    whole_words = begin if text[most - 1].isspace() else begin[: _last_blank(begin)]
    return (whole_words.rstrip(" \u00a0,;:.-–(/") or begin) + ELLIPSIS


def _last_blank(text: str) -> int:
    return max((place for place, char in enumerate(text) if char.isspace()), default=len(text))
