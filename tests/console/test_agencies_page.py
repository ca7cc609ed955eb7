"""`/console/co-quan`: agencies added, changed, renamed, merged, narrowed; told before and after."""

import re
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from bot.core.agency import Agency
from bot.core.staff import Role
from bot.database import reading
from bot.settle_agencies import turn_agencies
from bot.store.agencies import all_agencies
from tests.console.desk import Client, Desk

PLACE = "/console/co-quan"


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)


@pytest.fixture
def boss(desk: Desk) -> Client:
    return desk.login(Role.ADMINISTRATOR, agency=None, login="quan.tri")


def agency(desk: Desk, code: str) -> Agency:
    with reading(desk.runtime.engine) as connection:
        return {one.code: one for one in all_agencies(connection)}[code]


def form(client: Client, code: str, part: str) -> dict[str, str]:
    """The fields of a form of an agency's page, as a browser would send them untouched."""
    page = client.get(f"{PLACE}/{code}").text
    [fields] = re.findall(rf'name="part" value="{part}">(.*?)</form>', page, re.S)
    given = {"part": part}
    for tag in re.findall(r"<input[^>]*>", fields):
        found = {name: value for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if found.get("type") != "checkbox" or " checked" in tag:
            given[found["name"]] = found.get("value", "")
    for name, options in re.findall(r'<select[^>]* name="(\w+)".*?>(.*?)</select>', fields, re.S):
        given[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return given


def save(client: Client, code: str, part: str, **typed: str) -> TestResponse:
    return client.post(f"{PLACE}/{code}", {**form(client, code, part), **typed})


def history(client: Client, code: str) -> list[str]:
    """The newest lines of an agency's history, as words."""
    page = client.get(f"{PLACE}/{code}").text.partition('id="history"')[2]
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_the_tree_shows_what_is_below_what_and_is_searched_without_accents(
    desk: Desk, boss: Client
) -> None:
    page = boss.get(PLACE).text
    assert re.findall(r"branch-(\d).*?href=\"/console/co-quan/([^\"]+)\"", page) == [
        ("0", "H56"), ("1", "H56.14"), ("2", "H56.14.1"), ("1", "H56.15"),
    ]  # fmt: skip
    found = boss.get(f"{PLACE}?q=loc tho").text
    assert re.findall(r'data-row href="[^"]+/([^/"]+)"', found) == ["H56.14.1"]
    assert "Không có cơ quan nào khớp" in boss.get(f"{PLACE}?q=hue").text


def test_a_supervisor_reads_their_own_agencies_and_changes_none(desk: Desk) -> None:
    eye = desk.login(Role.SUPERVISOR)
    page = eye.get(f"{PLACE}/H56.14.1").text
    assert "<button" not in page.partition("<main")[2]
    assert eye.get(f"{PLACE}/H56.15").status_code == 404
    assert eye.get(f"{PLACE}/H56").status_code == 404
    assert eye.post(f"{PLACE}/H56.14", {"part": "facts"}).status_code == 403


def test_an_agency_is_added_below_ones_own_and_faults_keep_what_was_typed(
    desk: Desk, boss: Client
) -> None:
    typed = {"code": "H56 9", "name": "Phường mới", "parent": "H56", "valid_from": "32/13/2026"}
    answer = boss.post(PLACE, typed)
    assert answer.status_code == 422
    assert "“H56 9” không phải mã cơ quan" in answer.text
    assert "“32/13/2026” không phải một ngày" in answer.text
    assert 'value="Phường mới"' in answer.text
    taken = boss.post(PLACE, {**typed, "code": "H56.15", "valid_from": ""})
    assert "đã là của UBND huyện Vạn Ninh" in taken.text
    assert boss.post(PLACE, {**typed, "code": "H56.9", "valid_from": ""}).status_code == 303
    assert agency(desk, "H56.9").parent == "H56"
    local = desk.login(Role.ADMINISTRATOR)
    outside = local.post(PLACE, {**typed, "code": "H56.8", "valid_from": ""})
    assert "không thuộc phạm vi Ông/Bà quản trị" in outside.text
    alone = local.post(PLACE, {**typed, "code": "H56.8", "valid_from": "", "parent": ""})
    assert "Chưa chọn cấp trên" in alone.text


def test_each_change_is_one_entry_with_only_what_changed(desk: Desk, boss: Client) -> None:
    assert save(boss, "H56.15", "facts", hotline="1022", place="Vạn Ninh").status_code == 303
    assert save(boss, "H56.15", "facts").status_code == 303  # nothing is another
    assert save(boss, "H56.15", "switches", step_sms="1", result_hold_minutes="5").location
    assert (agency(desk, "H56.15").hotline, agency(desk, "H56.15").step_sms) == ("1022", True)
    switched, wrote, added = history(boss, "H56.15")
    assert switched.endswith(
        "Sửa cơ quan Giữ tin báo có kết quả (phút): “0” → “5” "
        "Gửi cả SMS khi hồ sơ chuyển bước: không → có"
    )
    assert wrote.endswith(
        "quan.tri Sửa cơ quan Điện thoại: không có → “1022” Địa danh: không có → “Vạn Ninh”"
    )
    assert "Lệnh tại máy chủ Thêm cơ quan" in added
    assert "Điện thoại: không có → “1022”" in boss.get("/console/audit?code=H56.15").text


WRONG = (
    ("facts", {"name": " "}, "cần từ 1 đến 200 ký tự"),
    ("facts", {"parent": "H56.14.1"}, "đứng dưới H56.14"),
    ("facts", {"work_hours": "sáng"}, "không phải giờ làm việc"),
    ("facts", {"code_head": "H56.15"}, "Chọn đầu mã riêng"),
    ("switches", {"result_hold_minutes": "10081"}, "từ 0 đến 10080"),
    ("life", {"successor": "H56.15"}, "chưa ghi ngày cuối"),
    ("life", {"successor": "H56.14.1", "valid_to": "2026-11-01"}, "sẽ nối vòng"),
    ("life", {"valid_from": "2026-11-02", "valid_to": "2026-11-01"}, "đứng trước ngày đầu"),
    ("life", {"successor": "H99", "valid_to": "2026-11-01"}, "Không có cơ quan mang mã “H99”"),
)


def test_what_cannot_be_is_said_at_its_field(desk: Desk, boss: Client) -> None:
    for part, typed, words in WRONG:
        answer = save(boss, "H56.14", part, **typed)
        assert answer.status_code == 422, words
        assert words in answer.text
        assert 'class="fault"' in answer.text
    [added] = history(boss, "H56.14")
    assert "Thêm cơ quan" in added
    assert boss.post(f"{PLACE}/H56.14", {"part": "none"}).status_code == 400
    assert boss.post(f"{PLACE}/H99", form(boss, "H56.14", "facts")).status_code == 404


def test_a_stale_form_is_refused_with_what_changed_and_can_be_sent_again(
    desk: Desk, boss: Client
) -> None:
    mine = form(boss, "H56.15", "facts") | {"hotline": "0258 111"}
    other = desk.login(Role.ADMINISTRATOR, agency="H56", login="nguoi.khac")
    save(other, "H56.15", "facts", place="Vạn Giã", hotline="1022")
    answer = boss.post(f"{PLACE}/H56.15", mine)
    assert answer.status_code == 409
    assert "Điện thoại: lúc mở trang là chưa có, nay là “1022”" in answer.text
    assert "Địa danh: lúc mở trang là chưa có, nay là “Vạn Giã”" in answer.text
    assert 'value="0258 111"' in answer.text
    assert agency(desk, "H56.15").hotline == "1022"
    again = {**mine, "place": "Vạn Giã", "seen-place": "Vạn Giã", "seen-hotline": "1022"}
    assert boss.post(f"{PLACE}/H56.15", again).status_code == 303
    assert agency(desk, "H56.15").hotline == "0258 111"


def test_a_new_name_holds_from_its_day_on_and_the_old_one_keeps_its_days(
    desk: Desk, boss: Client
) -> None:
    typed = {"new_name": "UBND xã Vạn Ninh", "new_sms_name": "UBND xa Van Ninh"}
    typed |= {"since": "2026-12-01", "seen-name": "UBND huyện Vạn Ninh"}
    assert boss.post(f"{PLACE}/H56.15/ten", typed).status_code == 303
    assert agency(desk, "H56.15").name == "UBND huyện Vạn Ninh"
    desk.clock.move(days=6)
    assert turn_agencies(desk.runtime) == 1
    assert turn_agencies(desk.runtime) == 0
    assert (agency(desk, "H56.15").name, agency(desk, "H56.15").sms_name) == (
        "UBND xã Vạn Ninh", "UBND xa Van Ninh",
    )  # fmt: skip
    boss.enter("quan.tri")
    page = boss.get(f"{PLACE}/H56.15").text
    row = "UBND huyện Vạn Ninh</th><td></td><td>ban đầu</td><td>30/11/2026</td>"
    assert row in page
    assert "UBND xã Vạn Ninh</th><td>UBND xa Van Ninh</td><td>01/12/2026</td>" in page
    early = boss.post(f"{PLACE}/H56.15/ten", {**typed, "new_name": "X", "since": "30/11/2026"})
    assert early.status_code == 409  # the page was opened under the old name
    assert "Ngày 30/11/2026 không đứng sau 01/12/2026" in early.text


def test_a_name_to_come_is_taken_back(desk: Desk, boss: Client) -> None:
    typed = {"new_name": "UBND xã Vạn Ninh", "since": "01/01/2027"}
    boss.post(f"{PLACE}/H56.15/ten", typed)
    [drop] = re.findall(r'action="([^"]+/ten/\d+/bo)"', boss.get(f"{PLACE}/H56.15").text)
    assert boss.post(drop).status_code == 303
    assert boss.post(drop).status_code == 422
    desk.clock.move(days=60)
    assert turn_agencies(desk.runtime) == 0
    assert agency(desk, "H56.15").name == "UBND huyện Vạn Ninh"


def test_a_merger_is_seen_on_both_pages_and_in_the_tree(desk: Desk, boss: Client) -> None:
    desk.account(Role.CLERK, agency="H56.15", login="minh")
    save(boss, "H56.15", "life", valid_to="2026-11-24", successor="H56.14.1")
    page = boss.get(f"{PLACE}/H56.15").text
    assert "nay do" in page
    assert "Còn 1 tài khoản thuộc mã cũ" in page
    assert "UBND huyện Vạn Ninh" in boss.get(f"{PLACE}/H56.14.1").text
    tree = boss.get(PLACE).text
    assert re.findall(r"branch-(\d).*?href=\"/console/co-quan/([^\"]+)\"", tree) == [
        ("0", "H56"), ("1", "H56.14"), ("2", "H56.14.1"), ("3", "H56.15"),
    ]  # fmt: skip
    back = save(boss, "H56.14.1", "life", valid_to="2026-11-24", successor="H56.15")
    assert "sẽ nối vòng" in back.text


def narrow(client: Client, code: str, event: str, *rungs: str, **more: str) -> TestResponse:
    given = {"event": event, "rungs": list(rungs), "seen": "", **more}
    return client.post(f"{PLACE}/{code}/kenh-gui", given)


def test_rungs_are_narrowed_inherited_and_given_back(desk: Desk, boss: Client) -> None:
    assert narrow(boss, "H56", "result", "chat", "template_uid").status_code == 303
    assert narrow(boss, "H56.14", "result", "sms", "chat").status_code == 303
    assert "Theo <a" in boss.get(f"{PLACE}/H56.15").text
    assert [agency(desk, code).ladder for code in ("H56", "H56.14", "H56.14.1", "H56.15")] == [
        "result:chat,template_uid", "result:chat,sms", "result:chat,sms",
        "result:chat,template_uid",
    ]  # fmt: skip
    stale = narrow(boss, "H56.14", "result", "sms")
    assert stale.status_code == 409
    back = narrow(boss, "H56.14", "result", seen="chat,sms", then="back")
    assert back.status_code == 303
    assert agency(desk, "H56.14.1").ladder == "result:chat,template_uid"
    assert history(boss, "H56.14")[0].endswith(
        "Sửa kênh gửi của cơ quan Có kết quả: Tin nhắn Zalo, SMS → không có"
    )
    assert "Chưa chọn kênh nào" in narrow(boss, "H56.15", "result").text
    assert "Chỉ chọn trong" in narrow(boss, "H56.15", "step", "sms").text
    assert narrow(boss, "H56.15", "otp", "sms").status_code == 422


FILE = """\
ma,ten,cap_tren,tu_ngay,den_ngay,noi_tiep
H56.20.1,UBND xã Đại Lãnh,H56.20,2026-12-01,,
H56.20,UBND khu vực Bắc,H56,,,
H56.15,UBND huyện Vạn Ninh,H56,,30/11/2026,H56.20.1
"""


def send(client: Client, content: str, then: str) -> TestResponse:
    file = (BytesIO(content.encode()), "co-quan.csv")
    return client.post(f"{PLACE}/nhap-danh-sach", {"file": file, "then": then})


def test_a_file_is_looked_at_then_stored_whole(desk: Desk, boss: Client) -> None:
    looked = send(boss, FILE, "look").text
    assert "Nếu nạp: thêm 2, sửa 1, giữ nguyên 0" in looked
    assert "Đến hết ngày: chưa có → 30/11/2026" in looked
    assert len(boss.get(PLACE).text.split("data-row ")) == 5
    assert send(boss, FILE, "store").status_code == 303
    assert agency(desk, "H56.20.1").parent == "H56.20"
    assert agency(desk, "H56.15").successor == "H56.20.1"
    assert "Thêm cơ quan" in history(boss, "H56.20.1")[0]
    assert "thêm 0, sửa 0, giữ nguyên 3" in send(boss, FILE, "look").text


def test_a_file_with_faults_names_every_row_and_stores_nothing(desk: Desk, boss: Client) -> None:
    bad = (
        FILE + "H56.21,,H99,,,\nH 1,Xã,H56,,,\nH56.20,Hai lần,H56,x,,\nH56,UBND tỉnh,H56.20.1,,,\n"
    )
    answer = send(boss, bad, "store")
    assert answer.status_code == 422
    for words in ("Dòng 5, tên", "Dòng 5, cấp trên", "Dòng 6, mã cơ quan", "đã có ở dòng 3",
                  "Dòng 7, hoạt động từ ngày", "Dòng 8, cấp trên"):  # fmt: skip
        assert words in answer.text, words
    assert "H56.20" not in boss.get(PLACE).text
    assert "không có cột nào tên “la”" in send(boss, "ma,la\nH1,x\n", "look").text
