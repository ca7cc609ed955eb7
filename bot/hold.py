"""A channel that does not work is left alone for everybody, and tried again with one message."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Connection

from bot.channels.channel import Again, SendFailed
from bot.database import reading
from bot.logs import log
from bot.runtime import Runtime
from bot.store.channel_states import Held, free_channel, held_channels, hold_channel, take_try

# One citizen's bad luck must not cost the others much, and replies go within 60 s once they can.
FIRST, LONGEST = timedelta(seconds=5), timedelta(seconds=20)
LOOK_EVERY = 1.0  # seconds between looks at what other workers found out
FAILURES_IN_A_ROW = 3

logger = log(__name__)


@dataclass(slots=True)
class Hold:
    """What one worker knows of one channel; what all know stands in the database."""

    runtime: Runtime
    channel: str
    _failures: int = 0
    _held: Held | None = None
    _looked: float = field(default=-LOOK_EVERY)

    def most(self, wanted: int) -> int:
        """How many messages may be claimed: none while held, then one to try with."""
        self._look()
        if self._held is None:
            return wanted
        return 0 if self._is_paused(self._held) else min(wanted, 1)

    def _is_paused(self, held: Held) -> bool:
        """Whether the pause is under way; one of a clock set back since is over."""
        return timedelta() < held.paused_until - self.runtime.now() <= LONGEST

    def may_try(self, connection: Connection, now: datetime) -> bool:
        """Whether messages claimed in this transaction may go; of all workers one may try."""
        if self._held is None:
            return True
        if not take_try(connection, self.channel, now, now + LONGEST):
            self._looked = -LOOK_EVERY  # another worker tries, or it works again
            return False
        self._held = replace(self._held, paused_until=now + LONGEST)
        return True

    def worked(self) -> None:
        """The carrier took a message, or judged one."""
        self._failures = 0
        if self._held is None:
            return
        with self.runtime.engine.begin() as connection:
            free_channel(connection, self.channel)
        logger.info("channel.works_again", channel=self.channel)
        self._held = None

    def failed(self, failure: SendFailed) -> None:
        """The carrier did not take a message; hold the channel when it is not the message."""
        answered = failure.code and not failure.code.startswith("HTTP ")
        if failure.again is Again.HALT:
            self._begin(failure.reason, loud=True)
        elif failure.again in (Again.NEVER, Again.CLOSED) and answered:
            self.worked()  # it judged the message, so the way to it and our account are good
        elif failure.again in (Again.LATER, Again.UNSURE) and not answered:
            self._failures += 1  # not reached, no answer, or one of a server that is broken
            if self._failures >= FAILURES_IN_A_ROW or self._held:
                self._begin(failure.reason, loud=False)

    def _begin(self, reason: str, loud: bool) -> None:
        now = self.runtime.now()
        if self._held and now < self._held.paused_until and reason == self._held.reason:
            return
        since = self._held.since if self._held else now
        pause = LONGEST if self._held else FIRST
        self._held = Held(self.channel, now + pause, reason, since, loud)
        with self.runtime.engine.begin() as connection:
            hold_channel(connection, self._held)
        logger.error("channel.held", channel=self.channel, reason=reason, loud=loud)

    def _look(self) -> None:
        if monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = monotonic()
        with reading(self.runtime.engine) as connection:
            self._held = held_channels(connection).get(self.channel)
