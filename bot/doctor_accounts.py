"""The doctor's lines about accounts, their second factors, and the audit trail's chain."""

from collections.abc import Iterator
from datetime import timedelta

from bot.core.second_factor import needs_factor
from bot.database import reading
from bot.finding import Finding
from bot.runtime import Runtime
from bot.staff import Listed, list_accounts
from bot.store.audit_chain import last_check, last_seal

CHECK_FRESH = timedelta(hours=50)


def account_findings(runtime: Runtime) -> Iterator[Finding]:
    """Who still lacks a second factor, which accounts were not looked over, whom to write to."""
    opened = [one for one in list_accounts(runtime, None) if not one.disabled]
    yield _factors(runtime, opened)
    due = sum(one.review_due for one in opened)
    if due:
        why = f"{due} accounts were not looked over for six months"
        yield Finding("warn", "accounts.review", why, "open /console/ra-soat-quyen")
    else:
        yield Finding("ok", "accounts.review", f"{len(opened)} accounts, each looked over")
    if not runtime.settings.security_contact:
        yield Finding(
            "warn",
            "security_contact",
            "nobody is named for those who find a weakness",
            "set SECURITY_CONTACT, e.g. mailto:…",
        )
    yield from _trail(runtime)


def _factors(runtime: Runtime, opened: list[Listed]) -> Finding:
    needing = [one for one in opened if needs_factor(one.account.roles)]
    without = sum(not one.factor for one in needing)
    if runtime.settings.second_factor == "optional":
        why = f"is not required; {without} of {len(needing)} administrators and approvers have none"
        do = "remove SECOND_FACTOR unless this is a rehearsal"
        return Finding("warn", "accounts.second_factor", why, do)
    if without:
        why = f"{without} administrators or approvers set theirs up at the next log-in"
        return Finding("ok", "accounts.second_factor", why)
    return Finding("ok", "accounts.second_factor", "every administrator and approver has one")


def _trail(runtime: Runtime) -> Iterator[Finding]:
    now = runtime.now()
    with reading(runtime.engine) as connection:
        check, seal = last_check(connection), last_seal(connection)
    if check is None:
        yield Finding("warn", "audit.chain", "was never verified", "start a worker, see timed jobs")
    elif check.faults:
        yield Finding(
            "fail",
            "audit.chain",
            f"{check.faults} faults, the first: {check.first}",
            "run: python -m bot audit verify; keep the database as it is, see docs/threat-model.md",
        )
    elif now - check.at > CHECK_FRESH:
        why = f"was last verified at {check.at:%Y-%m-%d %H:%M} UTC"
        yield Finding("warn", "audit.chain", why, "see timed.check-audit")
    else:
        sealed = f", linked until {seal.sealed_at:%Y-%m-%d %H:%M} UTC" if seal else ""
        why = f"{check.entries} entries held at {check.at:%Y-%m-%d %H:%M} UTC{sealed}"
        yield Finding("ok", "audit.chain", why)
