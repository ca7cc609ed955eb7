"""Announcements in a browser: written, previewed, tried, approved, watched, paused, reported."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.core.invitation import Purpose
from bot.core.staff import Role
from bot.invite import invite
from bot.store.announcement_wishes import add_tester
from tests.bot.announcement_stage import TEXT, TITLE, Stage, Zalo, actor_of, drain
from tests.console.desk import PASSWORD, Desk
from tests.page.accessibility import barriers
from tests.page.served_app import served_app

LoggedIn = Callable[..., Page]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(f"sqlite:///{tmp_path / 'bot.db'}", settings={"var_dir": tmp_path})
    desk.account(Role.ANNOUNCER, login="lan", name="Nguyễn Thị Lan")
    desk.account(Role.APPROVER, login="minh", name="Trần Văn Minh")
    return desk


@pytest.fixture
def stage(desk: Desk) -> Iterator[Stage]:
    """The worker's side of it, with a Zalo of its own."""
    writer = actor_of(desk.runtime, "writer", Role.ANNOUNCER, agencies=frozenset({"H56.14"}))
    made = Stage(desk.runtime, desk.clock, Zalo(), writer, writer)
    yield made
    for announcer in made.announcers:
        announcer.stop()


@pytest.fixture
def logged_in(browser: Browser, desk: Desk) -> Iterator[LoggedIn]:
    """Opens the console for an account; a script error or a foreign request fails the test."""
    strange: list[str] = []
    with ExitStack() as stack:
        base = stack.enter_context(served_app(desk.runtime))

        def opened(login: str, path: str = "/console/thong-bao", **screen: Any) -> Page:
            screen.setdefault("viewport", {"width": 1280, "height": 900})
            context = browser.new_context(locale="vi-VN", base_url=base, **screen)
            stack.callback(context.close)
            page = context.new_page()
            page.on(
                "request",
                lambda one: (
                    None if one.url.startswith((base, "data:")) else strange.append(one.url)
                ),
            )
            page.on("pageerror", lambda error: strange.append(str(error)))
            page.goto(path)
            page.get_by_label("Tên đăng nhập").fill(login)
            page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            page.wait_for_url("**" + path)
            return page

        yield opened
    assert strange == []


def write(page: Page) -> None:
    """Begin one and fill the editor in."""
    page.get_by_role("button", name="Soạn thông báo mới").click()
    page.get_by_label("Tiêu đề").fill(TITLE)
    page.get_by_label("Nội dung").fill(f"{TEXT} Trân trọng, {{co_quan}}.")
    page.get_by_label("Liên kết đến trang chi tiết").fill("https://dichvucong.gov.vn/lich")
    expect(page.locator("#saved")).to_contain_text("Đã tự lưu lúc")


def test_the_preview_limits_and_faults_follow_while_typing(
    logged_in: LoggedIn, stage: Stage
) -> None:
    page = logged_in("lan")
    write(page)
    preview = page.locator("#preview .bubble-text")
    expect(preview).to_contain_text("Trân trọng, UBND thành phố Nha Trang.")
    expect(preview).to_contain_text("thôi nhận bản tin")
    expect(page.locator(".bubble-button")).to_be_visible()
    page.get_by_label("Nội dung").fill("x" * 2100 + " {co_qan}")
    expect(page.locator("#count-message")).to_contain_text("thừa")
    expect(page.locator("#n-places")).to_contain_text("Không có chỗ điền {co_qan}")
    page.get_by_label("Liên kết đến trang chi tiết").fill("dichvucong")
    expect(page.locator("#n-link")).to_contain_text("chưa đúng dạng")
    page.get_by_label("Người nhận").select_option("phones")
    expect(page.get_by_label("Tệp CSV số điện thoại")).to_be_visible()
    expect(page.get_by_label("Tin nhắn cho người đã nhắn")).to_be_hidden()


def test_nobody_meets_a_barrier(logged_in: LoggedIn, stage: Stage) -> None:
    stage.follow(2)
    page = logged_in("lan")
    assert barriers(page) == []
    write(page)
    expect(page.locator("#reach")).to_contain_text("2 người")
    assert barriers(page) == []
    place = page.url
    page.get_by_role("button", name="Trình duyệt").click()
    page.wait_for_url("**/theo-doi")
    assert barriers(page) == []
    for more in (f"{place}/phien-ban", f"{place}/ket-qua", "/console/nhom-nhan-tin"):
        page.goto(more)
        assert barriers(page) == [], more
    approver = logged_in("minh", "/console/thong-bao")
    approver.get_by_role("link", name="Xem và duyệt").click()
    assert barriers(approver) == []


def test_the_whole_way_from_writing_to_the_report(
    logged_in: LoggedIn, stage: Stage, desk: Desk
) -> None:
    stage.follow(40)
    with desk.runtime.engine.begin() as connection:
        add_tester(connection, "u00000", stage.writer.account.id, desk.clock())
    assert invite(desk.runtime, stage.writer, Purpose.TESTER)
    writer = logged_in("lan")
    write(writer)
    writer.get_by_role("button", name="Gửi thử đến 1 máy").click()
    expect(writer.get_by_role("status").first).to_contain_text("Đang gửi thử đến 1 máy")
    stage.send_all()
    [tried] = stage.zalo.texts
    assert tried.startswith(f"[GỬI THỬ] {TITLE}")
    stage.zalo.taken.clear()
    writer.get_by_role("button", name="Trình duyệt").click()
    writer.wait_for_url("**/theo-doi")

    approver = logged_in("minh")
    approver.get_by_role("link", name="Xem và duyệt").click()
    expect(approver.get_by_role("main")).to_contain_text("40 người")
    approver.get_by_role("button", name="Duyệt bản số").click()
    approver.wait_for_url("**/theo-doi")
    approver.get_by_role("button", name="Phát hành").click()
    expect(approver.locator("#w-state")).to_have_text("Đã lên lịch")

    announcer = stage.announcer(threads=4)
    while len(stage.zalo.taken) < 8:
        announcer.turn()
    approver.reload()
    approver.get_by_role("button", name="Tạm dừng").click()
    expect(approver.locator("#w-state")).to_have_text("Tạm dừng")
    drain(announcer)
    told = len(stage.zalo.taken)
    assert told < 40
    approver.get_by_role("button", name="Gửi tiếp").click()
    expect(approver.locator("#w-state")).to_have_text("Đang gửi")
    drain(announcer)
    expect(approver.locator("#w-state")).to_have_text("Đã gửi xong", timeout=10_000)
    assert len(stage.zalo.taken) == len(set(stage.zalo.taken)) == 40
    approver.get_by_role("link", name="Kết quả").click()
    figure = approver.locator(".figures div", has_text="Đã gửi").locator("dd")
    expect(figure.first).to_have_text("40")


def test_what_is_stopped_reaches_nobody_more_and_cannot_go_on(
    logged_in: LoggedIn, stage: Stage
) -> None:
    stage.follow(40)
    writer = logged_in("lan")
    write(writer)
    writer.get_by_role("button", name="Trình duyệt").click()
    approver = logged_in("minh")
    approver.get_by_role("link", name="Xem và duyệt").click()
    approver.get_by_role("button", name="Duyệt bản số").click()
    approver.get_by_role("button", name="Phát hành").click()
    announcer = stage.announcer(threads=4)
    while len(stage.zalo.taken) < 8:
        announcer.turn()
    approver.reload()
    approver.get_by_role("button", name="Dừng hẳn").click()
    expect(approver.locator("#w-state")).to_have_text("Đã dừng hẳn")
    drain(announcer)
    told = len(stage.zalo.taken)
    assert told < 40
    expect(approver.get_by_role("button", name="Gửi tiếp")).to_have_count(0)
    drain(announcer)
    assert len(stage.zalo.taken) == told
    approver.get_by_role("link", name="Kết quả").click()
    sent = approver.locator(".figures div", has_text="Đã gửi").locator("dd")
    expect(sent.first).to_have_text(str(told))
    left = approver.locator(".figures div", has_text="Chưa gửi").locator("dd")
    expect(left.first).to_have_text(str(40 - told))


def test_without_script_it_is_written_and_handed_in_all_the_same(
    logged_in: LoggedIn, stage: Stage
) -> None:
    page = logged_in("lan", java_script_enabled=False)
    page.get_by_role("button", name="Soạn thông báo mới").click()
    page.get_by_label("Tiêu đề").fill(TITLE)
    page.get_by_label("Nội dung").fill(TEXT)
    page.get_by_role("button", name="Lưu bản nháp").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã lưu bản nháp")
    page.get_by_role("button", name="Trình duyệt").click()
    page.wait_for_url("**/theo-doi")
