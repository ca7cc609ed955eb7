"""A gateway's monthly bill beside our own hand-overs: what differs is listed, each once."""

import pytest
from sqlalchemy import select

from bot.check_bill import AGAIN, Imported, check_bill, show_bill
from bot.core.sms_bill import read_bill
from bot.core.staff import Account, Actor, Role
from bot.database import reading
from bot.store.book_tables import sms_bill_difference
from bot.store.counter_tables import audit_entry
from tests.bot.complaining import clerk
from tests.bot.notice_stage import Stage, make_stage

HEAD = "Request ID;Số điện thoại;Ngày gửi;Số MT;Thành tiền\n"


@pytest.fixture
def stage(database_url: str) -> Stage:
    """Three SMS: of two dossiers on one day, and one of the next."""
    stage = make_stage(database_url, zalo_templates={})
    for number in range(1, 4):
        code = f"000.00.17.H32-261122-000{number}"
        stage.feed(4, "Thẩm định", code=code, phone=f"090512345{number}")
        stage.clock.move(days=number // 3, minutes=1)
        stage.feed(9, "Trả kết quả", code=code, phone=f"090512345{number}")
        stage.work()
    assert len(stage.sms.taken) == 3
    return stage


def actor(stage: Stage) -> Actor:
    account = Account(clerk(stage).account.id, "hoa", "", frozenset({Role.SUPERVISOR}), None)
    return Actor(account, "", frozenset({"H32"}))


def bill(stage: Stage, *lines: str, month: str = "2026-11") -> list[tuple[str, int | None]]:
    content = (HEAD + "\n".join(lines)).encode()
    outcome = check_bill(stage.runtime, actor(stage), "esms", month, content)
    assert isinstance(outcome, Imported), outcome
    found = show_bill(stage.runtime, outcome.id)
    assert found is not None
    return [(one.kind, one.file_line) for one in found[1]]


def as_billed(stage: Stage) -> list[str]:
    """Each SMS as an honest gateway bills it."""
    return [
        f"{one.request_id};;{one.begun_at:%d/%m/%Y};{one.parts};{one.cost_dong}"
        for one in stage.attempts()
        if one.rung == "sms"
    ]


def test_an_honest_bill_differs_nowhere(stage: Stage) -> None:
    assert bill(stage, *as_billed(stage)) == []


def test_a_carriers_own_names_and_phones_with_days_match_too(stage: Stage) -> None:
    first, second, third = (one for one in stage.attempts() if one.rung == "sms")
    lines = [
        f"{first.carrier_id};;;{first.parts};",
        f";0905 123 452;25/11/2026;{second.parts};{second.cost_dong}",
        f";84905123453;2026-11-26 09:02:00;{third.parts};{third.cost_dong}",
    ]
    assert bill(stage, *lines) == []


def test_what_differs_is_listed_with_its_line(stage: Stage) -> None:
    first, second, _ = as_billed(stage)
    more = first.split(";")
    more[3] = str(int(more[3]) + 1)
    lines = [";".join(more), second, second, "unknown-id;;25/11/2026;1;850"]
    assert sorted(bill(stage, *lines)) == [
        ("ours", None), ("parts", 2), ("theirs", 5), ("twice", 4),
    ]  # fmt: skip


def test_the_same_file_is_taken_once_and_written_down(stage: Stage) -> None:
    bill(stage, *as_billed(stage))
    content = (HEAD + "\n".join(as_billed(stage))).encode()
    assert check_bill(stage.runtime, actor(stage), "esms", "2026-11", content) == (AGAIN,)
    with reading(stage.runtime.engine) as connection:
        written = select(audit_entry.c.action).where(audit_entry.c.action.like("bill.%"))
        assert connection.scalars(written).all() == ["bill.imported"]


def test_of_the_file_no_phone_is_kept(stage: Stage) -> None:
    bill(stage, ";0987654321;25/11/2026;1;850")
    with reading(stage.runtime.engine) as connection:
        kept = connection.execute(select(sms_bill_difference)).all()
    assert "987654321" not in str(kept)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"", "không có cột nào"),
        ("Tên;Tuổi\nLan;3\n".encode(), "Tên, Tuổi"),
        (HEAD.encode(), "không có dòng tin nào"),
        ((HEAD + "a;;;không;\n").encode(), "Dòng 2: số phần “không”"),
        ((HEAD + "a;;;1;x\n").encode(), "Dòng 2: số tiền “x”"),
        ((HEAD + "a;;hôm qua;1;\n").encode(), "Dòng 2: ngày “hôm qua”"),
        ((HEAD + ";02583822222;25/11/2026;1;\n").encode(), "không có mã yêu cầu"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(content: bytes, words: str) -> None:
    read = read_bill(content)
    assert not read.lines
    assert words in read.faults[0]


@pytest.mark.parametrize(
    ("typed", "number"), [("1.700", 1700), ("1,700", 1700), ("850.00", 850), ("850 đ", 850)]
)
def test_money_is_read_as_gateways_write_it(typed: str, number: int) -> None:
    [line] = read_bill(f'Request ID,Số MT,Thành tiền\na,1,"{typed}"\n'.encode()).lines
    assert line.cost_dong == number
