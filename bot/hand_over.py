"""A citizen asks for a clerk: the talk is opened at the right desk, continued, and ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.answer import PAYLOADS, Asked
from bot.core.handover import Ending, ends_talk, is_bare_wish, is_for_bot, is_wish_over
from bot.core.intent import Intent, Kind, wants_clerk
from bot.core.message import Button, Reply
from bot.desk_answers import passed_on, when_answered
from bot.my_dossiers import KEPT_FINISHED
from bot.store.clerks import any_clerk, clerks_of
from bot.store.dossier_follows import open_follows
from bot.store.handovers import (
    AtDesk,
    Desk,
    OpenTalk,
    add_line,
    at_desks,
    change_talk,
    close_talk,
    desk,
    last_looked_up,
    open_talk,
    own_at_desks,
)
from bot.store.own_dossiers import Mine
from bot.store.phone_links import open_links
from bot.talk import Talk

LATELY = timedelta(hours=24)  # so long a dossier that was looked up is the one that is meant
MOST_OWN = 20  # looked at to learn which desks a citizen has to do with
MOST_CHOICES = 4  # buttons; the rest is typed (zalo-platform 3.3: at most 5)
BOOKED = "handover"  # the name of these replies in the books


@dataclass(slots=True)
class Clerks:
    """The way to the clerks for one batch of events.

    Shape: `talks` are the open talks by citizen; `lookups` are the batch's own, in their order,
           which are stored at its end.
    """

    talks: dict[str, OpenTalk] = field(default_factory=dict)
    lookups: Sequence[Mapping[str, Any]] = ()

    def in_talk(self, user_id: str) -> bool:
        """Whether this citizen is in a talk with the clerks of a desk."""
        found = self.talks.get(user_id)
        return found is not None and found.agency_code is not None

    def listens(self, user_id: str, text: str, intent: Intent) -> bool:
        """Whether a text without a code is for the clerks."""
        return self.in_talk(user_id) and not is_for_bot(text, intent.kind)

    def ends(self, user_id: str, text: str, intent: Intent) -> bool:
        """Whether a text ends the talk with the clerks, or would if there were one."""
        if self.in_talk(user_id):
            return ends_talk(text, intent.kind)
        return intent.kind is Kind.END_TALK

    def forget(self, talk: Talk) -> None:
        """This citizen left, or wants to be forgotten: their talk may have been ended."""
        found = self.talks.get(talk.user_id)
        if found is not None and found.opened_at <= talk.at:
            del self.talks[talk.user_id]

    def end(self, talk: Talk) -> Reply:
        """End the citizen's talk; the reply says so."""
        found = self.talks.pop(talk.user_id, None)
        if found is not None and self._close(talk, found, Ending.CITIZEN) and found.agency_code:
            name = desk(talk.connection, found.agency_code).name
            return talk.reply(BOOKED, talk.words("handover.ended", agency=name), "another")
        return talk.reply(BOOKED, talk.words("handover.none_open"), "clerk", "another")

    def pass_on(self, talk: Talk, text: str, intent: Intent) -> Reply:
        """Give a text to the clerks; the reply says that they have it."""
        found = self.talks[talk.user_id]
        self._add_line(talk, found, text)
        place = desk(talk.connection, str(found.agency_code))
        if intent.kind is Kind.HANDOVER and is_bare_wish(text):
            words = talk.words("handover.again", agency=place.name)
            return talk.reply(BOOKED, " ".join([words, *when_answered(talk, place)]), "end_talk")
        return Reply(BOOKED, passed_on(talk, place))

    def wish(self, talk: Talk, text: str) -> Reply:
        """The citizen asks for a clerk and names no dossier: find the desk, or ask for a code."""
        if not any_clerk(talk.connection):
            return self._nobody(talk)
        dossiers = self._meant(talk)
        if len({one.agency_code for one in dossiers}) == 1:
            about = dossiers[0] if len(dossiers) == 1 else None
            return self._open(talk, dossiers[0].agency_code, about, text)
        self._remember_wish(talk, text)
        if dossiers:
            return self._which(talk, dossiers)
        example = talk.runtime.settings.example_code
        words = talk.words("handover.which_desk", example=example)
        return talk.reply(BOOKED, words, "slip_help")

    def beside(self, talk: Talk, text: str, asked: Asked, reply: Reply) -> Reply:
        """What a message with codes means for the talk, said below its answer.

        Shape: `text` is what was typed, "" for a photo or a link. The answer stays as it is.
        """
        found = self.talks.get(talk.user_id)
        wished = bool(text) and wants_clerk(text)
        waits = found is not None and not found.agency_code
        if waits and found is not None:
            wished = wished or not is_wish_over(found.opened_at, talk.at)
        if not wished and not self.in_talk(talk.user_id):
            return reply
        ids = [number for _, number in asked.lookups if number]
        dossiers = at_desks(talk.connection, ids)
        if wished:
            return _below(reply, self._wish_about(talk, text, dossiers))
        return _below(reply, self._mention(talk, text, dossiers))

    def _wish_about(self, talk: Talk, text: str, dossiers: Sequence[AtDesk]) -> Reply:
        if not any_clerk(talk.connection):
            return self._nobody(talk)
        agencies = {one.agency_code for one in dossiers}
        if len(agencies) == 1:
            about = dossiers[0] if len(dossiers) == 1 else None
            return self._open(talk, dossiers[0].agency_code, about, text)
        if not self.in_talk(talk.user_id):
            self._remember_wish(talk, text)
        if agencies:
            return self._which(talk, dossiers)
        return Reply(BOOKED, talk.words("handover.code_first"))

    def _mention(self, talk: Talk, text: str, dossiers: Sequence[AtDesk]) -> Reply | None:
        """Codes within a talk: the clerk sees them, and the dossier if it is of this desk."""
        found = self.talks[talk.user_id]
        here = [one for one in dossiers if one.agency_code == found.agency_code]
        if here:
            self._turn_to(talk, found, here[0])
        if not text:
            return None
        self._add_line(talk, found, text)
        return Reply(BOOKED, passed_on(talk, desk(talk.connection, str(found.agency_code))))

    def _meant(self, talk: Talk) -> list[AtDesk]:
        """The dossiers a citizen most likely asks about: looked up last, else their own."""
        mine = [row for row in self.lookups if row["asker"] == talk.user_id and row["dossier_id"]]
        ids = [row["dossier_id"] for row in mine if row["outbox_key"] == mine[-1]["outbox_key"]]
        if not ids:
            ids = last_looked_up(talk.connection, talk.user_id, talk.now - LATELY)
        if ids:
            return at_desks(talk.connection, ids)
        own = Mine(
            [link.phone_index for link in open_links(talk.connection, talk.user_id)],
            [follow.dossier_id for follow in open_follows(talk.connection, talk.user_id)],
        )
        return own_at_desks(talk.connection, own, talk.now - KEPT_FINISHED, MOST_OWN)

    def _open(self, talk: Talk, agency_code: str, about: AtDesk | None, text: str) -> Reply:
        """Open the talk at this desk, or go on with the one that is open there."""
        place = desk(talk.connection, agency_code)
        found = self.talks.get(talk.user_id)
        if found is not None and found.agency_code == agency_code:
            if about:
                self._turn_to(talk, found, about)
            self._add_line(talk, self.talks[talk.user_id], text)
            return self._opened(talk, "handover.again", place)
        if not clerks_of(talk.connection, agency_code):
            return self._nobody(talk, place)
        if found is not None and found.agency_code:
            self._close(talk, found, Ending.MOVED)
            found = None
        dossier_id = about.dossier_id if about else None
        self._begin(talk, found, agency_code, dossier_id)
        self._add_line(talk, self.talks[talk.user_id], text)
        talk.runtime.metrics.handovers.labels("opened").inc()
        return self._opened(talk, "handover.opened", place)

    def _opened(self, talk: Talk, key: str, place: Desk) -> Reply:
        words = [talk.words(key, agency=place.name), *when_answered(talk, place)]
        return talk.reply(BOOKED, " ".join(words), "end_talk")

    def _remember_wish(self, talk: Talk, text: str) -> None:
        """Keep that a clerk is asked for; the talk begins once a code tells the desk."""
        found = self.talks.get(talk.user_id)
        self._begin(talk, found, None, None)
        self._add_line(talk, self.talks[talk.user_id], text)

    def _begin(
        self, talk: Talk, found: OpenTalk | None, agency_code: str | None, dossier_id: int | None
    ) -> None:
        values = {
            "agency_code": agency_code,
            "dossier_id": dossier_id,
            "opened_at": talk.at,
            "last_asked_at": talk.arrived_at,
        }
        if found is None:
            talk_id = open_talk(talk.connection, {**values, "user_id": talk.user_id})
        else:
            talk_id = found.id
            change_talk(talk.connection, talk_id, values)
        self.talks[talk.user_id] = OpenTalk(talk_id, talk.user_id, agency_code, dossier_id, talk.at)

    def _turn_to(self, talk: Talk, found: OpenTalk, about: AtDesk) -> None:
        change_talk(talk.connection, found.id, {"dossier_id": about.dossier_id})
        self.talks[talk.user_id] = replace(found, dossier_id=about.dossier_id)

    def _add_line(self, talk: Talk, found: OpenTalk, text: str) -> None:
        """A line of the citizen's; a button's payload is kept as what the button says."""
        said = text.strip()
        if said.startswith("#"):
            said = talk.words("button.clerk")
        if said:
            line = {
                "handover_id": found.id,
                "at": talk.arrived_at,
                "text": talk.runtime.vault.seal(said),
                "key": talk.key,
            }
            if add_line(talk.connection, line):
                change_talk(talk.connection, found.id, {"last_asked_at": talk.arrived_at})

    def _close(self, talk: Talk, found: OpenTalk, why: Ending) -> bool:
        closed = close_talk(talk.connection, found.id, talk.arrived_at, why)
        if closed:
            talk.runtime.metrics.handovers.labels(f"closed {why}").inc()
        return closed

    def _which(self, talk: Talk, dossiers: Sequence[AtDesk]) -> Reply:
        """Ask which dossier is meant; a button asks for the clerk of its dossier."""
        shown = dossiers[:MOST_CHOICES]
        lines = [
            talk.words("handover.choice", code=one.printed, agency=one.agency_name) for one in shown
        ]
        choices = tuple(Button(one.printed, f"{PAYLOADS['clerk']} {one.code}") for one in shown)
        return Reply(BOOKED, "\n".join([talk.words("handover.which"), *lines]), choices)

    def _nobody(self, talk: Talk, place: Desk | None = None) -> Reply:
        """Nobody answers here: say where one can be reached."""
        example = talk.runtime.settings.example_code
        if place is None:
            words = talk.words("handover.nobody", example=example)
        elif place.hotline:
            hotline = place.hotline
            words = talk.words("handover.call", agency=place.name, hotline=hotline)
        else:
            words = talk.words("handover.no_desk", agency=place.name)
        return talk.reply(BOOKED, words, "another", "slip_help")


def _below(reply: Reply, more: Reply | None) -> Reply:
    """One reply of two: the answer, and what there is to say below it."""
    if more is None:
        return reply
    text = f"{reply.text}\n{more.text}"
    return replace(reply, text=text, buttons=(*more.buttons, *reply.buttons)[:MOST_CHOICES])
