"""A batch of notices at their turn: what is known of each, and what is decided."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection

from bot.core.agency import Agency
from bot.core.agency_ladder import read_ladder
from bot.core.ladder import (
    SAME_WORDS,
    Clocks,
    Contact,
    Decision,
    PastAttempt,
    Send,
    Situation,
    Tried,
    Wait,
    Ways,
    decide,
)
from bot.core.notice import Facts, NoticeEvent
from bot.core.notice_truth import Present, Told, why_untrue
from bot.core.opening import opens_at
from bot.core.postal import GOES_BY_POST
from bot.notice_text import zalo_text
from bot.runtime import Runtime
from bot.send_journal import FOLDER, never_begun
from bot.settings import Settings
from bot.store.agencies import agencies_among
from bot.store.attempts import (
    echoed,
    forget_unbegun,
    lose_answers,
    past_attempts,
    said_before,
    unanswered_requests,
)
from bot.store.notice_claims import (
    ClaimedNotice,
    ToldDossier,
    corrected_since,
    result_states,
    told_dossiers,
)
from bot.store.phone_links import Linked, linked_followers
from bot.store.phone_states import PhoneState, states_of
from bot.store.post_orders import PostReturn, returns_of
from bot.vault import blind_index, derived_key

RESULT_LOOK = timedelta(seconds=3)
# What these say hangs on where the dossier's return by post stands.
OF_POST = frozenset({NoticeEvent.POSTED, NoticeEvent.POST_BACK})
UNKNOWN_AGENCY = Agency("", "", None, None, same_day_notices=False, step_sms=False,
                        result_hold_minutes=0)  # fmt: skip


# (recipient, text mark) -> the notices it went by, and when.
_Said = dict[tuple[str, bytes], list[tuple[int, datetime]]]


def clocks_of(settings: Settings) -> Clocks:
    """The settings' waiting times."""
    return _clocks(
        settings.chat_window_hours, settings.fallback_after_minutes, settings.unsure_after_minutes
    )


@cache
def _clocks(window_hours: int, fallback_minutes: int, unsure_minutes: int) -> Clocks:
    return Clocks(
        window=timedelta(hours=window_hours),
        fallback=timedelta(minutes=fallback_minutes),
        unsure=timedelta(minutes=unsure_minutes),
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """One claimed notice, what its texts say, and what is decided of it.

    Shape: `phone` is sealed; `text` is the Zalo text, `text_mark` its keyed hash.
    """

    notice: ClaimedNotice
    decision: Decision
    facts: Facts
    text: str
    text_mark: bytes
    phone: bytes | None
    unicode_sms: bool
    contacts: tuple[Contact, ...]
    past: tuple[PastAttempt, ...] = ()


@dataclass(slots=True)
class Round:
    """Decides batches of one worker; keeps the key that texts are marked with."""

    runtime: Runtime
    _agencies: Mapping[str, Agency] = field(default_factory=dict)  # of the batch
    _mark_key: bytes = b""

    def turns(
        self, connection: Connection, claimed: Sequence[ClaimedNotice], now: datetime
    ) -> list[Turn]:
        """Decide about each claimed notice, inside the transaction that claimed it."""
        if not self._mark_key:  # the same as for chat replies: echoes are known by it
            self._mark_key = derived_key(self.runtime.settings.secret_key, "echo")
        known = self._known(connection, claimed)
        told = {one.agency_code for one in known.dossiers.values()}
        self._agencies = agencies_among(connection, told)
        turns = [self._prepare(one, known) for one in claimed]
        before = said_before(
            connection,
            {place for one in claimed for place in known.recipients(one)},
            {mark for _, _, mark in turns},
            now - SAME_WORDS,
        )
        said: _Said = defaultdict(list)
        for recipient, mark, notice_id, at in before:
            said[recipient, mark].append((notice_id, at))
        again = {one.dossier_id for one in claimed if said and one.dossier_id}
        corrected = corrected_since(connection, again, now - SAME_WORDS)
        known = replace(known, corrected=corrected)
        return [
            self._turn(one, prepared, known, self._said(one, prepared[2], known, said), now)
            for one, prepared in zip(claimed, turns, strict=True)
        ]

    def _known(self, connection: Connection, claimed: Sequence[ClaimedNotice]) -> "_Known":
        ids = [one.id for one in claimed]
        past = past_attempts(connection, ids)
        unanswered = {
            notice_id
            for notice_id, tried in past.items()
            if any(one.state in (Tried.SENDING, Tried.UNSURE) for one in tried)
        }
        if echoed(connection, unanswered):  # the echo counts before anything is decided
            past = {**past, **past_attempts(connection, unanswered)}
        lost = {
            notice_id
            for notice_id, tried in past.items()
            if any(one.state is Tried.SENDING for one in tried)
        }
        if self._drop_unbegun(connection, lost):
            past = {**past, **{one: [] for one in lost}, **past_attempts(connection, lost)}
        lose_answers(connection, lost)
        dossiers = told_dossiers(connection, {one.dossier_id for one in claimed if one.dossier_id})
        phones = {one.phone_index for one in dossiers.values() if one.phone_index}
        phones |= {bytes.fromhex(one.recipient) for one in claimed if one.recipient}
        corrections = {
            one.dossier_id
            for one in claimed
            if one.event == NoticeEvent.CORRECTION and one.dossier_id
        }
        return _Known(
            dossiers,
            past,
            states_of(connection, phones),
            result_states(connection, corrections),
            _by_place(linked_followers(connection, phones, dossiers.keys())),
            posts=returns_of(connection, self._by_post(claimed)),
        )

    def _by_post(self, claimed: Sequence[ClaimedNotice]) -> set[int]:
        """The dossiers whose notices may speak of the post."""
        events = OF_POST
        if self.runtime.settings.post_service != "none":
            events = OF_POST | {NoticeEvent.RESULT}
        return {one.dossier_id for one in claimed if one.dossier_id and one.event in events}

    def _drop_unbegun(self, connection: Connection, lost: Set[int]) -> bool:
        """Take back what a killed process of this machine had written down and not begun."""
        folder = self.runtime.settings.var_dir / FOLDER
        unbegun = [
            request_id
            for claimer, request_ids in unanswered_requests(connection, lost).items()
            for request_id in never_begun(folder, claimer, request_ids)
        ]
        forget_unbegun(connection, unbegun)
        return bool(unbegun)

    def _prepare(self, one: ClaimedNotice, known: "_Known") -> tuple[Facts, str, bytes]:
        place = one.dossier_id or 0
        facts = self._facts(one, known.dossiers.get(place), known.posts.get(place))
        text = "" if facts.event is NoticeEvent.OTP else zalo_text(self.runtime.texts, facts)
        return facts, text, blind_index(self._mark_key, text or one.key)

    def _facts(
        self, one: ClaimedNotice, dossier: ToldDossier | None, post: PostReturn | None
    ) -> Facts:
        event = NoticeEvent(one.event)
        if dossier is None:
            otp = self.runtime.vault.open_text(one.secret) if one.secret else ""
            return Facts(event, otp=otp)
        agency = self._agencies.get(dossier.agency_code, UNKNOWN_AGENCY)
        # Whoever is asked to come goes to the desk that serves the dossier now.
        agency = self._agencies.get(agency.served_by or agency.code, agency)
        promised = one.promised_at
        return Facts(
            event=event,
            code=dossier.code,
            shown_code=dossier.local_code or dossier.code,
            agency_name=agency.name,
            sms_name=agency.sms_name,
            procedure=dossier.procedure_name,
            step=one.step or dossier.step,
            promised_on=promised.astimezone(self.runtime.settings.zone).date()
            if promised
            else None,
            late=one.late,
            by_post=post is not None and post.state in GOES_BY_POST,
            item_code=self.runtime.vault.open_text(post.item_code)
            if post and post.item_code and event is NoticeEvent.POSTED
            else "",
        )

    def _said(
        self,
        one: ClaimedNotice,
        mark: bytes,
        known: "_Known",
        said: "_Said",
    ) -> datetime | None:
        """When the same words last went to one of these recipients by another notice."""
        moments = [
            at
            for each in known.recipients(one)
            for notice_id, at in said.get((each, mark), ())
            if notice_id != one.id
        ]
        return max(moments, default=None)

    def _turn(
        self,
        one: ClaimedNotice,
        prepared: tuple[Facts, str, bytes],
        known: "_Known",
        repeats: datetime | None,
        now: datetime,
    ) -> Turn:
        facts, text, mark = prepared
        dossier = known.dossiers.get(one.dossier_id or 0)
        hours, zone = self.runtime.settings.notice_hours, self.runtime.settings.zone
        agency = self._agencies.get(dossier.agency_code if dossier else "", UNKNOWN_AGENCY)
        situation = Situation(
            event=facts.event,
            now=now,
            expires_at=one.expires_at,
            opens_at=opens_at(now, hours.start, hours.end, zone),
            ways=self._ways(one, facts, dossier, agency, known),
            past=tuple(known.past.get(one.id, ())),
            untrue=self._untrue(one, facts.event, dossier, known, now),
            said_at=repeats,
            corrected=one.dossier_id in known.corrected,
        )
        phone = dossier.phone if dossier else one.phone
        decision = decide(situation, clocks_of(self.runtime.settings))
        if isinstance(decision, Send) and known.results.get(one.dossier_id or 0) == "open":
            # The result that this notice takes back is on its way at this moment.
            decision = Wait(now + RESULT_LOOK, "waiting", "waits for the result notice")
        contacts = situation.ways.contacts
        return Turn(
            one, decision, facts, text, mark, phone, agency.sms_unicode, contacts, situation.past
        )

    def _untrue(
        self,
        one: ClaimedNotice,
        event: NoticeEvent,
        dossier: ToldDossier | None,
        known: "_Known",
        now: datetime,
    ) -> str:
        if dossier is None:
            return "" if event is NoticeEvent.OTP else "the dossier is gone"
        told = Told(event, one.step, one.promised_at, one.created_at)
        post = known.posts.get(dossier.id)
        present = Present(
            dossier.status,
            dossier.step,
            dossier.due_at,
            known.results.get(dossier.id, ""),
            post.state if post else "",
        )
        return why_untrue(told, present, now, self.runtime.settings.zone)

    def _ways(
        self,
        one: ClaimedNotice,
        facts: Facts,
        dossier: ToldDossier | None,
        agency: Agency,
        known: "_Known",
    ) -> Ways:
        settings, event = self.runtime.settings, facts.event
        phone = known.phone(one)
        state = known.states.get(bytes.fromhex(phone), PhoneState()) if phone else PhoneState()
        until = state.no_template_until
        otp = event is NoticeEvent.OTP
        return Ways(
            contacts=() if otp else tuple(known.contacts(one)),
            phone=phone,
            phone_line=dossier.phone_line if dossier else "missing",
            notify_zalo=dossier.notify_zalo if dossier else otp,
            notify_sms=dossier.notify_sms if dossier else otp,
            template=facts.wording in settings.zalo_templates,
            gateway=settings.sms_gateway != "none",
            step_sms=agency.step_sms,
            # Whoever asks for a code has the phone in hand: an older failure does not count.
            bad_phone=state.bad_at is not None and not otp,
            no_template=until is not None and until > self.runtime.now(),
            left=read_ladder(agency.ladder).get(event),
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read for a batch."""

    dossiers: Mapping[int, ToldDossier]
    past: Mapping[int, Sequence[PastAttempt]]
    states: Mapping[bytes, PhoneState]
    results: Mapping[int, str]
    linked: Mapping[bytes | int, Sequence[Linked]]
    corrected: Set[int] = frozenset()
    posts: Mapping[int, PostReturn] = field(default_factory=dict)

    def phone(self, one: ClaimedNotice) -> str:
        """The mark of the phone to reach: the dossier's present one."""
        dossier = self.dossiers.get(one.dossier_id or 0)
        if dossier is None:
            return one.recipient
        return dossier.phone_index.hex() if dossier.phone_index else ""

    def contacts(self, one: ClaimedNotice) -> list[Contact]:
        """Linked followers: by the dossier's phone, and of the dossier itself; each once.

        An item code is for who has proved the phone, and not for who holds the slip.
        """
        phone = self.phone(one)
        linked = [*(self.linked.get(bytes.fromhex(phone), ()) if phone else ())]
        if one.event != NoticeEvent.POSTED:
            linked += self.linked.get(one.dossier_id or 0, ())
        found = {each.user_id: Contact(each.user_id, each.last_interaction_at) for each in linked}
        return list(found.values())

    def recipients(self, one: ClaimedNotice) -> list[str]:
        """Every place this notice may go to."""
        phone = self.phone(one)
        users = [each.user_id for each in self.contacts(one)]
        return [*users, phone] if phone else users


def _by_place(linked: Sequence[Linked]) -> Mapping[bytes | int, Sequence[Linked]]:
    found: dict[bytes | int, list[Linked]] = defaultdict(list)
    for one in linked:
        place = one.phone_index if one.phone_index is not None else one.dossier_id
        if place is not None:
            found[place].append(one)
    return found
