"""The one-stop software: dossiers through the feed, signed as agreed."""

import hashlib
import hmac
import json
import time
from datetime import datetime
from typing import Any

import pytest

from tests.sandbox.conftest import StartRehearsal
from tests.sandbox.rehearsal import Arrived, Product, Rehearsal

KEY = {"SANDBOX_FEED_KEY_ID": "f1", "SANDBOX_FEED_SECRET": "bí mật của cổng"}
CODE = "H32.01-261116-0001"


def takes(arrived: Arrived) -> tuple[int, Any]:
    """A product that takes every dossier."""
    if arrived.path != "/feeds/v1/dossiers":
        return 200, {}
    rows = arrived.event["dossiers"]
    return 200, {"results": [{"code": r["code"], "outcome": "new", "warnings": []} for r in rows]}


@pytest.fixture
def desk(start: StartRehearsal, product: Product) -> Rehearsal:
    """A sandbox whose demo dossiers have been taken."""
    product.answer = takes
    zalo = start(**KEY)
    product.wait(1)
    return zalo


def dossier(zalo: Rehearsal, code: str = CODE) -> Any:
    """A dossier as the page shows it."""
    return next(one for one in zalo.get("/control/state")["dossiers"] if one["code"] == code)


def test_the_demo_dossiers_come_by_themselves_rightly_signed(
    desk: Rehearsal, product: Product
) -> None:
    feed = product.arrived[0]
    stamp = feed.headers["X-Feed-Timestamp"]
    text = stamp.encode() + b"." + feed.raw
    right = hmac.new(KEY["SANDBOX_FEED_SECRET"].encode(), text, hashlib.sha256).hexdigest()
    assert feed.headers["X-Feed-Signature"] == f"sha256={right}"
    assert feed.headers["X-Feed-Key"] == "f1"
    rows = feed.event["dossiers"]
    assert {row["agency"] for row in rows} == {"H32.01", "H32.02"}
    assert "0101701234" in [row.get("local_code") for row in rows]
    today = datetime.now().astimezone().isoformat()
    assert {row["due_at"] < today for row in rows} == {True, False}
    assert {row["status"] for row in rows} >= {2, 4, 5, 9}


def test_seeding_twice_sends_the_same_content(desk: Rehearsal, product: Product) -> None:
    answer = desk.control("dossier", action="seed")
    assert answer["answer"]["results"][0]["outcome"] == "new"
    first, second = product.wait(2)
    assert first.event == second.event


def test_seeding_goes_on_until_the_product_answers(start: StartRehearsal, product: Product) -> None:
    answers = iter([(503, "busy"), (503, "busy")])
    product.answer = lambda arrived: next(answers, None) or takes(arrived)
    zalo = start(**KEY)
    product.wait(3)
    while dossier(zalo)["last_answer"] != "new":
        pass


def test_the_next_step_goes_through_the_feed(desk: Rehearsal, product: Product) -> None:
    expected = dossier(desk)["next"]
    answer = desk.control("dossier", action="next", code=CODE)
    sent = product.wait(2)[1].event["dossiers"][0]
    assert (sent["code"], sent["step"]) == (CODE, expected)
    assert sent["changed_at"] > product.arrived[0].event["dossiers"][0]["changed_at"]
    assert answer["status"] == 200
    assert dossier(desk)["step"] == expected


def takes_both(arrived: Arrived) -> tuple[int, Any]:
    if arrived.path == "/feeds/dvcqg":
        return 200, {"error_code": "00", "message": "Đã nhận"}
    return takes(arrived)


def test_a_move_in_the_national_format_is_its_step_and_then_the_dossier(
    desk: Rehearsal, product: Product
) -> None:
    product.answer = takes_both
    moves = [desk.control("dossier", action="next", code=CODE, form="dvcqg") for _ in range(2)]
    assert [move["answer"]["error_code"] for move in moves] == ["00", "00"]
    calls = product.wait(5)[1:]
    assert {call.path for call in calls} == {"/feeds/dvcqg"}
    services = [call.event["service"] for call in calls]
    assert services == ["CapNhatTienDoHoSoMC", "DongBoHoSoMC"] * 2
    [step], [whole] = (call.event["data"] for call in calls[2:])
    assert (step["NoiDungXuLy"], step["TrangThai"]) == ("Trả kết quả", "9")
    assert whole["NgayKetThucXuLy"] == step["ThoiDiemXuLy"]
    stamp, text = calls[0].headers["X-Feed-Timestamp"], calls[0].raw
    right = hmac.new(KEY["SANDBOX_FEED_SECRET"].encode(), stamp.encode() + b"." + text, "sha256")
    assert calls[0].headers["X-Feed-Signature"] == f"sha256={right.hexdigest()}"
    assert dossier(desk)["step"] == "Trả kết quả"


def test_a_move_the_national_format_refuses_is_not_taken(desk: Rehearsal, product: Product) -> None:
    before = dossier(desk)["step"]
    product.answer = lambda _: (200, {"error_code": "01", "message": "Không nhận"})
    desk.control("dossier", action="next", code=CODE, form="dvcqg")
    assert (dossier(desk)["step"], dossier(desk)["last_answer"]) == (before, "Không nhận")
    assert len(product.wait(2)) == 2, "the dossier itself was not sent"


def test_a_step_the_product_refuses_is_not_taken(desk: Rehearsal, product: Product) -> None:
    before = dossier(desk)["step"]
    refusal = {"results": [{"code": CODE, "outcome": "refused", "why": "agency", "warnings": []}]}
    product.answer = lambda _: (200, refusal)
    answer = desk.control("dossier", action="next", code=CODE)
    assert answer["answer"] == refusal
    assert (dossier(desk)["step"], dossier(desk)["last_answer"]) == (before, "refused: agency")


def test_a_result_has_its_end_and_the_last_step_no_next(desk: Rehearsal, product: Product) -> None:
    while dossier(desk)["next"]:
        desk.control("dossier", action="next", code=CODE)
    sent = product.arrived[-1].event["dossiers"][0]
    assert sent["status"] == 10
    assert sent["finished_at"] <= sent["returned_at"]
    url = f"{desk.url}/control/dossier"
    answer = desk.http.post(url, json={"action": "next", "code": CODE}, timeout=10)
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


def test_late_means_due_yesterday_on_the_sandboxs_clock(desk: Rehearsal, product: Product) -> None:
    desk.control("clock", now="2026-11-26T09:00:00+07:00")
    desk.control("dossier", action="late", code=CODE)
    sent = product.wait(2)[1].event["dossiers"][0]
    assert sent["due_at"].startswith("2026-11-25T17:00")


def test_a_new_dossier_bears_todays_date(desk: Rehearsal, product: Product) -> None:
    desk.control("clock", now="2026-11-26T09:00:00+07:00")
    desk.control("dossier", action="new")
    desk.control("dossier", action="new")
    codes = [one.event["dossiers"][0]["code"] for one in product.wait(3)[1:]]
    assert codes == ["H32.01-261126-1540", "H32.01-261126-1541"]
    assert dossier(desk, codes[1])["status"] == 2


def test_a_product_in_real_time_gets_nothing_from_the_future(
    desk: Rehearsal, product: Product
) -> None:
    def real_time(arrived: Arrived) -> tuple[int, Any]:
        if abs(int(arrived.headers["X-Feed-Timestamp"]) - time.time()) > 300:
            return 401, {"error": "clock", "message": "…"}
        return takes(arrived)

    product.answer = real_time
    desk.control("clock", advance_seconds=5 * 86_400)
    assert desk.control("dossier", action="next", code=CODE)["status"] == 200
    sent = json.loads(product.arrived[-1].raw)["dossiers"][0]
    assert datetime.fromisoformat(sent["changed_at"]).timestamp() <= time.time()


def test_a_product_whose_clock_is_shifted_is_met_on_its_clock(
    start: StartRehearsal, product: Product
) -> None:
    shift = 3 * 86_400

    def shifted(arrived: Arrived) -> tuple[int, Any]:
        if abs(int(arrived.headers["X-Feed-Timestamp"]) - time.time() - shift) > 300:
            return 401, {"error": "clock", "message": "…"}
        return takes(arrived)

    product.answer = shifted
    zalo = start(**KEY, CLOCK_OFFSET_SECONDS=str(shift))
    product.wait(1)
    assert zalo.get("/control/state")["offset_seconds"] == 0
    zalo.control("clock", advance_seconds=86_400)
    assert zalo.control("dossier", action="next", code=CODE)["status"] == 200


def test_without_a_key_the_panel_says_what_to_set(zalo: Rehearsal) -> None:
    assert zalo.get("/control/state")["feed"]["configured"] is False
    url = f"{zalo.url}/control/dossier"
    answer = zalo.http.post(url, json={"action": "seed"}, timeout=10)
    assert answer.status_code == 400
    assert "SANDBOX_FEED_KEY_ID" in answer.json()["error"]
