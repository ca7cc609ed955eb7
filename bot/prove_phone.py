"""A citizen proves a phone: a one-time code goes to it, and comes back in the chat."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta

from bot.core.message import Reply
from bot.core.notice import NoticeEvent, Rung
from bot.core.phone import Line, Phone, PhoneReading
from bot.core.phone_proof import (
    LIFETIME,
    MOST_A_DAY,
    Proof,
    ProofState,
    Verdict,
    day_began,
    judge,
    may_ask,
    tries_left,
)
from bot.core.reply_text import ZALO_LIMIT
from bot.index_key import index_key_in
from bot.my_dossiers import listed, missed
from bot.notice_record import one_time_code_record
from bot.settings import Settings
from bot.store.notices import owe_notices
from bot.store.own_dossiers import Mine
from bot.store.phone_links import (
    PhoneLink,
    earlier_holders,
    end_links,
    open_link,
    open_links,
    way_of_code,
)
from bot.store.phone_proofs import (
    add_proof,
    asked_since,
    cancel_codes,
    code_came_back,
    count_try,
    drop_open_proofs,
    newest_proof,
)
from bot.store.wordings import words_of_digest
from bot.talk import Talk
from bot.texts.changed import digest
from bot.vault import blind_index, derived_key

CONSENT_WORDS = "phone.sent"  # the words that ask for consent; typing the code gives it
FRESH = timedelta(hours=24)  # so long after proving a phone may it be taken off earlier holders
REPLACED = "replaced by a newer code"


def can_send_codes(settings: Settings) -> bool:
    """Whether a one-time code has any way to a phone."""
    return NoticeEvent.OTP in settings.zalo_templates or settings.sms_gateway != "none"


def how_to_prove(talk: Talk, key: str, **values: str) -> Reply:
    """How to prove a phone in these words, or that no code can be sent for now.

    Shape: `values` fill the words in; without any it is the example of a code.
    """
    if not can_send_codes(talk.runtime.settings):
        return _no_way(talk)
    filled = values or {"example": talk.runtime.settings.example_code}
    return talk.reply("phone", talk.words(key, **filled), "slip_help")


def ask_for_code(talk: Talk, reading: PhoneReading, how: str) -> Reply:
    """Send a one-time code to a phone; the reply is the same whether or not it has dossiers.

    Shape:  `how` is "typed" or "shared".
    Source: interfaces 5 (Proving a phone).
    """
    if reading.phone is None:
        key = "phone.landline" if reading.line is Line.LANDLINE else "phone.invalid"
        example = talk.runtime.settings.example_code
        return talk.reply("phone", talk.words(key, example=example), "slip_help")
    if not can_send_codes(talk.runtime.settings):
        return _no_way(talk)
    talk.hold()
    index = blind_index(index_key_in(talk.runtime, talk.connection), reading.phone.e164)
    today = day_began(talk.now, talk.runtime.settings.zone)
    if not may_ask(*asked_since(talk.connection, talk.user_id, index, today)):
        return talk.reply("phone", talk.words("phone.enough", most=str(MOST_A_DAY)), "slip_help")
    _owe_code(talk, reading.phone, index, how)
    keyword = talk.runtime.settings.sms_keyword.upper()
    return talk.reply("phone", talk.words(CONSENT_WORDS, phone=str(reading.phone), keyword=keyword))


def _no_way(talk: Talk) -> Reply:
    settings = talk.runtime.settings
    text = talk.words(
        "phone.no_way", example=settings.example_code, keyword=settings.sms_keyword.upper()
    )
    return talk.reply("phone", text, "slip_help")


def _owe_code(talk: Talk, phone: Phone, index: bytes, how: str) -> None:
    earlier = drop_open_proofs(talk.connection, talk.user_id, talk.now)
    cancel_codes(talk.connection, earlier, talk.now, REPLACED)
    digits = f"{secrets.randbelow(1_000_000):06}"
    vault = talk.runtime.vault
    proof_id = add_proof(
        talk.connection,
        {
            "user_id": talk.user_id,
            "phone_index": index,
            "phone": vault.seal(phone.e164),
            "code_mark": _mark(talk, index, digits),
            "how": how,
            "asked_at": talk.now,
            "expires_at": talk.now + LIFETIME,
            "words_digest": digest(talk.runtime.texts.texts[CONSENT_WORDS].words),
        },
    )
    sealed = (vault.seal(phone.e164), vault.seal(digits))
    row = one_time_code_record(proof_id, *sealed, index.hex(), talk.now, LIFETIME)
    owe_notices(talk.connection, [row])
    talk.rings.add("notice")


def _mark(talk: Talk, phone_index: bytes, digits: str) -> bytes:
    """A keyed hash of the digits, bound to who asked and for which phone."""
    key = derived_key(talk.runtime.settings.secret_key, "one-time code")
    return blind_index(key, f"{talk.user_id}:{phone_index.hex()}:{digits}")


def try_code(talk: Talk, digits: str) -> Reply | None:
    """The reply to six digits; None when no code of this citizen's waits for any."""
    proof = newest_proof(talk.connection, talk.user_id)
    same = proof is not None and hmac.compare_digest(
        proof.code_mark, _mark(talk, proof.phone_index, digits)
    )
    verdict = judge(proof, same, talk.arrived_at)
    if proof is None or verdict is Verdict.NO_CODE:
        return None
    if verdict is Verdict.RIGHT:
        return _prove(talk, proof)
    if verdict is Verdict.WRONG:
        count_try(talk.connection, proof.id, proof.tries + 1, ProofState.OPEN)
        return talk.reply("phone", talk.words("phone.wrong", left=str(tries_left(proof))))
    if verdict is Verdict.LAST_WRONG:
        count_try(talk.connection, proof.id, proof.tries + 1, ProofState.DEAD)
    key = {Verdict.EXPIRED: "phone.expired", Verdict.REPEATED: "phone.repeated"}
    return talk.reply("phone", talk.words(key.get(verdict, "phone.dead")))


def _prove(talk: Talk, proof: Proof) -> Reply:
    """Link the phone, write the consent down, and tell what this phone has and what it missed."""
    talk.hold()
    count_try(talk.connection, proof.id, proof.tries + 1, ProofState.PROVED)
    code_came_back(talk.connection, proof.id, talk.now)
    template = NoticeEvent.OTP in talk.runtime.settings.zalo_templates
    way = way_of_code(talk.connection, proof.id) or (Rung.TEMPLATE_PHONE if template else Rung.SMS)
    values = {
        "user_id": talk.user_id,
        "phone_index": proof.phone_index,
        "phone": proof.phone,
        "how": str(way),
        "proved_at": talk.at,
    }
    link = open_link(talk.connection, values)
    words = _words_agreed_to(talk, proof)
    given = {"about": "phone", "link_id": link.id, "given": True, "words": words}
    talk.write_consents([{**given, "how": f"{proof.how} {way}"}])
    return _welcome(talk, link)


def _words_agreed_to(talk: Talk, proof: Proof) -> str:
    """The words that were said when the code was sent, with their blanks: no phone is kept here.

    Somebody may have changed them since; what was agreed to is what the citizen had read.
    """
    present = talk.runtime.texts.texts[CONSENT_WORDS].words
    if proof.words_digest in (None, digest(present)):
        return present
    return words_of_digest(talk.connection, CONSENT_WORDS, str(proof.words_digest)) or present


def _welcome(talk: Talk, link: PhoneLink) -> Reply:
    phone = Phone(talk.runtime.vault.open_text(link.phone))
    before = [talk.words("phone.proved", phone=str(phone))]
    after = missed(talk, link.phone_index)
    others = len(earlier_holders(talk.connection, link))
    if others:
        after.append(talk.words("phone.others", count=str(others)))
    room = ZALO_LIMIT - len("\n".join([*before, *after])) - 1
    text = "\n".join([*before, listed(talk, Mine([link.phone_index]), room), *after])
    return talk.reply("phone", text, *(("reclaim",) if others else ()), "mine")


def reclaim(talk: Talk) -> Reply:
    """Take the phone that was just proved off those who proved it earlier (a recycled number).

    Who proved it later is the newer owner and stays; nobody's identity is told.
    """
    talk.hold()
    for link in open_links(talk.connection, talk.user_id):
        earlier = earlier_holders(talk.connection, link)
        if earlier and talk.at - link.proved_at <= FRESH:
            _take_off(talk, earlier)
            phone = Phone(talk.runtime.vault.open_text(link.phone))
            text = talk.words("phone.reclaimed", phone=str(phone), count=str(len(earlier)))
            return talk.reply("phone", text, "mine")
    return talk.reply("phone", talk.words("phone.nobody_else"), "mine")


def _take_off(talk: Talk, links: Sequence[PhoneLink]) -> None:
    end_links(talk.connection, [link.id for link in links], talk.at, "reclaimed")
    taken_back = {"about": "phone", "given": False, "how": "reclaimed", "words": ""}
    talk.write_consents(
        [{**taken_back, "link_id": link.id, "user_id": link.user_id} for link in links]
    )
