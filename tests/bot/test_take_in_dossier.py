"""Intake at the counter: what is stored, owed and warned of, and what is not taken."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.agencies import set_agency
from bot.core.counter_draft import Draft, DraftPaper
from bot.core.snapshot import FeedDossier, Outcome, Ticks
from bot.database import reading
from bot.index_key import index_key
from bot.procedures import import_procedures, offered_procedures
from bot.runtime import Runtime
from bot.store.counter_tables import code_counter, intake
from bot.store.phone_states import count_failure
from bot.store.tables import dossier, dossier_change
from bot.take_in_dossier import Taken, promise, take_in_dossier
from bot.vault import blind_index
from tests.bot.counter_place import BIRTH, COPY, DRAFT, LAND, PROCEDURES, Counter
from tests.bot.owing import make_told
from tests.make import NOW

FIRST = "H32.15-261125-0001"
CLERKS = 50


@pytest.fixture
def counter(database_url: str) -> Counter:
    return Counter(database_url)


@pytest.fixture
def lite(sqlite_url: str) -> Counter:
    return Counter(sqlite_url)


def with_phone(typed: str) -> Draft:
    return replace(DRAFT, phone=typed)


def feed_dossier(code: str) -> FeedDossier:
    return replace(make_told(), code=code)


def fail_twice(counter: Counter) -> None:
    number = blind_index(index_key(counter.runtime), "+84905123456")
    for _ in range(2):
        with counter.runtime.engine.begin() as connection:
            count_failure(connection, number, NOW)


def count(runtime: Runtime, table: Any) -> int:
    with reading(runtime.engine) as connection:
        return int(connection.scalar(select(func.count()).select_from(table)) or 0)


# What is stored


def test_an_intake_is_told_through_the_feeds_door(counter: Counter) -> None:
    taken = counter.take_in()
    assert (taken.code, taken.again, taken.warnings) == (FIRST, False, ())
    assert taken.due_at == datetime(2026, 12, 2, 2, 0, tzinfo=UTC)  # five working days later, 09:00
    told = counter.opened(FIRST).told
    assert (told.status, told.step, told.agency) == (2, "Tiếp nhận hồ sơ", "H32.15")
    assert (told.times.received_at, told.changed_at) == (NOW, NOW)
    assert (told.owner_name, told.phone) == ("Trần Thị Bình", "+84905123456")
    assert told.notify == Ticks(zalo=True, sms=True)
    [passage] = counter.opened(FIRST).history
    assert (passage.who, passage.status) == ("lan", 2)
    assert counter.owed() == [("received", "waiting")]
    assert counter.bell.rung == ["notice"]


def test_what_only_slips_say_is_kept_sealed(counter: Counter) -> None:
    counter.take_in(owner="Nguyễn Văn An", fees="20.000 đồng", collect_at="Tại nhà", note="gấp")
    facts = counter.opened(FIRST).facts
    assert facts is not None
    assert (facts.submitter.name, facts.submitter.address) == ("Trần Thị Bình", "12 Lê Lợi")
    assert facts.owner is not None
    assert facts.owner.name == "Nguyễn Văn An"
    assert [(one.name, one.originals, one.copies) for one in facts.papers] == [
        ("Đơn đăng ký", 1, None),
        ("Giấy chứng nhận", 1, 2),
    ]
    assert (facts.fees, facts.duration, facts.sets) == ("20.000 đồng", "05 ngày làm việc", 1)
    with reading(counter.runtime.engine) as connection:
        sealed = connection.execute(select(intake.c.facts)).scalar_one()
    assert "Trần".encode() not in sealed


def test_the_audit_trail_names_the_code_and_no_person(counter: Counter) -> None:
    counter.take_in()
    [deed] = counter.deeds("intake.saved")
    assert (deed.login, deed.agency_code, deed.about_key) == ("lan", "H32.15", FIRST)
    assert "Bình" not in deed.detail
    counter.opened(FIRST)
    assert [one.about_key for one in counter.deeds("dossier.opened")] == [FIRST]


def test_a_procedure_without_days_promises_none_and_a_same_day_one_the_closing(
    lite: Counter,
) -> None:
    assert lite.take_in("press-0001", procedure=BIRTH).due_at is None
    closing = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert lite.take_in("press-0002", procedure=COPY).due_at == closing
    assert promise(lite.runtime, lite.lan, "H32.15", COPY) == closing
    assert lite.owed() == [("received", "waiting")]  # none for what is given at once


def test_the_hours_of_the_agency_or_of_the_one_above_hold(lite: Counter) -> None:
    set_agency(lite.runtime, "H32", work_hours="07:30-11:30,13:00-16:30")
    assert promise(lite.runtime, lite.lan, "H32.15", COPY) == datetime(
        2026, 11, 25, 9, 30, tzinfo=UTC
    )
    set_agency(lite.runtime, "H32.15", work_hours="08:00-12:00")
    assert promise(lite.runtime, lite.lan, "H32.15", COPY) == datetime(
        2026, 11, 25, 5, 0, tzinfo=UTC
    )


def test_a_promise_in_a_year_without_its_notice_is_warned_of(lite: Counter) -> None:
    lite.clock.moment = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
    [warned] = lite.take_in().warnings
    assert "2027" in warned


# Codes


def test_codes_count_up_by_agency_and_day(counter: Counter) -> None:
    codes = [counter.take_in(f"press-{number:04d}").code for number in range(3)]
    assert codes == [f"H32.15-261125-000{number}" for number in (1, 2, 3)]
    above = counter.clerk("an", "H32")
    taken = take_in_dossier(counter.runtime, above, replace(DRAFT, agency="H32"), "press-top1")
    assert isinstance(taken, Taken)
    assert taken.code == "H32-261125-0001"
    counter.clock.move(days=1)
    assert counter.take_in("press-next").code == "H32.15-261126-0001"


def test_the_day_of_a_code_is_the_provinces(lite: Counter) -> None:
    lite.clock.moment = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
    assert lite.take_in().code == FIRST


def test_a_code_that_software_has_given_out_is_passed_over(counter: Counter) -> None:
    counter.feed(*(feed_dossier(f"H32.15-261125-000{number}") for number in (1, 2)))
    assert counter.take_in().code == "H32.15-261125-0003"


def test_a_code_that_software_of_another_agency_has_given_out_is_passed_over(lite: Counter) -> None:
    told = make_told()
    taken = FeedDossier(FIRST, "H32", told.procedure, told.step, 4, told.changed_at)
    assert lite.feed(taken) == [Outcome.NEW]
    assert lite.take_in().code == "H32.15-261125-0002"


def test_the_ten_thousandth_of_a_day_has_five_digits(lite: Counter) -> None:
    with lite.runtime.engine.begin() as connection:
        day = lite.runtime.today()
        connection.execute(code_counter.insert().values(agency_code="H32.15", day=day, last=9999))
    assert lite.take_in().code == "H32.15-261125-10000"


def test_the_head_of_the_codes_may_be_set(lite: Counter) -> None:
    set_agency(lite.runtime, "H32.15", code_head="000.00.17.h32")
    assert lite.take_in().code == "000.00.17.H32-261125-0001"


def test_an_agency_whose_codes_nobody_could_read_is_told_what_to_set(lite: Counter) -> None:
    lite.runtime.engine.dispose()
    from_above = lite.clerk("an", None)
    with lite.runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE agency SET code_head = 'SO-NN' WHERE code = 'H32.15'")
    outcome = take_in_dossier(lite.runtime, from_above, DRAFT, "press-head")
    assert not isinstance(outcome, Taken)
    assert "--code-head" in outcome.fields["agency"]


def test_fifty_clerks_at_once_get_fifty_codes_without_a_gap(counter: Counter) -> None:
    barrier = Barrier(CLERKS)

    def work(number: int) -> str:
        barrier.wait(60)
        return counter.take_in(f"press-{number:04d}").code

    with ThreadPoolExecutor(CLERKS) as pool:
        codes = sorted(pool.map(work, range(CLERKS)))
    assert codes == [f"H32.15-261125-{number:04d}" for number in range(1, CLERKS + 1)]
    assert count(counter.runtime, dossier) == count(counter.runtime, intake) == CLERKS
    assert count(counter.runtime, dossier_change) == len(counter.rows()) == CLERKS


def test_a_number_whose_dossier_was_not_stored_is_given_back(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(type(counter.runtime.vault), "seal", unable_to_seal)
        with pytest.raises(RuntimeError, match="no key"):
            counter.take_in()
    assert count(counter.runtime, dossier) == count(counter.runtime, code_counter) == 0
    assert counter.take_in().code == FIRST


def unable_to_seal(_vault: object, _plain: object) -> bytes:
    raise RuntimeError("no key")


# One press, one dossier


def test_a_second_press_gives_the_first_dossier_again(counter: Counter) -> None:
    first, second = counter.take_in(), counter.take_in()
    assert (second.code, second.due_at, second.again) == (first.code, first.due_at, True)
    assert count(counter.runtime, dossier) == 1
    assert counter.take_in("press-0002").code == "H32.15-261125-0002"


def test_two_presses_at_once_make_one_dossier(counter: Counter) -> None:
    barrier = Barrier(6)

    def press(_: int) -> Taken:
        barrier.wait(60)
        return counter.take_in()

    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(press, range(6)))
    assert {one.code for one in taken} == {FIRST}
    assert sorted(one.again for one in taken) == [False, *[True] * 5]
    assert counter.take_in("press-0002").code == "H32.15-261125-0002"


# What is not taken


def test_all_faults_are_named_at_once_by_their_fields(lite: Counter) -> None:
    faults = lite.faults(
        procedure="nothing",
        agency="H32.15",
        name=" ",
        phone="0258 3822 123",
    )
    assert set(faults) == {"procedure"}  # its papers and days decide the rest
    faults = lite.faults(
        name="12345",
        phone="0258 3822 123",
        email="lan@",
        owner_address="Huế",
        channel="pigeon",
        sets="nhiều",
        note="a" * 501,
        papers=(DraftPaper("Đơn", "x", "", "100"), DraftPaper("", "1")),
    )
    assert set(faults) == {
        "name", "phone", "email", "owner", "channel", "sets", "note",
        "papers.0.originals", "papers.0.copies", "papers.1.name",
    }  # fmt: skip
    assert "số cố định" in faults["phone"]
    assert count(lite.runtime, dossier) == count(lite.runtime, code_counter) == 0


def test_a_number_that_will_not_do_passes_once_the_clerk_stands_by_it(lite: Counter) -> None:
    outcome = take_in_dossier(lite.runtime, lite.lan, with_phone("0905 12"), "press-0001")
    assert not isinstance(outcome, Taken)
    assert (set(outcome.fields), outcome.to_confirm) == ({"phone"}, frozenset({"phone"}))
    lite.take_in(phone="0905 12", phone_confirmed=True)
    opened = lite.opened(FIRST)
    assert opened.told.phone is None
    assert opened.facts is not None
    assert opened.facts.submitter.phone == "0905 12"


def test_no_number_is_asked_about_only_where_messages_were_wanted(lite: Counter) -> None:
    assert set(lite.faults(phone="")) == {"phone"}
    lite.take_in(phone="", ticks=Ticks(sms=False))


def test_only_the_own_agencies_take_in(lite: Counter) -> None:
    assert set(lite.faults(agency="H32")) == {"agency"}
    assert set(lite.faults(agency="H99")) == {"agency"}


def test_a_retired_procedure_is_not_taken_in_and_those_before_keep_it(lite: Counter) -> None:
    lite.take_in()
    kept = "\n".join(PROCEDURES.splitlines()[:1] + PROCEDURES.splitlines()[2:])
    report = import_procedures(lite.runtime, None, "H32", kept.encode(), retire_missing=True)
    assert report.retired == 1
    assert "procedure" in lite.faults()
    procedure = lite.opened(FIRST).procedure
    assert procedure is not None
    assert procedure.code == LAND


def test_a_form_without_its_press_is_opened_anew(lite: Counter) -> None:
    outcome = take_in_dossier(lite.runtime, lite.lan, DRAFT, "")
    assert not isinstance(outcome, Taken)
    assert "Mở lại" in outcome.fields[""]


def test_the_warning_of_a_number_that_failed_comes_in_words(lite: Counter) -> None:
    assert offered_procedures(lite.runtime, lite.lan, "H32.15")
    lite.take_in()
    fail_twice(lite)
    [warned] = lite.take_in("press-0002").warnings
    assert "gửi không đến" in warned
