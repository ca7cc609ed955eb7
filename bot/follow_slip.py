"""A citizen follows one dossier with the slip in hand: its link carries a signature."""

import re
from functools import lru_cache

from bot.answer import Asked
from bot.settings import Settings
from bot.slip_link import slip_keys
from bot.store.dossier_follows import add_follow
from bot.talk import Talk
from receipts.clean import clean, unescape
from receipts.code import read_one
from receipts.signature import LENGTH, verify_any

MOST_LINKS = 20  # looked at in one text
CONSENT_WORDS = "follow.slip"


@lru_cache(maxsize=4)
def _slip_link(public_url: str) -> re.Pattern[str]:
    place = re.escape(public_url.partition("://")[2])
    return re.compile(
        rf"(?<![\w.\-]){place}/t/([0-9a-z.\-]{{8,64}})\.([a-z2-7]{{{LENGTH}}})(?![\w\-])",
        re.IGNORECASE,
    )


def signed_codes(settings: Settings, text: str) -> set[str]:
    """The canonical codes of the rightly signed slip links in a text, in any case.

    Shape:  `{PUBLIC_URL}/T/{CODE}.{SIG}`; what a link carries behind that does not matter.
    Source: interfaces 5 (Slip QR); zalo-platform 8.2 (`gidzl` is appended to shared links).
    """
    if "/t/" not in (plain := unescape(clean(text))).lower():
        return set()
    found, keys = set(), slip_keys(settings)
    for link in list(_slip_link(settings.public_url).finditer(plain))[:MOST_LINKS]:
        code = read_one(link[1])
        if code and verify_any(keys, code, link[2]):
            found.add(code)
    return found


def follow_slips(talk: Talk, text: str, asked: Asked, how: str = "link") -> list[str]:
    """Follow the looked-up dossiers whose slip links stand in the text; their codes.

    Only what was found within the limits counts: a link is a lookup like any other. `how` is
    "link", or "photo" where it was read off one.
    """
    signed = signed_codes(talk.runtime.settings, text)
    ids = {code: number for code, number in asked.lookups if number and code in signed}
    if ids:
        talk.hold()
    for number in ids.values():
        _follow(talk, number, how)
    return list(ids)


def _follow(talk: Talk, dossier_id: int, how: str) -> None:
    values = {"user_id": talk.user_id, "dossier_id": dossier_id, "how": how, "since": talk.at}
    follow_id = add_follow(talk.connection, values)
    if follow_id is not None:
        words = talk.runtime.texts.texts[CONSENT_WORDS].words
        given = {"about": "dossier", "given": True, "how": f"slip {how}", "words": words}
        talk.write_consents([{**given, "link_id": follow_id}])
