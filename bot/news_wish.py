"""What a citizen says of announcements in the chat: none any more, again, or a group's code."""

from bot.core.invitation import Purpose, read_invitation
from bot.core.message import Reply
from bot.store.announcement_wishes import (
    add_tester,
    opt_in,
    opt_out,
    tag_followers,
    use_invitation,
)
from bot.talk import Talk
from bot.vault import blind_index, derived_key

KEY = "invitation"


def no_news(talk: Talk) -> Reply:
    """No announcements any more; notices of one's own dossiers go on."""
    opt_out(talk.connection, talk.user_id, "news", talk.now)
    _write_down(talk, given=False, words="")
    return talk.reply("news", talk.words("announcement.stopped"), "help")


def want_news(talk: Talk) -> Reply:
    """Announcements again."""
    opt_in(talk.connection, talk.user_id)
    told = talk.words("announcement.wanted")
    _write_down(talk, given=True, words=told)
    return talk.reply("news", told, "help")


def join_group(talk: Talk, text: str) -> Reply | None:
    """Join by an invitation code; None where the text is none."""
    code = read_invitation(text)
    if code is None:
        return None
    mark = blind_index(derived_key(talk.runtime.settings.secret_key, KEY), code)
    found = use_invitation(talk.connection, mark, talk.now)
    if found is None:
        return talk.reply("news", talk.words("announcement.code_unknown"), "help")
    opt_in(talk.connection, talk.user_id)
    if found.purpose == Purpose.TESTER:
        add_tester(talk.connection, talk.user_id, found.staff_id, talk.now)
        told = talk.words("announcement.tester", login=found.login)
    else:
        tag_followers(talk.connection, [talk.user_id], found.tag, "code", talk.now)
        told = talk.words("announcement.joined", group=found.tag)
    _write_down(talk, given=True, words=told)
    return talk.reply("news", told, "help")


def _write_down(talk: Talk, given: bool, words: str) -> None:
    row = {"about": "news", "link_id": 0, "given": given, "how": "chat", "words": words}
    talk.write_consents([row])
