"""A dossier's page: all that a clerk may know, and the moves that are allowed now."""

from html import unescape

import pytest

from bot.core.staff import Role
from tests.console.counter import FED, deeds, feed, field_of, make_counter, move, take_in
from tests.console.desk import Client, Desk


@pytest.fixture
def desk(database_url: str) -> Desk:
    return make_counter(database_url)


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK, login="lan")


def page_of(client: Client, code: str) -> str:
    answer = client.get(f"/console/ho-so/{code}")
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_a_clerk_sees_all_of_it_and_that_is_written_down(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk, owner="Trần Văn Ưởng", note="Gọi trước khi trả")
    page = page_of(clerk, code)
    for words in (
        "Đăng ký khai sinh",
        "Nguyễn Thị Mẫu",
        "Số 12 đường Hùng Vương",
        "0905 123 456",
        "Trần Văn Ưởng",
        "Gọi trước khi trả",
        "25/11/2026 09:00",
        "02/12/2026 09:00",
        "Được tiếp nhận",
        "Đã tiếp nhận",  # the notice that is owed
        "25/11/2026 09:00 · lan",
        "Giấy tiếp nhận và hẹn trả",
        "Chuyển xử lý",
    ):
        assert words in page
    assert deeds(desk)[-1] == ("dossier.opened", code)


def test_a_fed_dossier_is_shown_and_moved_by_its_software_alone(desk: Desk, clerk: Client) -> None:
    feed(desk)
    page = page_of(clerk, FED)
    assert "Trần Văn Phần Mềm" in page
    assert "phần mềm một cửa" in page
    assert 'id="moves"' not in page


def test_a_supervisor_looks_and_changes_nothing(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    supervisor = desk.login(Role.SUPERVISOR)
    page = page_of(supervisor, code)
    assert 'id="moves"' not in page
    assert 'id="print"' not in page
    assert supervisor.post(f"/console/ho-so/{code}/chuyen", {}).status_code == 403


def test_a_move_is_told_and_its_slip_comes_next(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    desk.clock.move(minutes=1)
    answer = move(clerk, code, "supplement", needed="Giấy chứng sinh", reason="Thiếu")
    assert answer.headers["Location"] == f"/console/ho-so/{code}/in/lan?lan=0"
    page = page_of(clerk, code)
    assert "Yêu cầu bổ sung giấy tờ" in page
    assert "Phiếu yêu cầu bổ sung (1)" in page
    desk.clock.move(minutes=1)
    assert move(clerk, code, "resume").headers["Location"] == f"/console/ho-so/{code}"


def test_what_a_move_lacks_is_said_at_its_field_and_typed_words_stay(
    desk: Desk, clerk: Client
) -> None:
    code = take_in(clerk)
    desk.clock.move(minutes=1)
    answer = move(clerk, code, "supplement", needed="Giấy chứng sinh", reason="")
    assert answer.status_code == 422
    assert 'id="e-reason"' in answer.text
    assert "Giấy chứng sinh</textarea>" in answer.text


def test_a_page_that_is_out_of_date_changes_nothing(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    page = clerk.get(f"/console/ho-so/{code}?viec=refuse").text
    desk.clock.move(minutes=1)
    move(clerk, code, "forward", step="Thẩm định hồ sơ")
    desk.clock.move(minutes=1)
    form = {"kind": "refuse", "seen": field_of(page, "seen"), "reason": "Không hợp lệ"}
    answer = clerk.post(f"/console/ho-so/{code}/chuyen", form)
    assert answer.status_code == 422
    assert "lan" in answer.text
    assert "Đang xử lý" in page_of(clerk, code)


@pytest.mark.parametrize("form", [{}, {"kind": "fly", "seen": "x"}, {"kind": "stop", "seen": "x"}])
def test_a_form_that_no_page_of_ours_sent_is_refused(clerk: Client, form: dict[str, str]) -> None:
    code = take_in(clerk)
    assert clerk.post(f"/console/ho-so/{code}/chuyen", form).status_code == 400


def test_the_whole_way_to_the_handed_out_result(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    for kind, typed in (
        ("forward", {"step": "Thẩm định hồ sơ"}),
        ("result", {}),
        ("hand_back", {}),
    ):
        desk.clock.move(minutes=1)
        assert move(clerk, code, kind, **typed).status_code == 303
    page = page_of(clerk, code)
    assert "Đã trả kết quả" in page
    assert page.index("Trả kết quả</strong>") < page.index("Thẩm định hồ sơ</strong>")


@pytest.mark.parametrize("kind", ["bien-nhan", "kiem-soat", "tem"])
def test_a_paper_is_shown_inside_its_page_and_kept_by_nobody(clerk: Client, kind: str) -> None:
    code = take_in(clerk)
    page = clerk.get(f"/console/ho-so/{code}/in/{kind}").text
    assert f'src="/console/ho-so/{code}/giay/{kind}?kho=A5"' in page
    answer = clerk.get(f"/console/ho-so/{code}/giay/{kind}?kho=A4")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("inline")


def test_a_paper_that_is_none_and_another_agencys_are_alike(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    assert clerk.get(f"/console/ho-so/{code}/in/hoa-don").status_code == 404
    assert clerk.get(f"/console/ho-so/{code}/giay/lan?lan=7").status_code == 404
    stranger = desk.login(Role.CLERK, agency="H56.15")
    assert stranger.get(f"/console/ho-so/{code}/in/bien-nhan").status_code == 404
    assert stranger.get(f"/console/ho-so/{code}/giay/bien-nhan").status_code == 404
