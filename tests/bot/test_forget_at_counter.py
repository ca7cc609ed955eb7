"""Dossiers taken in at the counter, and numbers corrected there, when their person is forgotten."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.counter_moves import MoveKind
from bot.core.phone import Phone
from bot.correct_phone import Corrected, correct_phone
from bot.database import reading
from bot.find_dossiers import find_dossiers
from bot.forget_subject import forget_subject
from bot.print_slip import Kind, Order, print_slip
from bot.show_subject import export_subject
from bot.store.tables import dossier
from tests.bot.counter_place import Counter
from tests.bot.owing import MORNING, make_told
from tests.make import NOW
from tests.receipts.slip.printed import Printed

PHONE = Phone("+84905123456")
WRONG, RIGHT = "0905 123 456", "0912 345 678"


@pytest.fixture
def counter(database_url: str) -> Counter:
    return Counter(database_url)


def only_dossier(counter: Counter) -> dict[str, Any]:
    with reading(counter.runtime.engine) as connection:
        return connection.execute(select(dossier)).one()._asdict()


def test_one_still_worked_on_keeps_its_names_and_loses_the_phone(counter: Counter) -> None:
    code = counter.take_in(email="binh@example.vn").code
    told = forget_subject(counter.runtime, PHONE)
    assert told.erased["dossiers_kept_in_part"] == 1
    opened = counter.opened(code)
    assert opened.facts is not None
    submitter = opened.facts.submitter
    assert (submitter.name, submitter.phone, submitter.email) == ("Trần Thị Bình", None, None)
    assert (opened.told.phone, opened.told.owner_name) == (None, "Trần Thị Bình")
    assert counter.move(code, MoveKind.RESULT).code == code


def test_one_that_is_done_loses_all_and_its_papers_print_without_a_person(
    counter: Counter,
) -> None:
    code = counter.take_in(owner="Lê Văn Cường", note="gọi con gái").code
    counter.move(code, MoveKind.SUPPLEMENT, needed="Đơn của bà Bình", reason="bà Bình vắng")
    counter.move(code, MoveKind.REFUSE, reason="bà Bình rút")
    forget_subject(counter.runtime, PHONE)
    opened = counter.opened(code)
    kept = str(export_subject(counter.runtime, PHONE)) + repr(opened.told.owner_name)
    assert "Bình" not in kept
    assert opened.facts is not None
    assert (opened.facts.submitter.name, opened.facts.owner, opened.facts.note) == (
        "(đã xóa)", None, None,
    )  # fmt: skip
    assert [paper.name for paper in opened.facts.papers] == ["Đơn đăng ký", "Giấy chứng nhận"]
    assert [hop.reason for hop in opened.facts.hops] == [None, None]
    assert find_dossiers(counter.runtime, counter.lan, "Trần Thị Bình").rows == ()
    drawn = print_slip(counter.runtime, counter.lan, code, Order(Kind.RECEIPT, 0))
    assert drawn is not None
    page = Printed(drawn.content).text(0)
    assert "(đã xóa)" in page
    assert "Bình" not in page


@pytest.mark.parametrize("forgotten", [RIGHT, WRONG], ids=["the right number", "the wrong one"])
def test_a_number_that_was_corrected_does_not_come_back_as_the_wrong_one(
    counter: Counter, forgotten: str
) -> None:
    wrong = replace(make_told(4, "Thẩm định"), phone=WRONG, changed_at=MORNING)
    counter.feed(wrong)
    code = only_dossier(counter)["code"]
    outcome = correct_phone(counter.runtime, counter.lan, code, RIGHT)
    assert isinstance(outcome, Corrected)
    number = f"+84{forgotten.replace(' ', '')[1:]}"
    forget_subject(counter.runtime, Phone(number))
    assert [str(one) for one in counter.feed(wrong)] == ["repeat"]
    later = replace(wrong, changed_at=NOW, step="Trình ký")
    assert [str(one) for one in counter.feed(later)] == ["changed"]
    stored = only_dossier(counter)["phone"]
    assert bool(stored) is (forgotten == WRONG), "its right number is another person's"
