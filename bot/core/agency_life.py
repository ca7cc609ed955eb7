"""How agencies begin, end and follow each other: who does whose work, and what cannot be."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from datetime import date, timedelta

from bot.core.agency import Agency, family, parents_of
from bot.core.agency_faults import Kind, Misfit

DAY = timedelta(days=1)


def served_by(agencies: Mapping[str, Agency], code: str, day: date) -> str | None:
    """Who does the work of an agency that day, down the line of successors; None for itself."""
    seen = [code]
    while agencies[seen[-1]].has_ended(day):
        follower = agencies[seen[-1]].successor
        if follower is None or follower not in agencies or follower in seen:
            break
        seen.append(follower)
    return seen[-1] if len(seen) > 1 else None


def place_misfits(
    agencies: Mapping[str, Agency], wished: Agency, covered: Set[str] | None = None
) -> Iterator[Misfit]:
    """What is wrong with where an agency would stand and whom it would be followed by.

    Shape: `agencies` as they are stored; `covered` those that may be named, None for all. What
           stays as it was is not judged anew.
    """
    before = agencies.get(wished.code)
    if before is None or before.parent != wished.parent:
        yield from _parent(agencies, wished, covered)
    if before is None or _life(before) != _life(wished):
        yield from _dates(agencies, wished, covered)


def _life(one: Agency) -> tuple[date | None, date | None, str | None]:
    return one.valid_from, one.valid_to, one.successor


def _parent(
    agencies: Mapping[str, Agency], wished: Agency, covered: Set[str] | None
) -> Iterator[Misfit]:
    parent = wished.parent
    if parent is None:
        if covered is not None:
            yield Misfit(Kind.PARENT_NONE, "parent")
    elif parent not in agencies and parent != wished.code:
        yield Misfit(Kind.UNKNOWN, "parent", parent)
    elif stands_below(agencies, wished.code, parent):
        yield Misfit(Kind.PARENT_BELOW, "parent", parent, wished.code)
    elif covered is not None and parent not in covered:
        yield Misfit(Kind.BEYOND, "parent", parent)


def _dates(
    agencies: Mapping[str, Agency], wished: Agency, covered: Set[str] | None
) -> Iterator[Misfit]:
    begins, ends, successor = _life(wished)
    if begins is not None and ends is not None and ends < begins:
        yield Misfit(Kind.DATES_ORDER, "valid_to", _shown(ends), _shown(begins))
    if successor is not None:
        yield from _successor(agencies, wished, successor, covered)
    for one in agencies.values():
        if one.successor == wished.code and _fault_between(one, wished) is not None:
            yield Misfit(Kind.FOLLOWED, "valid_to", one.code, _shown(one.valid_to))


def _successor(
    agencies: Mapping[str, Agency], wished: Agency, successor: str, covered: Set[str] | None
) -> Iterator[Misfit]:
    if successor not in agencies and successor != wished.code:
        yield Misfit(Kind.UNKNOWN, "successor", successor)
    elif stands_below(agencies, wished.code, successor):
        yield Misfit(Kind.SUCCESSOR_BELOW, "successor", successor, wished.code)
    elif covered is not None and successor not in covered:
        yield Misfit(Kind.BEYOND, "successor", successor)
    elif wished.valid_to is None:
        yield Misfit(Kind.ENDS_NEVER, "valid_to", about=successor)
    else:
        kind = _fault_between(wished, agencies[successor])
        if kind is not None:
            follower = agencies[successor]
            day = follower.valid_from if kind is Kind.GAP else follower.valid_to
            yield Misfit(kind, "successor", successor, _shown(day))


def _fault_between(ending: Agency, follower: Agency) -> Kind | None:
    """Why one cannot take over when the other ends; None when it can."""
    if ending.valid_to is None:
        return None
    if follower.valid_from is not None and follower.valid_from > ending.valid_to + DAY:
        return Kind.GAP
    if follower.has_ended(ending.valid_to + DAY) and follower.successor is None:
        return Kind.SUCCESSOR_ENDED
    return None


def stands_below(agencies: Mapping[str, Agency], code: str, other: str) -> bool:
    """Whether `other` is an agency itself, or comes to it by parents and successors.

    Put above the agency, or made to follow it, it would close a circle, on some day at least:
    whose parent counts until its end, and whose successor from then on.
    """
    waiting, seen = [other], set[str]()
    while waiting:
        step = waiting.pop()
        if step == code:
            return True
        if step in agencies and step not in seen:
            seen.add(step)
            one = agencies[step]
            waiting += [up for up in (one.parent, one.successor) if up is not None]
    return False


def fed_by(agencies: Mapping[str, Agency], code: str) -> frozenset[str]:
    """Whose dossiers a key of this agency feeds: its own, and of all below it.

    Also of those that stood below it until they were merged elsewhere: software goes on telling
    of their dossiers with the key it has, and nothing of it may be lost.
    """
    stood = {one.code: one.parent for one in agencies.values()}
    return family(parents_of(agencies), code) | family(stood, code)


def settled(agencies: Mapping[str, Agency], day: date) -> dict[str, Agency]:
    """The agencies with who does whose work that day."""
    return {
        code: replace(one, served_by=served_by(agencies, code, day))
        for code, one in agencies.items()
    }


def _shown(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
