"""After a leak: who saw which citizens' data, told from the trail alone."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from bot.breach_pack import SEEN, BreachPack, breach_pack
from bot.breach_words import ACTIONS, deed_sheet, sheets, summary
from bot.database import reading
from bot.find_dossiers import find_dossiers
from bot.open_dossier import open_dossier
from bot.sheet import csv_lines, write_xlsx
from bot.store.counter_tables import audit_entry
from tests.bot.counter_place import Counter
from tests.make import NOW

DAY = timedelta(days=1)


@pytest.fixture
def counter(database_url: str) -> Counter:
    return Counter(database_url)


def pack(counter: Counter, login: str = "", since: datetime = NOW - DAY) -> BreachPack:
    return breach_pack(counter.runtime, since, NOW + DAY, login)


def searches(counter: Counter) -> list[dict[str, Any]]:
    chosen = select(audit_entry).where(audit_entry.c.action == "dossier.searched")
    with reading(counter.runtime.engine) as connection:
        return [row._asdict() for row in connection.execute(chosen)]


def test_a_search_is_written_down_by_kind_and_mark_never_as_typed(counter: Counter) -> None:
    counter.take_in()
    for typed in ("0905 123 456", "Trần Thị Bình", "038199012345"):
        find_dossiers(counter.runtime, counter.lan, typed)
    phone, name, number = searches(counter)
    assert (phone["about"], len(phone["about_key"])) == ("phone", 64)
    assert (name["about"], len(name["about_key"])) == ("name", 20)
    assert (number["about"], number["about_key"]) == (None, None)
    assert '"found": 1' in phone["detail"]
    said = str(searches(counter))
    assert not [one for one in ("905123456", "0905", "Bình", "binh", "038199012345") if one in said]


def test_who_opened_and_who_only_found_a_dossier_is_told_apart(counter: Counter) -> None:
    code = counter.take_in().code
    other = counter.clerk("mai", "H32.15")
    open_dossier(counter.runtime, counter.lan, code)
    find_dossiers(counter.runtime, other, "tran thi binh")
    mine, hers = pack(counter, "lan"), pack(counter, "mai")
    [seen] = mine.dossiers.values()
    assert (seen.concerned.code, seen.kinds >= {"họ tên", "số điện thoại"}) == (code, True)
    [found] = hers.dossiers.values()
    assert found.kinds == {"họ tên", "số điện thoại che bớt"}
    assert (found.logins, len(hers.deeds), hers.subjects) == ({"mai"}, 1, 1)


def test_two_dossiers_of_one_phone_are_one_person(counter: Counter) -> None:
    for press in ("press-0001", "press-0002"):
        code = counter.take_in(press=press).code
        open_dossier(counter.runtime, counter.lan, code)
    found = pack(counter)
    assert (len(found.dossiers), found.subjects) == (2, 1)
    assert found.by_kind["số điện thoại"] == 1


def test_what_was_before_or_after_is_left_out(counter: Counter) -> None:
    open_dossier(counter.runtime, counter.lan, counter.take_in().code)
    assert pack(counter, since=NOW + timedelta(minutes=1)).deeds == []


def test_the_papers_name_the_duty_the_figures_and_no_citizen(counter: Counter) -> None:
    code = counter.take_in().code
    open_dossier(counter.runtime, counter.lan, code)
    found = pack(counter)
    said = summary(counter.runtime, found)
    assert "72 giờ" in said
    assert "Mẫu số 08" in said
    assert "nhiều nhất 1 người, 1 hồ sơ" in said
    table = "".join(csv_lines(deed_sheet(counter.runtime, found)))
    assert code in table
    assert "lan" in table
    assert "Bình" not in said + table
    book = write_xlsx(sheets(counter.runtime, found))
    assert BytesIO(book).read(2) == b"PK"


def test_every_deed_that_shows_somebodys_data_has_words_in_the_pack() -> None:
    assert set(ACTIONS) >= SEEN
