"""Talks with clerks end: by their citizens' wish, or because nobody says anything any more."""

import json
from datetime import datetime

from bot.core.handover import SILENCE, UNANSWERABLE, WISH_KEPT, Ending
from bot.runtime import Runtime
from bot.store.handovers import close_quiet, close_talk, drop_wishes, erase_lines, open_talks
from bot.talk import Talk

ERASED = json.dumps({"text": "", "buttons": []})


def end_talk(talk: Talk, why: Ending) -> None:
    """End the citizen's open talk that began before this event, if there is one."""
    found = open_talks(talk.connection, [talk.user_id]).get(talk.user_id)
    if found and found.opened_at <= talk.at and close_talk(talk.connection, found.id, talk.at, why):
        talk.runtime.metrics.handovers.labels(f"closed {why}").inc()


def erase_talks(talk: Talk, until: datetime) -> bool:
    """Erase what was said in the citizen's talks that began by then; whether there was any."""
    nothing = talk.runtime.vault.seal(ERASED)
    return erase_lines(talk.connection, talk.user_id, until, nothing)


def end_quiet_talks(runtime: Runtime) -> int:
    """Close talks that are over without anybody saying so; how many.

    An unanswered question is not over after SILENCE: one of Friday would be gone on Monday.
    """
    now = runtime.now()
    with runtime.engine.begin() as connection:
        quiet = close_quiet(connection, now, now - SILENCE, now - UNANSWERABLE)
        wishes = drop_wishes(connection, now, now - WISH_KEPT)
    runtime.metrics.handovers.labels(f"closed {Ending.SILENCE}").inc(quiet)
    runtime.metrics.handovers.labels(f"closed {Ending.NO_CODE}").inc(wishes)
    return quiet + wishes
