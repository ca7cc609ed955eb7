"""The product follows a dossier that the sandbox moves in the national format."""

from bot.agencies import add_agency
from bot.core.national_form import Service
from bot.database import reading
from bot.national import NationalCall, register_national
from bot.runtime import Runtime, shifted_clock
from bot.store.dossiers import progress_by_codes, whole_dossiers
from bot.store.feed_keys import FeedKey
from sandbox.clock import Clock
from sandbox.dossiers import Dossier, Dossiers
from sandbox.national import dossier_call, progress_call
from tests.make import make_runtime


def tell(runtime: Runtime, call: dict[str, object]) -> list[str]:
    records = call["data"]
    assert isinstance(records, list)
    national = NationalCall(str(call["madonvi"]), Service(str(call["service"])), records)
    key = FeedKey("fk-1", "H32.02", all_agencies=False)
    return [str(one.outcome) for one in register_national(runtime, key, national)]


def test_every_step_of_the_longest_route_is_followed(database_url: str) -> None:
    runtime = make_runtime(database_url, now=shifted_clock(0))
    add_agency(runtime, "H32.02", "Sở Xây dựng")
    clock = Clock()
    [dossier] = [one for one in Dossiers(clock).all() if one.code == "H32.02-261118-0003"]
    assert tell(runtime, dossier_call(dossier)) == ["new"]
    for minutes in range(6, 0, -1):
        dossier.move_on(clock.now() - minutes * 60)
        assert tell(runtime, progress_call(dossier)) == ["changed"]
        tell(runtime, dossier_call(dossier))
        assert stands(runtime, dossier) == (dossier.step.name, dossier.step.status, True)


def stands(runtime: Runtime, dossier: Dossier) -> tuple[str, int, bool]:
    """Step and status as looked up, and whether the papers lie where the sandbox says."""
    with reading(runtime.engine) as connection:
        found = progress_by_codes(connection, [dossier.code])[dossier.code].progress
        row = whole_dossiers(connection, [dossier.code])[dossier.code]
    return found.step, found.status, row["at_desk"] is dossier.step.at_desk
