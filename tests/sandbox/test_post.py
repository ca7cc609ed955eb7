"""The postal service as the product meets it: token, orders, cancelling, the way, its faults."""

from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import StartRehearsal
from tests.sandbox.rehearsal import PATIENCE, Rehearsal

CODE = "H32.01-261116-0001"
ACCOUNT = {"username": "sandbox-post", "password": "sandbox-post-password"}
ITEM, OTHER_ITEM = "EE123456785VN", "EE123456799VN"
ORDER = {
    "CustomerCode": "MOTCUA01",
    "ItemCode": ITEM,
    "OrderNumber": CODE,
    "CODAmount": 0,
    "SenderProvince": "Khánh Hòa",
    "SenderDistrict": "",
    "SenderAddress": "1 Trần Phú",
    "SenderName": "UBND phường Lộc Thọ",
    "SenderTel": "02583822222",
    "ReceiverName": "Nguyễn An",
    "ReceiverAddress": "12 Lê Lợi, phường Lộc Thọ",
    "ReceiverTel": "0905000001",
    "ReceiverProvince": "Khánh Hòa",
    "ReceiverDistrict": "",
    "FlagConfig": 2,
}


def token(zalo: Rehearsal) -> str:
    answer = zalo.http.post(f"{zalo.url}/post/token", json=ACCOUNT, timeout=PATIENCE).json()
    assert answer["expires_in"] == 3600
    return str(answer["access_token"])


def call(zalo: Rehearsal, name: str, held: str = "", **body: Any) -> Any:
    """One call of a service; gives the answer's JSON."""
    headers = {"access_token": held or token(zalo)}
    url = f"{zalo.url}/post/{name}"
    return zalo.http.post(url, json=body, headers=headers, timeout=PATIENCE).json()


def order(zalo: Rehearsal, held: str = "", **changes: Any) -> Any:
    return call(zalo, "PostOrder", held, **(ORDER | changes))


def way(zalo: Rehearsal, last: int = 0, size: int = 100) -> Any:
    return call(zalo, "GetOrderTracking", CustomerCode="MOTCUA01", pageSize=size, lastId=last)


def parcels(zalo: Rehearsal) -> Any:
    return zalo.get("/control/parcels")["parcels"]


@pytest.mark.parametrize(
    ("changes", "status", "named"),
    [
        ({}, "100", ""),
        ({"ItemCode": ""}, "100", ""),
        ({"CustomerCode": "X"}, "205", "CustomerCode"),
        ({"ReceiverAddress": " "}, "201", "ReceiverAddress"),
        ({"SenderTel": "không có"}, "202", "SenderTel"),
        ({"ReceiverName": "x" * 501}, "202", "ReceiverName"),
        ({"CODAmount": "0"}, "202", "CODAmount"),
        ({"FlagConfig": 1}, "202", "FlagConfig"),
        ({"ItemCode": "EE123456789VN"}, "203", "ItemCode"),
    ],
)
def test_what_an_order_is_answered(zalo: Rehearsal, changes: Any, status: str, named: str) -> None:
    answer = order(zalo, **changes)
    assert answer["Status"] == status
    assert named in answer["Message"]
    assert len(answer.get("ItemCode", "")) == (13 if status == "100" else 0)
    assert len(parcels(zalo)) == (status == "100")


def test_an_order_that_is_repeated_stays_one_parcel_with_its_first_item_code(
    zalo: Rehearsal,
) -> None:
    held = token(zalo)
    first = order(zalo, held)
    again = order(zalo, held, ItemCode=OTHER_ITEM)
    taken = order(zalo, held, OrderNumber="H32.01-261116-0002")
    assert [one["Status"] for one in (first, again, taken)] == ["100", "101", "204"]
    assert again["ItemCode"] == ITEM
    assert [one["times_ordered"] for one in parcels(zalo)] == [2]


def test_an_order_is_cancelled_until_the_post_has_fetched_it(zalo: Rehearsal) -> None:
    held, who = token(zalo), {"CustomerCode": "MOTCUA01", "OrderNumber": CODE}
    said = [call(zalo, "CancelOrder", held, **who)["Status"]]
    order(zalo, held)
    said += [call(zalo, "CancelOrder", held, **who)["Status"] for _ in range(2)]
    said.append(order(zalo, held, ItemCode=OTHER_ITEM)["Status"])
    zalo.control("post", action="collected", order=CODE)
    said.append(call(zalo, "CancelOrder", held, **who)["Status"])
    assert said == ["404", "100", "100", "100", "102"]


def test_the_way_is_told_in_pages_behind_the_last_line_that_is_known(zalo: Rehearsal) -> None:
    order(zalo)
    for stage in ("collected", "under_way", "delivered"):
        zalo.control("post", action=stage, order=ITEM)
    first = way(zalo, size=2)
    rest = way(zalo, last=first["lastId"])
    assert [row["id"] for row in first["data"] + rest["data"]] == [1, 2, 3]
    assert rest["data"][0]["statusMessage"] == "Phát thành công"
    assert {row["orderNumber"] for row in first["data"]} == {CODE}
    assert len(rest["data"][0]["statusTime"]) == 14
    assert (way(zalo, last=3)["data"], way(zalo, last=3)["lastId"]) == ([], 3)
    assert way(zalo, size=101)["Status"] == "202"


def test_a_token_dies_after_an_hour_and_a_wrong_account_gets_none(zalo: Rehearsal) -> None:
    wrong = zalo.http.post(
        f"{zalo.url}/post/token", json=ACCOUNT | {"password": "x"}, timeout=PATIENCE
    )
    held = token(zalo)
    assert order(zalo, held)["Status"] == "100"
    zalo.control("clock", advance_seconds=3601)
    assert (wrong.status_code, order(zalo, held)["Status"]) == (401, "401")
    assert order(zalo, token(zalo))["Status"] == "101"
    held = token(zalo)
    zalo.fault("post_dead_token")
    assert order(zalo, held)["Status"] == "401"


@pytest.mark.parametrize(
    ("fault", "http", "kept"),
    [
        ("post_http_500", 503, 0),
        ("post_rate", 429, 0),
        ("post_cut_before", None, 0),
        ("post_http_500_after", 500, 1),
        ("post_cut_after", None, 1),
        ("post_timeout_after", None, 1),
    ],
)
def test_a_fault_says_whether_the_order_was_taken(
    zalo: Rehearsal, fault: str, http: int | None, kept: int
) -> None:
    headers = {"access_token": token(zalo)}
    zalo.fault(fault, count=1, value=0.1 if fault == "post_timeout_after" else None)
    try:
        answer = zalo.http.post(
            f"{zalo.url}/post/PostOrder", json=ORDER, headers=headers, timeout=PATIENCE
        )
        came = answer.status_code
    except requests.ConnectionError:
        came = None
    assert (came, len(parcels(zalo))) == (http, kept)
    assert order(zalo)["Status"] == ("101" if kept else "100")


def test_a_refusal_and_careless_tracking_can_be_rehearsed(zalo: Rehearsal) -> None:
    zalo.fault("post_refuse", count=1, value=207)
    assert [order(zalo)["Status"] for _ in range(2)] == ["207", "100"]
    zalo.fault("post_rows_strange", count=1)
    zalo.control("post", action="collected", order=CODE)
    zalo.control("clock", advance_seconds=60)
    zalo.control("post", action="under_way", order=CODE, message="Đến bưu cục Nha Trang")
    rows = way(zalo)["data"]
    assert [row["orderNumber"] == CODE for row in rows] == [False, True, True]
    assert rows[2]["statusMessage"] == "Đến bưu cục Nha Trang"
    for fault in ("post_rows_twice", "post_rows_disordered", "post_rows_bare"):
        zalo.fault(fault, count=1)
    bad = way(zalo, last=1)["data"]
    assert [row["id"] for row in bad] == [1, 2, 2, 3, 3]
    assert all(set(row) == {"id", "orderNumber", "statusCode", "statusMessage"} for row in bad)
    zalo.fault("post_rows_disordered", count=1)
    times = [row["statusTime"] for row in way(zalo, last=1)["data"]]
    assert times == sorted(times, reverse=True)


def test_the_postman_is_told_what_is_wrong_with_a_step(zalo: Rehearsal) -> None:
    order(zalo)
    call(zalo, "CancelOrder", CustomerCode="MOTCUA01", OrderNumber=CODE)
    for body, named in (
        ({"action": "lost", "order": CODE}, "lost"),
        ({"action": "collected", "order": "H00"}, "H00"),
        ({"action": "collected", "order": CODE}, "cancelled"),
    ):
        answer = zalo.http.post(f"{zalo.url}/control/post", json=body, timeout=PATIENCE)
        assert answer.status_code == 400
        assert named in answer.json()["error"]


def test_parcels_and_their_way_survive_a_restart(start: StartRehearsal, tmp_path: Path) -> None:
    place = str(tmp_path / "state.json")
    first = start(SANDBOX_STATE=place)
    order(first)
    first.control("post", action="collected", order=CODE)
    first.close()
    second = start(SANDBOX_STATE=place)
    assert [one["stage"] for one in parcels(second)] == ["collected"]
    assert order(second)["Status"] == "101"
    second.control("post", action="delivered", order=CODE)
    assert [row["id"] for row in way(second)["data"]] == [1, 2]
