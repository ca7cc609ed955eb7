"""Which rungs an agency leaves to an event's notices: kept for all to come, never for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.change_agency import own_agency
from bot.core.agency import Agency, family, parents_of
from bot.core.agency_faults import Kind, Misfit, Refused, Stale
from bot.core.agency_ladder import EVENTS, Own, Rule, Rungs, in_order, rules_at, rungs_misfit
from bot.core.changed_facts import before_after
from bot.core.notice import NoticeEvent, Rung
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.settle_agencies import held, settle
from bot.store.agencies import all_agencies
from bot.store.agency_counts import phone_only
from bot.store.agency_ladders import keep_ladder, own_ladders
from bot.store.audit import write_deed


@dataclass(frozen=True, slots=True)
class Step:
    """An event's rungs at an agency, and what they come to.

    Shape: `inherited` is what would hold did the agency say nothing itself; `unreached` how many
           open dossiers of those who follow this rule have only a phone, which it leaves out.
    """

    rule: Rule
    inherited: Rule
    own: bool
    step_sms: bool
    unreached: int


def narrow_ladder(
    runtime: Runtime,
    actor: Actor | None,
    code: str,
    event: str,
    chosen: Sequence[str] | None,
    seen: str = "",
) -> Agency | Refused:
    """Leave an event's notices these rungs, at the agency and those that follow it.

    Shape: `chosen` None goes back to what is inherited; `seen` is what the agency itself said
           when the form was opened, commas between, "" for nothing.
    """
    if event not in EVENTS:
        return Refused((Misfit(Kind.RUNGS_BEYOND, event[:20], event[:20]),))
    known = NoticeEvent(event)
    misfit = rungs_misfit(known, chosen) if chosen is not None else None
    if misfit is not None:
        return Refused((misfit,))
    wished = in_order(chosen) if chosen is not None else None
    with runtime.engine.begin() as connection:
        agencies = held(connection)
        before = own_agency(agencies, actor, code)
        if before is None:
            return Refused((Misfit(Kind.UNKNOWN, "code", code),))
        said = own_ladders(connection).get(code, {}).get(known)
        if _text(said) != seen:
            return Refused(stale={event: Stale(seen, _text(said))})
        if wished == said:
            return before
        keep_ladder(connection, code, known, wished)
        detail = before_after({event: _text(said) or None}, {event: _text(wished) or None})
        deed = Deed("agency.ladder", code, "agency", code, detail)
        write_deed(connection, actor, runtime.now(), deed)
        changed = settle(runtime, connection, agencies)
    return changed.get(code, before)


def ladder_steps(runtime: Runtime, code: str) -> list[Step]:
    """The rungs of each event at an agency as they stand, from the first event to the last.

    Errors: KeyError for an unknown agency.
    """
    with reading(runtime.engine) as connection:
        agencies = {one.code: one for one in all_agencies(connection)}
        own = own_ladders(connection)
        below = family(parents_of(agencies), code)
        counts = phone_only(connection, below)
    silent = {**own, code: {}}
    usual = rules_at(agencies, silent, code)
    follow = {one: rules_at(agencies, own, one) for one in sorted(below)}
    return [
        _step(place, agencies[code], own, (rule, usual[place]), (follow, counts))
        for place, rule in enumerate(follow[code])
    ]


def _step(
    place: int,
    agency: Agency,
    own: Own,
    rules: tuple[Rule, Rule],
    below: tuple[Mapping[str, Sequence[Rule]], Mapping[str, int]],
) -> Step:
    rule, inherited = rules
    follow, counts = below
    unreached = 0
    if Rung.SMS not in _tried(rule, agency):
        alike = (one for one, said in follow.items() if said[place].source == rule.source)
        unreached = sum(counts.get(one, 0) for one in alike)
    is_own = rule.event in own.get(agency.code, {})
    return Step(rule, inherited, is_own, agency.step_sms, unreached)


def _tried(rule: Rule, agency: Agency) -> Rungs:
    sms = rule.event is NoticeEvent.STEP and agency.step_sms
    return (*rule.rungs, Rung.SMS) if sms else rule.rungs


def _text(rungs: Rungs | None) -> str:
    return ",".join(rungs or ())
