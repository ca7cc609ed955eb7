"""The rungs that an agency leaves to an event's notices: fewer than the usual ones, never none.

Source: interfaces 5 (Rungs) fixes their order, and which an event may go down.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.core.agency import Agency, line_up, parents_of
from bot.core.agency_faults import Kind, Misfit
from bot.core.ladder import ORDER, RUNGS
from bot.core.notice import NoticeEvent, Rung

Rungs = tuple[Rung, ...]
Own = Mapping[str, Mapping[NoticeEvent, Rungs]]  # what each agency says itself, by its code
# A one-time code is of no agency.
EVENTS = tuple(event for event in NoticeEvent if event is not NoticeEvent.OTP)


@dataclass(frozen=True, slots=True)
class Rule:
    """The rungs of an event at an agency; `source` is the agency that says so, None for usual."""

    event: NoticeEvent
    rungs: Rungs
    source: str | None = None


def in_order(chosen: Iterable[str]) -> Rungs:
    """These rungs in the ladder's order, each once. Errors: ValueError for what is none."""
    wanted = {Rung(one) for one in chosen}
    return tuple(rung for rung in ORDER if rung in wanted)


def rungs_misfit(event: NoticeEvent, chosen: Iterable[str]) -> Misfit | None:
    """Why an event cannot be left these rungs; None when it can.

    A step goes by SMS where the agency's switch says so, and by no rule here.
    """
    chosen = tuple(chosen)
    if not chosen:
        return Misfit(Kind.RUNGS_NONE, event)
    usual = [str(rung) for rung in RUNGS[event]]
    beyond = [one for one in chosen if one not in usual]
    if beyond or event not in EVENTS:
        return Misfit(Kind.RUNGS_BEYOND, event, ",".join(beyond), ",".join(usual))
    return None


def rules_at(agencies: Mapping[str, Agency], own: Own, code: str) -> tuple[Rule, ...]:
    """Each event's rungs at an agency: what it says, else the nearest above it, else the usual."""
    line = line_up(parents_of(agencies), code)
    return tuple(_rule(event, line, own) for event in EVENTS)


def _rule(event: NoticeEvent, line: Iterable[str], own: Own) -> Rule:
    for code in line:
        rungs = own.get(code, {}).get(event)
        if rungs is not None:
            return Rule(event, rungs, code)
    return Rule(event, RUNGS[event])


def ladder_text(rules: Iterable[Rule]) -> str:
    """What an agency's notices may go down where it is not the usual, to be kept beside it."""
    return ";".join(
        f"{one.event}:{','.join(one.rungs)}" for one in rules if one.rungs != RUNGS[one.event]
    )


@lru_cache(maxsize=1024)
def read_ladder(text: str) -> Mapping[NoticeEvent, Rungs]:
    """The rungs by event, where they are not the usual."""
    return dict(_read(text))


def _read(text: str) -> Iterator[tuple[NoticeEvent, Rungs]]:
    for part in filter(None, text.split(";")):
        event, _, rungs = part.partition(":")
        yield NoticeEvent(event), in_order(rungs.split(","))
