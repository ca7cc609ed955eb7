"""One SMS to the short code: answered from the database, once, and the same to every repeat."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.answer import LOCAL_EXAMPLE, Answerer
from bot.brief_write import briefly_writing
from bot.channels.sms_inbound import InboundSms
from bot.core.limits import MOST_MISSES, WINDOW, Allowance
from bot.core.phone import read_phone
from bot.core.sms_answer import SmsAnswer, SmsOutcome
from bot.core.sms_question import codes_asked
from bot.core.sms_text import unaccented
from bot.database import AWAY, reading
from bot.index_key import index_key
from bot.logs import log
from bot.present_texts import look
from bot.runtime import Runtime
from bot.store.dossiers import progress_by_codes
from bot.store.lookups import lookups_since, remember_lookups
from bot.store.sms_inbound import Answered, newest_answer, remember_answer, take_turn
from bot.vault import blind_index

MOST_TEXT = 2_000  # characters kept of what was written
# Without an id of its own a message is known by its content, and after this it is a new one.
NO_ID_KEPT = timedelta(minutes=10)
_ID = re.compile(r"[!-~]{1,100}")

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class SmsReply:
    """An answer and how it came about."""

    answer: SmsAnswer
    repeat: bool = False
    stored: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class _Question:
    """One SMS, understood."""

    aggregator: str
    sms: InboundSms
    request_key: str
    has_id: bool
    sender: str
    sender_index: bytes
    codes: tuple[str, ...]
    now: datetime

    @property
    def asker(self) -> str:
        """Whom the limits count for."""
        return self.sender_index.hex()

    def still_answers(self, before: Answered) -> bool:
        """Whether an earlier answer under this key is to be given again."""
        return self.has_id or self.now - before.arrived_at < NO_ID_KEPT


@dataclass(frozen=True, slots=True)
class _Found:
    """An answer before it is stored; `lookup` is (code, dossier id or None) for the books."""

    answer: SmsAnswer
    lookup: tuple[str, int | None] | None = None


@dataclass(slots=True)
class SmsDesk:
    """Answers inbound SMS of one process; keeps the index key once it was read."""

    runtime: Runtime
    _index: bytes = field(default=b"", repr=False)

    def answer(self, aggregator: str, sms: InboundSms) -> SmsReply:
        """The answer to one SMS, stored before it is given.

        When others keep the database busy for too long, the answer is read without being
        stored: the citizen has paid and waits, and reading waits for nobody.
        Errors: those of bot.database.AWAY when the database cannot even be read.
        """
        look(self.runtime)
        question = self._understood(aggregator, sms)
        try:
            with briefly_writing(self.runtime.engine) as connection:
                return self._once(connection, question)
        except AWAY as fault:
            logger.warning("sms.not_stored", aggregator=aggregator, fault=type(fault).__name__)
        with reading(self.runtime.engine) as connection:
            before = newest_answer(connection, question.aggregator, question.request_key)
            if before is not None and question.still_answers(before):
                return SmsReply(self._opened(before), repeat=True)
            return SmsReply(self._found(connection, question).answer, stored=False)

    def trouble(self) -> SmsAnswer:
        """What is said when we cannot answer."""
        return self._say(SmsOutcome.TROUBLE, "sms.trouble")

    def _understood(self, aggregator: str, sms: InboundSms) -> _Question:
        if not self._index:
            self._index = index_key(self.runtime)
        phone = read_phone(sms.sender).phone
        sender = phone.e164 if phone else sms.sender[:40]
        has_id = _ID.fullmatch(sms.request_id) is not None
        content = "\n".join((sender, sms.short_code, sms.request_id, sms.moment, sms.text))
        return _Question(
            aggregator=aggregator,
            sms=sms,
            request_key=sms.request_id if has_id else blind_index(self._index, content).hex(),
            has_id=has_id,
            sender=sender,
            sender_index=blind_index(self._index, sender),
            codes=codes_asked(sms.text, self.runtime.settings.sms_keyword),
            now=self.runtime.now(),
        )

    def _once(self, connection: Connection, question: _Question) -> SmsReply:
        take_turn(connection, question.sender_index)
        before = newest_answer(connection, question.aggregator, question.request_key)
        if before is not None and question.still_answers(before):
            return SmsReply(self._opened(before), repeat=True)
        found = self._found(connection, question)
        turn = before.turn + 1 if before else 0
        number = remember_answer(connection, self._row(question, found.answer, turn))
        if number is None:  # another call with the same id was faster: its answer holds
            first = newest_answer(connection, question.aggregator, question.request_key)
            return SmsReply(self._opened(first) if first else found.answer, repeat=True)
        self._remember_lookup(connection, question, found, number)
        return SmsReply(found.answer)

    def _opened(self, before: Answered) -> SmsAnswer:
        text = self.runtime.vault.open_text(before.answer)
        return SmsAnswer(text, SmsOutcome(before.outcome))

    def _found(self, connection: Connection, question: _Question) -> _Found:
        """The first code's answer; a message with several is told that one goes each time."""
        if not question.codes:
            keyword = self.runtime.settings.sms_keyword.upper()
            usage = {"keyword": keyword, "example": LOCAL_EXAMPLE}
            return _Found(self._say(SmsOutcome.USAGE, "sms.usage", **usage))
        limited = self._limited(connection, question)
        if limited:
            return _Found(limited)
        code = question.codes[0]
        known = progress_by_codes(connection, [code]).get(code)
        if known is None:
            answer = self._say(SmsOutcome.UNKNOWN, "sms.unknown", code=code)
        else:
            sentence = Answerer(self.runtime, question.now, {}).sentence(known.progress)
            answer = SmsAnswer(unaccented(sentence), SmsOutcome.FOUND)
        if len(question.codes) > 1:
            more = unaccented(self.runtime.texts.render("sms.one_each"))
            answer = SmsAnswer(f"{answer.text} {more}", answer.outcome)
        return _Found(answer, (code, known.dossier_id if known else None))

    def _limited(self, connection: Connection, question: _Question) -> SmsAnswer | None:
        """Who guessed too often is told when to come back, also about a code that exists.

        Known codes have no limit here: each SMS is paid. Guessing has one, or it would pay.
        """
        past = lookups_since(connection, {question.asker}, question.now - WINDOW)
        misses = Allowance.of((at, known) for at, known in past[question.asker] if not known)
        if not misses.reached():
            return None
        self.runtime.metrics.lookup_limited.labels("misses").inc()
        logger.warning("sms.limited", aggregator=question.aggregator)
        # Rounded up, so that who comes back at the minute named is not refused again.
        free = misses.free_at().astimezone(self.runtime.settings.zone) + timedelta(seconds=59)
        told = {"most": str(MOST_MISSES), "time": f"{free:%H:%M ngày %d/%m/%Y}"}
        return self._say(SmsOutcome.LIMITED, "sms.come_back", **told)

    def _row(self, question: _Question, answer: SmsAnswer, turn: int) -> dict[str, Any]:
        vault = self.runtime.vault
        return {
            "aggregator": question.aggregator,
            "request_key": question.request_key,
            "turn": turn,
            "short_code": unaccented(question.sms.short_code)[:20],
            "sender_index": question.sender_index,
            "sender": vault.seal(question.sender),
            "text": vault.seal(question.sms.text[:MOST_TEXT]),
            "answer": vault.seal(answer.text),
            "outcome": str(answer.outcome),
            "arrived_at": question.now,
            "answered_at": self.runtime.now(),
        }

    def _remember_lookup(
        self, connection: Connection, question: _Question, found: _Found, number: int
    ) -> None:
        if found.lookup is None:
            return
        code, dossier_id = found.lookup
        self.runtime.metrics.lookups.labels("sms", "known" if dossier_id else "unknown").inc()
        row = {
            "asker": question.asker,
            "at": question.now,
            "way": "sms",
            "code": code,
            "dossier_id": dossier_id,
            "outbox_key": f"sms:{number}",
        }
        remember_lookups(connection, [row])

    def _say(self, outcome: SmsOutcome, key: str, **values: str) -> SmsAnswer:
        return SmsAnswer(unaccented(self.runtime.texts.render(key, **values)), outcome)
