"""Slips out of JSON: what is read, and what is said of a mistake."""

import json
from typing import Any

import pytest

from receipts.slip.from_json import receipts_of, records_of
from receipts.slip.records import Channel, Slip, Stop
from tests.receipts.slip.printed import at

LEAST: dict[str, Any] = {
    "office": {"name": "Ủy ban nhân dân xã Lệ Thủy"},
    "code": "H46.16-261123-0007",
    "issued_at": "2026-11-23T08:05:00+07:00",
    "submitter": {"name": "Nguyễn Thị Phương Thảo"},
    "procedure": "Đăng ký khai sinh",
}


def read(told: Any) -> Any:
    return records_of(json.dumps(told))


def test_the_least_slip_is_a_receipt() -> None:
    [slip] = read(LEAST)
    assert isinstance(slip, Slip)
    assert slip.issued_at == at(23)
    assert slip.papers == ()


def test_a_fuller_slip_is_read_field_by_field() -> None:
    papers = [{"name": "Tờ khai", "originals": 1}]
    [slip] = read({**LEAST, "channel": "online", "papers": papers, "second_stage": {}})
    assert slip.channel is Channel.ONLINE
    assert slip.papers[0].originals == 1
    assert slip.second_stage is not None


def test_a_list_may_hold_several_forms() -> None:
    kinds = [type(record) for record in read([LEAST, {**LEAST, "form": "stop"}])]
    assert kinds == [Slip, Stop]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ([], "no slip"),
        (["x"], "slip 1: expected an object"),
        (7, "slip 1: expected an object"),
        ({**LEAST, "form": "postcard"}, "no form 'postcard'; known: receipt, supplement"),
        ({**LEAST, "form": []}, "no form"),
        ([LEAST, {"code": 1}], "slip 2: office: Field required"),
        ({**LEAST, "offfice": 1}, "offfice: Unexpected keyword argument"),
        ({**LEAST, "submitter": {"name": "x", "cccd": "1"}}, "submitter.cccd: Unexpected"),
        ({**LEAST, "issued_at": "hôm nay"}, "issued_at: Input should be a valid datetime"),
        ({**LEAST, "channel": "fax"}, "channel: Input should be 'desk', 'online' or 'post'"),
    ],
)
def test_a_mistake_is_named_in_one_line(told: Any, fault: str) -> None:
    with pytest.raises(ValueError, match="slip") as seen:
        read(told)
    assert fault in str(seen.value)
    assert "\n" not in str(seen.value)


def test_what_is_no_json_is_said_so() -> None:
    with pytest.raises(ValueError, match="no JSON"):
        records_of("{")


def test_a_label_is_made_of_receipts_alone() -> None:
    with pytest.raises(ValueError, match="slip 2: expected the form 'receipt'"):
        receipts_of(json.dumps([LEAST, {**LEAST, "form": "stop"}]))
