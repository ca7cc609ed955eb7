"""An agency that was merged: its codes still work, and its citizens are told where to go now."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from sqlalchemy import event

from bot.agencies import add_agency, set_agency
from bot.change_agency import change_agency
from bot.core.agency import Agency
from bot.core.agency_faults import Refused
from bot.core.counter_moves import MoveKind
from bot.core.snapshot import Outcome
from bot.database import reading
from bot.foresee_apologies import foresee_apologies
from bot.narrow_ladder import ladder_steps, narrow_ladder
from bot.register import register_dossiers
from bot.rename_agency import NewName, names_in_turn, rename_agency
from bot.settle_agencies import turn_agencies
from bot.slip_record import Press
from bot.store.agencies import serving_agency
from bot.store.feed_keys import FeedKey
from tests.bot.counter_place import Counter
from tests.bot.notice_stage import CODE, Stage, make_stage, result
from tests.bot.owing import make_told, numbered
from tests.conversation import make_house
from tests.proving import PHONE as MOBILE
from tests.proving import prove

YESTERDAY, TOMORROW = "2026-11-24", "2026-11-26"


def merge(stage: Stage, ends: str = YESTERDAY) -> None:
    add_agency(stage.runtime, "H33", "UBND xã Mới", sms_name="UBND xa Moi")
    set_agency(stage.runtime, "H32", valid_to=ends, successor="H33", step_sms=True)


def test_a_notice_names_the_desk_that_serves_the_dossier_now(database_url: str) -> None:
    stage = make_stage(database_url)
    merge(stage)
    stage.follow()
    result(stage)
    [(_, said)] = stage.chat.taken
    assert said.endswith("Bộ phận Một cửa UBND xã Mới để nhận kết quả")
    stage.feed(4, "Thẩm định lại")
    assert stage.notices()[-1].event == "correction"


def test_the_successor_is_named_from_the_day_after_the_end(database_url: str) -> None:
    stage = make_stage(database_url)
    merge(stage, ends="2026-11-25")
    stage.follow()
    assert turn_agencies(stage.runtime) == 0
    stage.clock.move(hours=24)
    assert turn_agencies(stage.runtime) == 1
    result(stage)
    assert "UBND xã Mới" in stage.chat.taken[-1][1]


def test_an_sms_has_the_successors_short_name_and_the_old_switches_hold(sqlite_url: str) -> None:
    stage = make_stage(sqlite_url, zalo_templates={})
    merge(stage)
    stage.feed(4, "Ký duyệt")  # a step, which the old agency tells by SMS
    stage.clock.move(minutes=1)
    result(stage)
    assert stage.sms.taken[1][1].split(" de nhan")[0][-11:] == "UBND xa Moi"


def test_keys_of_old_new_and_the_former_parent_feed_and_nothing_new_is_lost(
    database_url: str,
) -> None:
    place = Counter(database_url)
    add_agency(place.runtime, "H33", "UBND xã Mới")
    set_agency(place.runtime, "H32.15", valid_to=YESTERDAY, successor="H33")
    told = make_told()
    for number, agency in enumerate(("H32.15", "H33", "H32"), start=1):
        [first, again] = register_dossiers(
            place.runtime, FeedKey("fk", agency, False), [numbered(told, number)] * 2
        )
        assert (first.outcome, first.warnings) == (Outcome.NEW, ("agency.ended:H33",))
        assert (again.outcome, again.warnings) == (Outcome.REPEAT, ())
    foreign = register_dossiers(
        place.runtime, FeedKey("fk", "H32.15", False), [replace(numbered(told, 9), agency="H33")]
    )
    assert foreign[0].outcome is Outcome.REFUSED


def test_the_counter_takes_in_nothing_new_and_names_who_does(database_url: str) -> None:
    place = Counter(database_url)
    taken = place.take_in()
    add_agency(place.runtime, "H33", "UBND xã Mới")
    set_agency(place.runtime, "H32.15", valid_to=YESTERDAY, successor="H33")
    assert place.faults()["agency"] == (
        "Sở Nông nghiệp và Môi trường đã ngừng tiếp nhận hồ sơ mới sau ngày 24/11/2026. Mời tiếp "
        "nhận tại UBND xã Mới (mã H33)."
    )
    place.move(taken.code, MoveKind.RESULT)  # what is there goes on
    set_agency(place.runtime, "H32.15", valid_from=TOMORROW, valid_to="", successor="")
    assert "tiếp nhận hồ sơ từ ngày 26/11/2026" in place.faults()["agency"]
    with reading(place.runtime.engine) as connection:
        serving = serving_agency(connection, "H32.15")
    assert serving is not None
    assert Press(place.runtime).office(serving).name == "Sở Nông nghiệp và Môi trường"


def test_a_citizen_who_asks_for_theirs_reads_where_to_go_now(database_url: str) -> None:
    house = make_house(database_url, sms_gateway="esms")
    house.feed(phone=MOBILE)
    prove(house)
    add_agency(house.runtime, "H56.20", "UBND phường Nha Trang")
    set_agency(house.runtime, "H56.14", valid_to=YESTERDAY, successor="H56.20")
    said = house.say("hồ sơ của tôi")
    assert "UBND phường Nha Trang" in said
    assert "UBND phường Mẫu" not in said


def test_left_out_rungs_count_for_the_next_notice_and_are_named(database_url: str) -> None:
    stage = make_stage(database_url)
    for kind in ("result", "apology"):
        narrowed = narrow_ladder(stage.runtime, None, "H32", kind, ["template_uid", "chat"])
        assert isinstance(narrowed, Agency)
    [step] = [one for one in ladder_steps(stage.runtime, "H32") if one.rule.event == "result"]
    assert (step.own, step.unreached, step.inherited.source) == (True, 1, None)
    [foreseen] = foresee_apologies(stage.runtime, stage.clock().replace(day=4, month=12))
    assert foreseen.channel == "none"
    result(stage)
    assert (stage.last().state, stage.texts) == ("skipped", 0)
    assert stage.last().reason.endswith(
        "template_phone: left out by the agency; sms: left out by the agency"
    )
    narrow_ladder(stage.runtime, None, "H32", "result", None, seen="chat,template_uid")
    stage.clock.move(minutes=1)
    stage.feed(4, "Thẩm định lại")
    stage.clock.move(minutes=1)
    result(stage)
    assert (stage.last().event, stage.last().state) == ("result", "sent")


def test_a_batch_of_notices_asks_for_agencies_once(database_url: str) -> None:
    stage = make_stage(database_url)
    merge(stage)
    narrow_ladder(stage.runtime, None, "H33", "result", ["chat"])
    stage.feed(9, "Trả kết quả")
    stage.feed(9, "Trả kết quả", code=CODE[:-1] + "2")
    asked: list[str] = []
    event.listen(stage.runtime.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    stage.work()
    assert len([one for one in asked if "FROM agency" in one and "FROM dossier" not in one]) == 1
    assert {one.state for one in stage.notices()[-2:]} == {"skipped"}


def race(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    barrier = Barrier(2)

    def begin(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(begin, (first, second)))


def test_two_administrators_at_once_close_no_circle(database_url: str) -> None:
    place = Counter(database_url)
    runtime = place.runtime

    def follow(code: str, other: str) -> Callable[[], object]:
        given = {"valid_to": YESTERDAY, "successor": other}
        return lambda: change_agency(runtime, None, code, given)

    for number in range(5):
        one, two = f"H9.{number}.a", f"H9.{number}.b"
        add_agency(runtime, one, "Một")
        add_agency(runtime, two, "Hai")
        outcomes = race(follow(one, two), follow(two, one))
        assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]


def test_a_name_that_begins_late_does_not_come_back_over_a_newer_one(sqlite_url: str) -> None:
    place = Counter(sqlite_url)
    for name, since in (("Xã Một", "2026-11-26"), ("Xã Hai", "2026-11-27")):
        renamed = rename_agency(place.runtime, None, "H32.15", NewName(name, "", since))
        assert isinstance(renamed, Agency)
    place.clock.move(days=3)  # and no worker ran meanwhile
    assert isinstance(
        rename_agency(place.runtime, None, "H32.15", NewName("Xã Ba", "", "2026-11-28")), Agency
    )
    turn_agencies(place.runtime)
    with reading(place.runtime.engine) as connection:
        serving = serving_agency(connection, "H32.15")
    assert serving is not None
    assert serving.name == "Xã Ba"
    spans = [
        (one.name, one.until and one.until.day) for one in names_in_turn(place.runtime, "H32.15")
    ]
    assert spans[1:] == [("Xã Một", 26), ("Xã Hai", 27), ("Xã Ba", None)]
