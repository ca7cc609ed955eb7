"""Whether Zalo answers and takes our token, tried because somebody at the console asks."""

from collections import Counter
from threading import Lock

from bot.core.staff import Actor, Deed
from bot.doctor import zalo_findings
from bot.finding import Finding
from bot.runtime import Runtime
from bot.store.audit import write_deed

_turn = Lock()


def try_carriers(runtime: Runtime, actor: Actor) -> list[Finding] | None:
    """Ask Zalo as the doctor does: one call that sends nothing, at most nine seconds.

    Result: None while another try of this process is under way. Templates and gateways would take
            longer than a page may; the doctor's command asks those.
    """
    if not _turn.acquire(blocking=False):
        return None
    try:
        found = list(zalo_findings(runtime))
    finally:
        _turn.release()
    levels = Counter(one.level for one in found)
    detail = {"fail": levels["fail"], "warn": levels["warn"]}
    with runtime.engine.begin() as connection:
        deed = Deed("channels.tried", actor.account.agency_code, "channel", "zalo", dict(detail))
        write_deed(connection, actor, runtime.now(), deed)
    return found
