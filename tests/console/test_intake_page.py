"""The intake form: one dossier a press, faults at their fields, nothing typed is lost."""

import re
from html import unescape

import pytest

from bot.core.staff import Role
from tests.console.counter import BIRTH, deeds, field_of, filled, make_counter, send, take_in
from tests.console.desk import Client, Desk

PLACE = "/console/tiep-nhan"


@pytest.fixture
def desk(database_url: str) -> Desk:
    return make_counter(database_url)


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK, name="Lê Thị Lan")


@pytest.mark.parametrize(
    "typed", [BIRTH, BIRTH + " – Đăng ký khai sinh", "khai sinh", "KHAI  sinh", "dang ky khai sinh"]
)
def test_a_procedure_is_chosen_by_its_code_or_by_words_of_its_name(
    clerk: Client, typed: str
) -> None:
    page = clerk.get(PLACE, query_string={"thu_tuc": typed}).text
    assert field_of(page, "procedure") == BIRTH
    assert "Hẹn trả: <strong>02/12/2026 09:00</strong>" in page


def test_words_that_fit_several_give_a_list_and_none_says_so(clerk: Client) -> None:
    page = clerk.get(PLACE, query_string={"thu_tuc": "đăng ký"}).text
    assert page.count("data-row ") == 2
    page = clerk.get(PLACE, query_string={"thu_tuc": "hộ chiếu"}).text
    assert "Không có thủ tục nào khớp" in page


def test_the_form_begins_with_the_papers_and_fees_of_the_list(clerk: Client) -> None:
    page = unescape(clerk.get(f"{PLACE}?thu_tuc={BIRTH}").text)
    assert 'name="papers.0.name" rows="1"' in page
    assert ">Giấy chứng sinh</textarea>" in page
    assert re.search(r'name="papers.1.originals" value="1"', page)
    assert 'name="fees"' in page
    assert 'value="8.000 đồng"' in page
    for words in (
        "Đăng ký nhận SMS mỗi khi cập nhật tình trạng xử lý hồ sơ",
        "Đăng ký nhận kết quả bằng chuyển phát nhanh (EMS)",
        "Đăng ký nhận thông báo trạng thái hồ sơ qua Zalo",
        "Lưu và in giấy biên nhận",
        "In hướng dẫn thực hiện thủ tục",
    ):
        assert words in page


def test_saving_leads_to_the_slip_or_to_the_dossier(desk: Desk, clerk: Client) -> None:
    to_print = send(clerk).headers["Location"]
    assert to_print.startswith("/console/ho-so/H56.14-261125-0001/in/bien-nhan?moi=1")
    page = clerk.get(to_print).text
    assert "Hồ sơ H56.14-261125-0001 đã được ghi nhận." in page
    assert 'src="/console/ho-so/H56.14-261125-0001/giay/bien-nhan?kho=A5"' in page
    saved = send(clerk, then="save").headers["Location"]
    assert saved == "/console/ho-so/H56.14-261125-0002"
    assert ("intake.saved", "H56.14-261125-0002") in deeds(desk)


def test_a_double_press_makes_one_dossier(clerk: Client) -> None:
    form = filled(clerk)
    first = clerk.post(PLACE, form).headers["Location"]
    assert clerk.post(PLACE, form).headers["Location"] == first


def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(clerk: Client) -> None:
    answer = send(
        clerk, name="", email="a@b", sets="x", papers__1__originals="nhiều", note="Hẹn gọi lại"
    )
    page = unescape(answer.text)
    assert answer.status_code == 422
    for name in ("name", "email", "sets", "papers.1.originals"):
        assert f'id="e-{name}"' in page
        assert f'href="#f-{name}"' in page
    assert 'value="nhiều"' in page
    assert ">\nHẹn gọi lại</textarea>" in page
    assert 'value="Số 12 đường Hùng Vương"' in page


def test_a_number_that_gets_no_message_is_a_question_and_no_wall(clerk: Client) -> None:
    answer = send(clerk, phone="0258 3 822 333")
    assert answer.status_code == 422
    assert "số cố định" in answer.text
    assert 'name="phone_confirmed"' in answer.text
    assert send(clerk, phone="0258 3 822 333", phone_confirmed="1").status_code == 303


def test_enter_without_a_script_only_looks(desk: Desk, clerk: Client) -> None:
    answer = send(clerk, then="check", phone="01212345678")
    assert answer.status_code == 200
    assert "Số mới: 0792 345 678" in answer.text
    assert 'value="Nguyễn Thị Mẫu"' in answer.text
    assert "intake.saved" not in [action for action, _ in deeds(desk)]


def test_a_number_is_judged_while_it_is_typed(clerk: Client) -> None:
    told = clerk.post(f"{PLACE}/so-dien-thoai", {"phone": "0905.123.456"}).get_json()
    assert told == {"level": "ok", "words": "", "normalised": "0905 123 456"}
    told = clerk.post(f"{PLACE}/so-dien-thoai", {"phone": "09051234"}).get_json()
    assert (told["level"], "Thiếu số" in told["words"]) == ("warning", True)


def test_a_clerk_of_several_desks_chooses_and_the_choice_holds(desk: Desk) -> None:
    clerk = desk.login(Role.CLERK, agency="H56")
    clerk.get(f"{PLACE}?co_quan=H56.15")
    assert field_of(clerk.get(f"{PLACE}?thu_tuc={BIRTH}").text, "co_quan") == "H56.15"
    assert take_in(clerk).startswith("H56.15-261125-")


def test_another_agencys_desk_cannot_be_named(clerk: Client) -> None:
    page = clerk.get(f"{PLACE}?co_quan=H56.15&thu_tuc={BIRTH}").text
    assert field_of(page, "co_quan") == "H56.14"
    assert take_in(clerk, co_quan="H56.15").startswith("H56.14-261125-")


def test_a_procedure_that_is_no_longer_offered_is_chosen_anew(clerk: Client) -> None:
    answer = send(clerk, procedure="9.999999")
    assert answer.headers["Location"] == PLACE
    assert "không còn trong danh mục" in clerk.get(PLACE).text
