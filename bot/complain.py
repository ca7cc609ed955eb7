"""A citizen came and nothing was there: a case is opened for the agency."""

from bot.core.complaint import HOLDS_FOR, complained_notice
from bot.core.message import Reply
from bot.store.complaints import open_complaint, told_notice
from bot.talk import Talk


def pressed(talk: Talk, text: str) -> Reply | None:
    """The reply to a press of the button under a notice; None where the text is no press."""
    notice_id = complained_notice(text)
    return None if notice_id is None else _complain(talk, notice_id, "")


def complain(talk: Talk, text: str) -> Reply:
    """The reply to a complaint in the citizen's own words, about the notice told last."""
    return _complain(talk, None, text)


def _complain(talk: Talk, notice_id: int | None, words: str) -> Reply:
    """Open a case once for a dossier; somebody else's notice and an old one lead to none."""
    told = told_notice(talk.connection, talk.user_id, talk.now - HOLDS_FOR, notice_id)
    if told is None:
        return talk.reply("complaint", talk.words("complaint.which"), "clerk", "slip_help")
    values = {
        "dossier_id": told.dossier_id,
        "user_id": talk.user_id,
        "agency_code": told.agency_code,
        "procedure_code": told.procedure_code,
        "notice_id": told.notice_id,
        "event": told.event,
        "opened_at": talk.now,
        "words": talk.runtime.vault.seal(words) if words else None,
    }
    is_new = open_complaint(talk.connection, values)
    key = "complaint.opened" if is_new else "complaint.again"
    return talk.reply(
        "complaint", talk.words(key, code=told.code, agency=told.agency_name), "clerk"
    )
