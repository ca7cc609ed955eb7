"""The form of a dossier in a feed: what is a fault, and how it is named."""

from typing import Any

import pytest

from tests.make import make_record
from tests.webhooks.feeding import Feeder
from webhooks.feed_form import EXPECTED, DossierForm, NotifyForm, ProcedureForm

PROCEDURE = {"code": "1.004873", "name": "Đăng ký biến động đất đai"}

FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("a required field left out", {"step": ...}, "step"),
    ("a required field null", {"code": None}, "code"),
    ("a code that is a number", {"code": 1017012345}, "code"),
    ("a code with a line break", {"code": "000.00.17.H32-\n261122-0001"}, "code"),
    ("a code with half a letter", {"code": "0101701234\ud83d"}, "code"),
    ("a local code that is a number", {"local_code": 101701234}, "local_code"),
    ("an agency that is a list", {"agency": ["H32.15"]}, "agency"),
    ("a procedure that is a text", {"procedure": "1.004873"}, "procedure"),
    ("a procedure without a name", {"procedure": {"code": "1"}}, "procedure.name"),
    ("a procedure without a code", {"procedure": {"name": "x", "code": None}}, "procedure.code"),
    ("a long procedure code", {"procedure": {**PROCEDURE, "code": "1" * 65}}, "procedure.code"),
    ("a long procedure name", {"procedure": {**PROCEDURE, "name": "n" * 201}}, "procedure.name"),
    ("same_day as a text", {"procedure": {**PROCEDURE, "same_day": "no"}}, "procedure.same_day"),
    ("same_day as a number", {"procedure": {**PROCEDURE, "same_day": 0}}, "procedure.same_day"),
    ("an empty step", {"step": ""}, "step"),
    ("a blank step", {"step": " \u00a0\u3000"}, "step"),
    ("a step of 201 letters", {"step": "ế" * 201}, "step"),
    ("a step with a tab", {"step": "Thẩm\tđịnh"}, "step"),
    ("a step with the end of a terminal's colour", {"step": "\x1b[0m"}, "step"),
    ("a step with a C1 control", {"step": "a\u0085b"}, "step"),
    ("a step with half a letter", {"step": "a\udc00"}, "step"),
    ("a status of 0", {"status": 0}, "status"),
    ("a status of 11", {"status": 11}, "status"),
    ("a status as a text", {"status": "4"}, "status"),
    ("a status as true", {"status": True}, "status"),
    ("a status with a fraction", {"status": 4.0}, "status"),
    ("a status of many digits", {"status": 10**400}, "status"),
    ("at_desk as a number", {"at_desk": 1}, "at_desk"),
    ("a phone as a number", {"phone": 905123456}, "phone"),
    ("a phone with a control character", {"phone": "0905\x00123456"}, "phone"),
    ("ticks as a list", {"notify": ["sms"]}, "notify"),
    ("a tick as a text", {"notify": {"sms": "x"}}, "notify.sms"),
    ("a tick as a number", {"notify": {"zalo": 1}}, "notify.zalo"),
    ("a long handler", {"handler": "h" * 201}, "handler"),
    ("a long owner", {"owner_name": "o" * 201}, "owner_name"),
    ("needed as a text", {"needed": "giấy tờ"}, "needed"),
    ("needed of 21", {"needed": ["a"] * 21}, "needed"),
    ("needed with a number", {"needed": ["a", 2]}, "needed.1"),
    ("needed with null", {"needed": [None]}, "needed.0"),
    ("needed with a long one", {"needed": ["a", "b", "c" * 501]}, "needed.2"),
    ("needed with a line break", {"needed": ["a\r\nb"]}, "needed.0"),
]
DATES = [
    "",
    "2026-11-22",
    "2026-11-22T09:30:00",  # naive
    "2026-11-22 09:30:00+07:00",  # a blank for T
    "2026-11-22T09:30+07:00",  # no seconds
    "2026-11-22T09:30:00+0700",
    "2026-11-22T09:30:00+07",
    "2026-11-22T09:30:00 +07:00",
    "20261122T093000Z",
    "2026-W47-7T09:30:00Z",
    "2026-326T09:30:00Z",
    "22/11/2026 09:30",
    "2026-02-30T09:30:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T23:60:00Z",
    "2026-11-22T23:59:61Z",
    "2026-11-22T09:30:00+24:00",
    "2026-11-22T09:30:00+07:60",
    "2026-11-22T09:30:00.Z",
    "２０２６-11-22T09:30:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-11-22T09:30:00Z\n",
    1795312800,
    1795312800.5,
    True,
    [],
    {"$date": 1},
]


@pytest.mark.parametrize(
    ("change", "field"),
    [(change, field) for _, change, field in FAULTS],
    ids=[name for name, _, _ in FAULTS],
)
def test_a_fault_is_named_by_index_and_field(
    feeder: Feeder, change: dict[str, Any], field: str
) -> None:
    answer = feeder.send(make_record(1), make_record(2, **change))
    assert answer.status_code == 400
    said = answer.get_json()
    assert said["error"] == "form"
    assert [(fault["index"], fault["field"]) for fault in said["errors"]] == [(1, field)]
    assert "expected" in said["errors"][0]["message"]
    assert feeder.outcomes(make_record(1)) == ["new"], "nothing was stored"


@pytest.mark.parametrize("date", DATES, ids=repr)
@pytest.mark.parametrize("field", ["changed_at", "due_at"])
def test_only_a_date_time_with_offset_is_a_date(feeder: Feeder, field: str, date: Any) -> None:
    answer = feeder.send(make_record(**{field: date}))
    assert answer.status_code == 400
    [fault] = answer.get_json()["errors"]
    assert (fault["index"], fault["field"]) == (0, field)
    assert "date-time" in fault["message"]


@pytest.mark.parametrize(
    "date",
    [
        "2026-11-24T02:30:00Z",
        "2026-11-24t02:30:00z",
        "2026-11-24T09:30:00.000+07:00",
        "2026-11-24T09:30:00.0000000000001+07:00",
        "2026-11-23T16:00:00-10:30",
        "2026-11-24T02:30:00-00:00",
        "2026-11-24T02:29:60Z",  # a leap second counts as the next minute's first
    ],
)
def test_the_same_moment_written_otherwise_is_the_same_content(feeder: Feeder, date: str) -> None:
    assert feeder.outcomes(make_record()) == ["new"]
    assert feeder.outcomes(make_record(changed_at=date)) == ["repeat"]


@pytest.mark.parametrize(
    "field",
    [
        "local_code",
        "at_desk",
        "received_at",
        "due_at",
        "finished_at",
        "returned_at",
        "phone",
        "notify",
        "handler",
        "needed",
        "owner_name",
    ],
)
def test_null_in_an_optional_field_means_absent(feeder: Feeder, field: str) -> None:
    assert feeder.outcomes(make_record(**{field: ...})) == ["new"]
    assert feeder.outcomes(make_record(**{field: None})) == ["repeat"]


def test_defaults_told_or_left_out_are_the_same_content(feeder: Feeder) -> None:
    assert feeder.outcomes(make_record()) == ["new"]
    told = make_record(
        at_desk=False,
        procedure={**PROCEDURE, "same_day": None},
        notify={"zalo": False, "sms": True, "post": False},
        needed=[],
        handler="",
    )
    assert feeder.outcomes(told) == ["repeat"]
    assert feeder.outcomes(make_record(notify={"sms": None})) == ["repeat"]


def test_letters_composed_or_not_are_the_same_content(feeder: Feeder) -> None:
    assert feeder.outcomes(make_record(step="Chờ bổ sung")) == ["new"]
    assert feeder.outcomes(make_record(step="Chờ bổ sung")) == ["repeat"]


def test_two_hundred_letters_fit_also_when_they_come_decomposed(feeder: Feeder) -> None:
    assert feeder.outcomes(make_record(step="e\u0302\u0301" * 200)) == ["new"]


def test_all_faults_are_named_at_once_up_to_twenty(feeder: Feeder) -> None:
    some = feeder.send(make_record(status=0, step=""), make_record(), {"code": 1})
    assert len(some.get_json()["errors"]) == 2 + 6
    many = feeder.send(*[make_record(status=0)] * 4000)
    faults = many.get_json()["errors"]
    assert [fault["index"] for fault in faults] == list(range(20))
    assert "more than 20" in many.get_json()["message"]


@pytest.mark.parametrize("item", [None, 3, "x", [], True])
def test_a_dossier_that_is_no_object_is_named_by_its_index(feeder: Feeder, item: Any) -> None:
    [fault] = feeder.send(make_record(), item).get_json()["errors"]
    assert fault["index"] == 1
    assert "expected an object" in fault["message"]


def test_a_fault_never_repeats_what_may_be_personal(feeder: Feeder) -> None:
    private = "Trần Thị Bưởi 0905123456"
    answer = feeder.send(
        make_record(
            phone=905123456,
            owner_name=private * 20,
            handler=[private],
            step=private + "\n",
            due_at=private,
            status=private,
        )
    )
    assert len(answer.get_json()["errors"]) == 6
    assert "905123456" not in answer.text
    assert "Bưởi" not in str(answer.get_json())


def test_fields_we_do_not_know_are_warned_of_by_dotted_name(feeder: Feeder) -> None:
    record = make_record(
        district="x",
        procedure={**PROCEDURE, "level": 4},
        notify={"sms": True, "fax": None},
        **{"số tờ": [1], "": 0},
    )
    assert feeder.results(record)[0]["warnings"] == [
        "field.unknown:district",
        "field.unknown:số tờ",
        "field.unknown:",
        "field.unknown:procedure.level",
        "field.unknown:notify.fax",
    ]
    assert feeder.outcomes(make_record()) == ["repeat"]


def test_a_flood_of_unknown_fields_is_not_echoed(feeder: Feeder) -> None:
    flood = {f"{number}" + "x" * 1000: 0 for number in range(1000)}
    warned = feeder.results(make_record(**flood))[0]["warnings"]
    assert len(warned) == 20
    assert max(map(len, warned)) < 150


@pytest.mark.parametrize(
    ("phone", "warned"),
    [
        ("0905 123 456", []),
        ("+84905123456", []),
        (None, ["phone.missing"]),
        ("", ["phone.missing"]),
        ("không có", ["phone.missing"]),
        ("0905 12", ["phone.invalid"]),
        ("9" * 5000, ["phone.invalid"]),
        ("0258 3822 123", ["phone.landline"]),
        ("058 3822 229", []),
        ("08 3822 2222", []),
    ],
)
def test_a_phone_that_cannot_be_told_is_reported_back_each_time(
    feeder: Feeder, phone: str | None, warned: list[str]
) -> None:
    record = make_record(phone=phone)
    older = make_record(phone=phone, changed_at="2026-11-01T09:30:00+07:00")
    results = feeder.results(record, record, older)
    assert [result["outcome"] for result in results] == ["new", "repeat", "stale"]
    assert [result["warnings"] for result in results] == [warned] * 3


@pytest.mark.parametrize(
    ("phone", "received", "warned"),
    [
        ("058 3822 229", "2016-05-04", ["phone.doubtful"]),
        ("08 3822 2222", "2018-11-14", ["phone.doubtful"]),
        ("08 3822 2222", "2018-11-15", []),
        ("0905 123 456", "2016-05-04", []),
    ],
)
def test_an_old_record_may_hide_a_landline_behind_a_mobile_number_of_today(
    feeder: Feeder, phone: str, received: str, warned: list[str]
) -> None:
    record = make_record(phone=phone, received_at=f"{received}T09:30:00+07:00")
    [result] = feeder.results(record)
    assert result["warnings"] == warned


def test_every_field_says_what_it_expects() -> None:
    names = {name for name in DossierForm.model_fields if not name.endswith("_at")}
    names |= {f"procedure.{name}" for name in ProcedureForm.model_fields}
    names |= {f"notify.{name}" for name in NotifyForm.model_fields}
    assert names - EXPECTED.keys() == set()
