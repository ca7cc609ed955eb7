"""What a desk's clerks see of talks: who waits, what was said, how long it can be answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.answer import Answerer
from bot.answer_handover import room, window_of
from bot.core.delivery import State
from bot.core.dossier import Timing, timing
from bot.core.handover import Window
from bot.core.staff import Actor
from bot.database import reading
from bot.present_texts import look
from bot.runtime import Runtime
from bot.store.clerks import clerks_of
from bot.store.talks import (
    StoredLine,
    StoredTalk,
    TalkDossier,
    closed_talks_of,
    count_waiting,
    dossier_of,
    lines_of,
    open_talks_of,
    talk_of,
)

MOST_OPEN = 200
MOST_CLOSED = 50
MOST_LINES = 300
CLOSED_SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TalkRow:
    """A talk in the list; nothing that was said.

    Shape: `holder` is the clerk's name, "" while nobody holds it; `waiting` is how long the
           first unanswered line has waited, None when the last word is a clerk's.
    """

    id: int
    agency: str
    code: str
    opened_at: datetime
    waiting: timedelta | None
    window: Window | None
    answerable: bool
    holder: str
    mine: bool
    closed_at: datetime | None
    closed_why: str


@dataclass(frozen=True, slots=True)
class TalkList:
    """The talks of an actor's agencies."""

    open: Sequence[TalkRow]
    closed: Sequence[TalkRow]

    @property
    def waiting(self) -> int:
        """How many wait for an answer."""
        return sum(row.waiting is not None for row in self.open)


@dataclass(frozen=True, slots=True)
class Said:
    """One line; `by` is the clerk's name, "" for the citizen's; `state` is of an answer's way."""

    id: int
    at: datetime
    by: str
    mine: bool
    text: str
    state: str
    reason: str

    @property
    def failed(self) -> bool:
        """Whether an answer will not arrive."""
        return self.state in (State.FAILED, State.SKIPPED)


@dataclass(frozen=True, slots=True)
class Beside:
    """The dossier a talk is about, as its desk may see it beside the talk."""

    code: str
    printed: str
    procedure: str
    sentence: str
    late: bool
    received_at: datetime | None
    due_at: datetime | None
    proved: bool
    followed: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """A clerk that a talk can be handed to."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class TalkPage:
    """One talk in full.

    Shape: `left` is the share of the window that is left, from 0 to 100; `room` counts the
           characters of an answer; `held_by` is the id of who holds it.
    """

    row: TalkRow
    held_by: int | None
    lines: Sequence[Said]
    beside: Beside | None
    colleagues: Sequence[Colleague]
    room: int
    left: int
    free: bool
    goodbye: str


def list_talks(runtime: Runtime, actor: Actor) -> TalkList:
    """The open talks of the actor's agencies, longest waiting first, and those lately closed."""
    now = runtime.now()
    with reading(runtime.engine) as connection:
        opened = open_talks_of(connection, actor.agencies, MOST_OPEN)
        closed = closed_talks_of(connection, actor.agencies, now - CLOSED_SHOWN, MOST_CLOSED)
    return TalkList(
        [_row(runtime, actor, one, now) for one in opened],
        [_row(runtime, actor, one, now) for one in closed],
    )


def talks_waiting(runtime: Runtime, actor: Actor) -> int:
    """How many talks of the actor's agencies wait for an answer."""
    with reading(runtime.engine) as connection:
        return count_waiting(connection, actor.agencies)


def show_talk(runtime: Runtime, actor: Actor, talk_id: int) -> TalkPage | None:
    """One talk; None alike where there is none and where it is another agency's."""
    look(runtime)
    now = runtime.now()
    with reading(runtime.engine) as connection:
        talk = talk_of(connection, actor.agencies, talk_id)
        if talk is None:
            return None
        lines = lines_of(connection, talk.id, MOST_LINES)
        clerks = clerks_of(connection, talk.agency_code)
        about = dossier_of(connection, talk.dossier_id, talk.user_id) if talk.dossier_id else None
    answerable = window_of(runtime, talk)
    return TalkPage(
        row=_row(runtime, actor, talk, now),
        held_by=talk.holder,
        lines=[_said(runtime, actor, line) for line in lines],
        beside=_beside(runtime, about, now) if about else None,
        colleagues=[
            Colleague(one.id, _name(runtime, one.name, one.login))
            for one in clerks
            if one.id != talk.holder
        ],
        room=room(runtime, talk.agency_name),
        left=_left(answerable, talk.last_interaction_at, now),
        free=bool(answerable and answerable.is_free(now)),
        goodbye=runtime.texts.render("handover.goodbye"),
    )


def _row(runtime: Runtime, actor: Actor, talk: StoredTalk, now: datetime) -> TalkRow:
    answerable = window_of(runtime, talk)
    since = talk.waiting_since if talk.closed_at is None else None
    login = talk.holder_login or ""
    return TalkRow(
        id=talk.id,
        agency=talk.agency_name,
        code=talk.printed or "",
        opened_at=talk.opened_at,
        waiting=max(timedelta(0), now - since) if since else None,
        window=answerable,
        answerable=bool(talk.closed_at is None and answerable and answerable.is_open(now)),
        holder=_name(runtime, talk.holder_name, login) if login else "",
        mine=talk.holder == actor.account.id,
        closed_at=talk.closed_at,
        closed_why=talk.closed_why or "",
    )


def _said(runtime: Runtime, actor: Actor, line: StoredLine) -> Said:
    return Said(
        id=line.id,
        at=line.at,
        by=_name(runtime, line.name, line.login or "") if line.staff_id else "",
        mine=line.staff_id == actor.account.id,
        text=runtime.vault.open_text(line.text),
        state=line.state or "",
        reason=line.reason or "",
    )


def _name(runtime: Runtime, sealed: bytes | None, login: str) -> str:
    """A clerk's name, or the login of one without."""
    return (runtime.vault.open_text(sealed) if sealed else "") or login


def _beside(runtime: Runtime, about: TalkDossier, now: datetime) -> Beside:
    progress = about.progress
    return Beside(
        code=about.code,
        printed=progress.code,
        procedure=about.procedure_name,
        sentence=Answerer(runtime, now, {}).sentence(progress),
        late=timing(progress, now, runtime.settings.zone) is Timing.LATE,
        received_at=about.received_at,
        due_at=progress.due_at,
        proved=about.proved,
        followed=about.followed,
    )


def _left(answerable: Window | None, since: datetime | None, now: datetime) -> int:
    if answerable is None or since is None:
        return 0
    share = (answerable.until - now) / (answerable.until - since)
    return round(100 * min(1.0, max(0.0, share)))
