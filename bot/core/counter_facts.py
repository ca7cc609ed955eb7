"""What an intake keeps besides the dossier: who came, with which papers, and what became of it."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bot.core.counter_moves import MoveKind


@dataclass(frozen=True, slots=True, repr=False)
class Submitter:
    """Who handed the dossier in; `phone` as typed. The number of an identity paper is not kept."""

    name: str
    address: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Owner:
    """Whose dossier it is, where another hands it in."""

    name: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper that was handed in."""

    name: str
    originals: int | None = None
    certified: int | None = None
    copies: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Hop:
    """One move of the dossier, as slips and the control sheet print it.

    Shape: `by` is the account's login, `by_name` the name it had then; the due moments only where
           the move changed the promise.
    """

    kind: MoveKind
    at: datetime
    by: str
    by_name: str
    step: str
    reason: str | None = None
    items: tuple[str, ...] = ()
    handler: str | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class IntakeFacts:
    """What the slips say and no feed tells; personal, kept sealed.

    Shape: `duration` as printed; `channel` is desk, online or post; `hops` oldest first.
    """

    submitter: Submitter
    owner: Owner | None = None
    papers: tuple[KeptPaper, ...] = ()
    sets: int = 1
    fees: str | None = None
    collect_at: str | None = None
    channel: str = "desk"
    note: str | None = None
    duration: str = ""
    hops: tuple[Hop, ...] = ()

    def with_hop(self, hop: Hop) -> "IntakeFacts":
        """The same after one more move."""
        return replace(self, hops=(*self.hops, hop))

    def with_phone(self, typed: str) -> "IntakeFacts":
        """The same with another number of the submitter."""
        return replace(self, submitter=replace(self.submitter, phone=typed))

    @property
    def names(self) -> tuple[str, ...]:
        """By whom the dossier may be asked for."""
        return (self.submitter.name, *((self.owner.name,) if self.owner else ()))


def facts_text(facts: IntakeFacts) -> str:
    """One text of all that is kept, to be sealed."""
    return json.dumps(asdict(facts), ensure_ascii=False, default=datetime.isoformat)


def read_facts(text: str) -> IntakeFacts:
    """What facts_text() wrote."""
    plain = json.loads(text)
    return IntakeFacts(
        **{
            **plain,
            "submitter": Submitter(**plain["submitter"]),
            "owner": Owner(**plain["owner"]) if plain["owner"] else None,
            "papers": tuple(KeptPaper(**one) for one in plain["papers"]),
            "hops": tuple(_hop(one) for one in plain["hops"]),
        }
    )


def _hop(plain: dict[str, Any]) -> Hop:
    return Hop(
        **{
            **plain,
            "kind": MoveKind(plain["kind"]),
            "items": tuple(plain["items"]),
            "at": datetime.fromisoformat(plain["at"]),
            "due_before": _moment(plain["due_before"]),
            "due_after": _moment(plain["due_after"]),
        }
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
