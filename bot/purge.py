"""What is past its keeping time is wiped or deleted, some rows a transaction, and reported."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import Connection, and_

from bot.core.phone_proof import day_began
from bot.core.staff import Deed
from bot.database import reading
from bot.drop_months import drop_month, past_months
from bot.index_key import index_key
from bot.logs import log
from bot.nameless_dossiers import make_nameless
from bot.retention import RetentionRule, load_retention
from bot.runtime import Runtime
from bot.send_journal import drop_journals, old_journals
from bot.store import nameless
from bot.store.audit import write_deed
from bot.store.past_months import oldest_row
from bot.store.purge_runs import (
    PurgeLine,
    begin_line,
    begin_run,
    count_purged,
    end_line,
    end_run,
    ended_since,
    lines_of,
    open_run,
)
from bot.store.purges import (
    PURGES,
    Purge,
    count_past,
    oldest_left,
    past_keys,
    purge_rows,
)

ROWS = 1_000  # of one transaction
DOSSIERS = 100  # of one transaction: each is opened and sealed anew
QUIET_FROM, QUIET_UNTIL = 2, 5  # local hours: nobody waits for anything then
SLICE_SECONDS = 5.0  # of one run of the timed job, so that no other waits long; the next goes on
NIGHTLY, COMMAND = "nightly", "command"

logger = log(__name__)


def purge(runtime: Runtime, dry_run: bool = False) -> list[PurgeLine]:
    """Purge all that is past its time now; a line for each rule. A dry run only counts.

    Safe to kill, and beside another purge: rows are chosen anew in each transaction.
    """
    with runtime.engine.begin() as connection:
        run_id = begin_run(connection, COMMAND, dry_run, runtime.now())
    run = _Run(runtime, run_id, dry_run)
    run.go_on(lambda: False)
    return run.report()


def purge_if_due(runtime: Runtime) -> bool:
    """The night's purge, a few seconds of it; True when it did something.

    It begins in the quiet hours, once a night, and goes on until it is through or they end.
    """
    now = runtime.now()
    hour = now.astimezone(runtime.settings.zone).hour
    if not QUIET_FROM <= hour < QUIET_UNTIL:
        return False
    tonight = day_began(now, runtime.settings.zone)
    with runtime.engine.begin() as connection:
        if ended_since(connection, NIGHTLY, tonight):
            return False
        found = open_run(connection, NIGHTLY, tonight)
        run_id = found or begin_run(connection, NIGHTLY, False, now)
    until = monotonic() + SLICE_SECONDS
    _Run(runtime, run_id, dry_run=False).go_on(lambda: monotonic() >= until)
    return True


def whole_month_rules() -> list[RetentionRule]:
    """The rules by which whole months are dropped."""
    rules = load_retention().rules
    return [rules[name] for name, what in PURGES.items() if what.by == "months"]


@dataclass(slots=True)
class _Run:
    """One purge, begun or gone on with."""

    runtime: Runtime
    run_id: int
    dry_run: bool
    rules: Mapping[str, RetentionRule] = field(default_factory=lambda: load_retention().rules)

    def go_on(self, is_over: Callable[[], bool]) -> None:
        """Do what is left, rule by rule, until it is done or time is over."""
        done = {line.rule for line in self.report() if line.finished_at}
        for name, rule in self.rules.items():
            if name not in done and not self._carry_out(name, rule, is_over):
                return
        self._end()

    def report(self) -> list[PurgeLine]:
        """What was done, in the order of the rules."""
        with reading(self.runtime.engine) as connection:
            lines = lines_of(connection, self.run_id)
        return [lines[name] for name in self.rules if name in lines]

    def _carry_out(self, name: str, rule: RetentionRule, is_over: Callable[[], bool]) -> bool:
        """One rule; False when time was over before it was through."""
        if rule.folder:
            return self._files(name, rule)
        what, before = PURGES[name], self.runtime.now() - rule.kept
        if what.by == "months":
            return self._months(name, rule, is_over)
        with reading(self.runtime.engine) as connection:
            found = count_past(connection, what, before)
        with self.runtime.engine.begin() as connection:
            begin_line(connection, self.run_id, name, found)
        for _ in () if self.dry_run else self._batches(name, what, before):
            if is_over():
                return False
        with reading(self.runtime.engine) as connection:
            oldest = oldest_left(connection, what)
        with self.runtime.engine.begin() as connection:
            end_line(connection, self.run_id, name, oldest, self.runtime.now())
        return True

    def _months(self, name: str, rule: RetentionRule, is_over: Callable[[], bool]) -> bool:
        """Whole months; those that have to stay yet are shown by `python -m bot months`."""
        past = past_months(self.runtime, rule.table, self.runtime.now() - rule.kept)
        found = [one for one in past if not one.stays]
        with self.runtime.engine.begin() as connection:
            begin_line(connection, self.run_id, name, sum(one.going for one in found))
        for one in () if self.dry_run else found:
            drop_month(self.runtime, one, lambda db, rows: self._note(db, name, rows))
            if is_over():
                return False
        with reading(self.runtime.engine) as connection:
            oldest = oldest_row(connection, rule.table)
        with self.runtime.engine.begin() as connection:
            end_line(connection, self.run_id, name, oldest, self.runtime.now())
        return True

    def _note(self, connection: Connection, name: str, rows: int) -> None:
        count_purged(connection, self.run_id, name, rows)

    def _batches(self, name: str, what: Purge, before: datetime) -> Iterator[int]:
        """Purge by one rule, a transaction at a time; how many rows each did.

        Keys are looked for while others may write; a row that is not past its time any more when
        its turn comes stays as it is.
        """
        after, rows = None, DOSSIERS if what.by == "dossiers" else ROWS
        while True:
            with reading(self.runtime.engine) as connection:
                keys = past_keys(connection, what, before, after, rows)
            if not keys:
                return
            with self.runtime.engine.begin() as connection:
                done = self._some(connection, what, keys, before)
                count_purged(connection, self.run_id, name, done)
            after = keys[-1]
            yield done

    def _some(
        self, connection: Connection, what: Purge, keys: Sequence[Any], before: datetime
    ) -> int:
        still = what.past(before)
        if what.by == "dossiers":
            key = index_key(self.runtime)
            these = and_(what.key.in_(keys), still)
            rows = nameless.hold_dossiers_of(connection, these, len(keys))
            return make_nameless(self.runtime, connection, key, rows)[0]
        if what.by == "notices":
            return nameless.nameless_notices(connection, keys, still)
        if what.by == "recipients":
            return nameless.nameless_recipients(connection, keys, still)
        return purge_rows(connection, what, keys, before)

    def _files(self, name: str, rule: RetentionRule) -> bool:
        folder = self.runtime.settings.var_dir / rule.folder
        found = len(old_journals(folder, rule.kept.total_seconds()))
        done = 0 if self.dry_run else drop_journals(folder, rule.kept.total_seconds())
        with self.runtime.engine.begin() as connection:
            begin_line(connection, self.run_id, name, found)
            count_purged(connection, self.run_id, name, done)
            end_line(connection, self.run_id, name, None, self.runtime.now())
        return True

    def _end(self) -> None:
        lines = self.report()
        purged = sum(line.purged for line in lines)
        now = self.runtime.now()
        with self.runtime.engine.begin() as connection:
            end_run(connection, self.run_id, now)
            if not self.dry_run:
                deed = Deed("purge.done", None, "purge", str(self.run_id), {"purged": purged})
                write_deed(connection, None, now, deed)
        logger.info("purge.done", run=self.run_id, purged=purged, dry_run=self.dry_run)
