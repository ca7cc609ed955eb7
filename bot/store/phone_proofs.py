"""Phones on their way to being proved: codes asked for and tried."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, or_, select, text, update

from bot.core.delivery import State
from bot.core.phone_proof import Proof, ProofState
from bot.store.notice_tables import notice, phone_proof

PROOFS_LOCK = 7_204_115  # apart from other advisory locks of this product
MOST_AT_ONCE = 500  # ids in one statement

_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:lock)")


def take_turn(connection: Connection) -> None:
    """Let whoever writes proofs, links and follows go one after the other.

    Taken before the first of these writes and held until the transaction ends: codes for one
    phone are counted by one worker at a time, and two workers never wait for each other's links
    in a ring. On SQLite the transaction is the only writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TAKE_TURN, {"lock": PROOFS_LOCK})


def asked_since(
    connection: Connection, user_id: str, phone_index: bytes, since: datetime
) -> tuple[int, int]:
    """How many codes this citizen asked for since then, and how many were for this phone."""
    mine = phone_proof.c.user_id == user_id
    this = phone_proof.c.phone_index == phone_index
    row = connection.execute(
        select(
            func.count().filter(mine),
            func.count().filter(this),
        ).where(or_(mine, this), phone_proof.c.asked_at >= since)
    ).one()
    return int(row[0]), int(row[1])


def newest_proof(connection: Connection, user_id: str) -> Proof | None:
    """The code this citizen asked for last; None when there never was one."""
    row = connection.execute(
        select(
            phone_proof.c.id,
            phone_proof.c.phone_index,
            phone_proof.c.phone,
            phone_proof.c.code_mark,
            phone_proof.c.how,
            phone_proof.c.state,
            phone_proof.c.tries,
            phone_proof.c.expires_at,
            phone_proof.c.words_digest,
        )
        .where(phone_proof.c.user_id == user_id)
        .order_by(phone_proof.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    number, index, phone, mark, how, state, *rest = row
    return Proof(number, bytes(index), bytes(phone), bytes(mark), how, ProofState(state), *rest)


def add_proof(connection: Connection, values: dict[str, Any]) -> int:
    """Store a code that was asked for; its id."""
    fresh = insert(phone_proof).values(tries=0, state=ProofState.OPEN, **values)
    number: int = connection.scalars(fresh.returning(phone_proof.c.id)).one()
    return number


def count_try(connection: Connection, proof_id: int, tries: int, state: ProofState) -> None:
    """Record how often a code was tried, and what became of it."""
    connection.execute(
        update(phone_proof).where(phone_proof.c.id == proof_id).values(tries=tries, state=state)
    )


def drop_open_proofs(connection: Connection, user_id: str, until: datetime) -> list[int]:
    """End this citizen's open codes that were asked for until then; their ids."""
    ended = connection.execute(
        update(phone_proof)
        .where(
            phone_proof.c.user_id == user_id,
            phone_proof.c.state == ProofState.OPEN,
            phone_proof.c.asked_at <= until,
        )
        .values(state=ProofState.REPLACED)
        .returning(phone_proof.c.id)
    )
    return list(ended.scalars())


def blank_proofs(
    connection: Connection, user_id: str, until: datetime, today: datetime
) -> list[int]:
    """Wipe what this citizen's codes, asked for until then, tell of phones; their ids.

    Rows stay, because their ids name notices. Of those asked for since `today` the phone's keyed
    hash stays until the tidying, or else asking again would have no daily limit.
    """
    chosen = (phone_proof.c.user_id == user_id, phone_proof.c.asked_at <= until)
    connection.execute(
        update(phone_proof)
        .where(*chosen)
        .values(phone=b"", code_mark=b"", state=ProofState.REPLACED)
    )
    connection.execute(
        update(phone_proof).where(*chosen, phone_proof.c.asked_at < today).values(phone_index=b"")
    )
    return list(connection.scalars(select(phone_proof.c.id).where(*chosen)))


def blank_old_proofs(connection: Connection, before: datetime) -> None:
    """Wipe what codes asked for before then tell of phones: no limit counts them any more."""
    old = connection.scalars(
        select(phone_proof.c.id).where(
            phone_proof.c.asked_at < before, phone_proof.c.phone_index != b""
        )
    )
    ids = list(old)
    for start in range(0, len(ids), MOST_AT_ONCE):
        some = ids[start : start + MOST_AT_ONCE]
        blank_codes(connection, some)
        connection.execute(
            update(phone_proof)
            .where(phone_proof.c.id.in_(some))
            .values(phone=b"", phone_index=b"", code_mark=b"")
        )


def cancel_codes(
    connection: Connection, proof_ids: Collection[int], now: datetime, reason: str
) -> None:
    """Close the notices of these codes that no worker has in hand: they would cost for nothing.

    What a carrier took already stays what it is, but is not sent another way.
    """
    untouched = notice.c.state.in_((State.WAITING, State.HELD))
    state = case((untouched, str(State.SKIPPED)), else_=notice.c.state)
    _close_codes(connection, proof_ids, {"state": state, "closed_at": now, "reason": reason})


def code_came_back(connection: Connection, proof_id: int, now: datetime) -> None:
    """The citizen typed this code, so it has arrived, whatever its carrier says."""
    _close_codes(connection, [proof_id], {"state": str(State.DELIVERED), "closed_at": now})


def _close_codes(
    connection: Connection, proof_ids: Collection[int], values: dict[str, Any]
) -> None:
    if proof_ids:
        connection.execute(
            update(notice)
            .where(notice.c.key.in_(_keys(proof_ids)), notice.c.due_at.is_not(None))
            .where(notice.c.claim.is_(None))
            .values(due_at=None, secret=None, **values)
        )


def blank_codes(connection: Connection, proof_ids: Sequence[int]) -> None:
    """Wipe the phone from the notices of these codes that are closed."""
    if proof_ids:
        connection.execute(
            update(notice)
            .where(notice.c.key.in_(_keys(proof_ids)), notice.c.due_at.is_(None))
            .values(phone=None, secret=None, recipient="")
        )


def _keys(proof_ids: Collection[int]) -> list[str]:
    return [f"otp:{number}" for number in sorted(proof_ids)]
