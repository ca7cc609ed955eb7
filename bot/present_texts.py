"""Words that were changed reach every process within seconds, and no reply half way through."""

from dataclasses import replace
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from bot.database import reading
from bot.logs import log
from bot.runtime import Runtime
from bot.store.wordings import changed_words, words_version
from bot.texts.changed import with_changes
from bot.texts.present import NEVER, PresentTexts
from bot.texts.uses import load_uses

LOOK_EVERY = 2.0  # seconds; in between nothing is asked

logger = log(__name__)


def look(runtime: Runtime) -> None:
    """Take over words that were changed meanwhile: one small query every 2 s of a process.

    Called outside of transactions, by whoever is about to say something. One thread asks, the
    others go on with the words they have; only what a process says first waits for its answer.
    A database that does not answer changes nothing: what is known is said.
    """
    wording = runtime.wording
    if wording.held or monotonic() - wording.looked_at < LOOK_EVERY:
        return
    if not wording.looking.acquire(blocking=wording.looked_at == NEVER):
        return
    try:
        if monotonic() - wording.looked_at >= LOOK_EVERY:
            _take_over(runtime, wording)
    except SQLAlchemyError as fault:
        logger.warning("texts.away", fault=type(fault).__name__)
    finally:
        wording.looked_at = monotonic()
        wording.looking.release()


def look_anew(runtime: Runtime) -> None:
    """Take over at once what this process has just changed."""
    runtime.wording.looked_at = NEVER
    look(runtime)


def steady(runtime: Runtime) -> Runtime:
    """The same runtime for one piece of work, whose words do not change under it."""
    look(runtime)
    if runtime.wording.held:
        return runtime
    return replace(runtime, wording=runtime.wording.hold())


def _take_over(runtime: Runtime, wording: PresentTexts) -> None:
    with reading(runtime.engine) as connection:
        version = words_version(connection)
        if version == wording.version:
            return
        changed = changed_words(connection)
    catalogue, faults = with_changes(wording.shipped, load_uses(), changed)
    for key, why in faults.items():
        logger.error("texts.broken", key=key, why=why, do="see: python -m bot doctor")
    wording.catalogue, wording.version = catalogue, version
