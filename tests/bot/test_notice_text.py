"""The words of notices: letter by letter, in the alphabet of an SMS, inside Zalo's room."""

import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.ladder import RUNGS
from bot.core.notice import Facts, NoticeEvent, Rung
from bot.core.sms_text import is_gsm7, sms_parts
from bot.core.template_form import TEMPLATE_FIELDS
from bot.notice_text import CUT, ROOM, STATUSES, sms_text, template_data, zalo_text
from bot.texts.catalogue import load_catalogue

TEXTS = load_catalogue()
PAPER = Path(__file__).resolve().parents[2] / "docs/texts.md"
CODE, LOCAL = "000.00.17.H32-261122-0001", "0101701234"
FACTS = Facts(
    NoticeEvent.RESULT,
    code=CODE,
    shown_code=LOCAL,
    agency_name="UBND phường Lộc Thọ",
    sms_name="UBND P. Loc Tho",
    procedure="Đăng ký biến động đất đai",
    step="Thẩm định hồ sơ",
    promised_on=date(2026, 12, 4),
    otp="048213",
    item_code="EE123456785VN",
)
OF = "Hồ sơ của quý ông/bà (MS: 0101701234)"
SMS_OF = "TB: Ho so cua quy ong/ba (MS: 0101701234)"
DESK, SMS_DESK = "Bộ phận Một cửa UBND phường Lộc Thọ", "Bo phan Mot cua UBND P. Loc Tho"
ON_ZALO = {
    "received": f"TB: {OF} đã được tiếp nhận tại {DESK}. Ngày hẹn trả kết quả: 04/12/2026",
    "step": "Hồ sơ của quý Ông/Bà (0101701234) hiện đang ở bước Thẩm định hồ sơ, "
    "trạng thái hồ sơ: Đúng hạn.",
    "supplement": f"TB: {OF} cần bổ sung theo quy định. Mời ông/bà đến {DESK} để nhận thông báo",
    "payment": f"TB: {OF} cần thực hiện nghĩa vụ tài chính. Mời ông/bà liên hệ {DESK}",
    "result": f"TB: {OF} đã được giải quyết xong. Mời ông/bà đến {DESK} để nhận kết quả",
    "refused": f"TB: {OF} không được tiếp nhận. Mời ông/bà đến {DESK} để nhận thông báo",
    "stopped": f"TB: {OF} đã dừng giải quyết. Mời ông/bà liên hệ {DESK}",
    "withdrawn": f"TB: {OF} đã được ghi nhận yêu cầu rút hồ sơ. Nếu ông/bà không yêu cầu rút hoặc "
    f"cần hỏi thêm, mời liên hệ {DESK}",
    "returned": f"TB: {OF} đã được trả kết quả. {DESK} cảm ơn ông/bà. Nếu chưa nhận được kết quả, "
    "mời ông/bà liên hệ lại Bộ phận Một cửa",
    "apology": f"TB: {OF} chưa có kết quả vào ngày 04/12/2026. Ông/bà có thể đến {DESK} nhận Thông "
    "báo xin lỗi, hẹn lại thời gian trả kết quả hoặc đến nhận kết quả khi có tin nhắn tiếp theo",
    "correction": f"TB: {OF} chưa có kết quả, tin nhắn trước báo có kết quả là chưa đúng. {DESK} "
    "xin lỗi ông/bà. Xin ông/bà chưa đến nhận, vui lòng chờ tin nhắn tiếp theo",
    "posted": "TB: Bưu điện đã nhận gửi kết quả hồ sơ của quý ông/bà (MS: 0101701234). Mã bưu gửi: "
    "EE123456785VN. Bưu tá sẽ gọi trước khi phát, mời ông/bà để ý điện thoại",
    "post_back": "TB: Bưu điện đã chuyển hoàn kết quả hồ sơ của quý ông/bà (MS: 0101701234). Mời "
    f"ông/bà đến {DESK} để nhận",
    "otp": "Mã xác nhận của quý ông/bà là 048213. Hết hạn sau 10 phút.",
}
BY_SMS = {
    "received": f"{SMS_OF} da duoc tiep nhan tai {SMS_DESK}. Ngay hen tra ket qua: 04/12/2026",
    "step": "Ho so cua quy Ong/Ba (0101701234) hien dang o buoc Tham dinh ho so, "
    "trang thai ho so: Dung han.",
    "supplement": f"{SMS_OF} can bo sung theo quy dinh. Moi ong/ba den {SMS_DESK} de nhan "
    "thong bao",
    "payment": f"{SMS_OF} can thuc hien nghia vu tai chinh. Moi ong/ba lien he {SMS_DESK}",
    "result": f"{SMS_OF} da duoc giai quyet xong. Moi ong/ba den {SMS_DESK} de nhan ket qua",
    "refused": f"{SMS_OF} khong duoc tiep nhan. Moi ong/ba den {SMS_DESK} de nhan thong bao",
    "stopped": f"{SMS_OF} da dung giai quyet. Moi ong/ba lien he {SMS_DESK}",
    "apology": f"{SMS_OF} chua co ket qua vao ngay 04/12/2026. Ong/ba co the den {SMS_DESK} nhan "
    "Thong bao xin loi, hen lai thoi gian tra ket qua hoac den nhan ket qua khi co tin nhan "
    "tiep theo",
    "correction": f"{SMS_OF} chua co ket qua, tin nhan truoc bao co ket qua la chua dung. "
    f"{SMS_DESK} xin loi ong/ba. Xin ong/ba chua den nhan, vui long cho tin nhan tiep theo",
    "post_back": "TB: Buu dien da chuyen hoan ket qua ho so cua quy ong/ba (MS: 0101701234). Moi "
    f"ong/ba den {SMS_DESK} de nhan",
    "otp": "Ma xac nhan cua quy ong/ba la 048213. Het han sau 10 phut.",
}
EVENTS = list(NoticeEvent)
# Nothing of these has a plain form but "?", which a name in Vietnamese never needs.
VIETNAMESE = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
COMPOSED = st.text(
    st.sampled_from(VIETNAMESE + VIETNAMESE.upper() + "0189 \u00a0-–—“”‘’«»…,.;:/()&№°·•{}`"),
    min_size=1,
    max_size=200,
)
NAMES = COMPOSED | COMPOSED.map(lambda name: unicodedata.normalize("NFD", name))
ANY_FACTS = st.builds(
    Facts,
    event=st.sampled_from(EVENTS),
    code=st.just(CODE),
    shown_code=st.sampled_from([CODE, LOCAL, "H32.15.8-261122-000123456789"]),
    agency_name=NAMES,
    sms_name=st.none() | NAMES,
    procedure=NAMES,
    step=NAMES,
    promised_on=st.none() | st.dates(date(2016, 1, 1), date(2099, 12, 31)),
    late=st.booleans(),
    otp=st.just("048213"),
)


# The words


@pytest.mark.parametrize("event", EVENTS)
def test_what_is_said_on_zalo(event: NoticeEvent) -> None:
    assert zalo_text(TEXTS, replace(FACTS, event=event)) == ON_ZALO[event]


@pytest.mark.parametrize(
    "event", [one for one in EVENTS if Rung.SMS in RUNGS[one] or one == "step"]
)
def test_what_is_said_by_sms(event: NoticeEvent) -> None:
    assert sms_text(TEXTS, replace(FACTS, event=event), unicode=False) == BY_SMS[event]


def test_a_receipt_without_a_promised_day_says_nothing_of_it() -> None:
    undated = replace(FACTS, event=NoticeEvent.RECEIVED, promised_on=None)
    assert zalo_text(TEXTS, undated) == f"TB: {OF} đã được tiếp nhận tại {DESK}."
    assert sms_text(TEXTS, undated, unicode=False) == (
        f"{SMS_OF} da duoc tiep nhan tai {SMS_DESK}."
    )


def test_a_result_that_the_post_brings_asks_nobody_to_come() -> None:
    brought = replace(FACTS, by_post=True)
    assert zalo_text(TEXTS, brought) == (
        f"TB: {OF} đã được giải quyết xong. Bưu điện sẽ trả kết quả đến địa chỉ ông/bà đã đăng ký"
    )
    assert sms_text(TEXTS, brought, unicode=False) == (
        f"{SMS_OF} da duoc giai quyet xong. Buu dien se tra ket qua den dia chi ong/ba da dang ky"
    )
    assert template_data({"s": "{status}"}, TEXTS, brought) == {"s": "Trả kết quả qua bưu điện"}


def test_an_agency_without_a_short_name_is_named_in_full_by_sms() -> None:
    said = sms_text(TEXTS, replace(FACTS, sms_name=None), unicode=False)
    assert "den Bo phan Mot cua UBND phuong Loc Tho de nhan" in said


def test_an_agency_may_write_sms_with_diacritics() -> None:
    said = sms_text(TEXTS, replace(FACTS, sms_name="UBND P. Lộc Thọ"), unicode=True)
    assert said == ON_ZALO["result"].replace("UBND phường Lộc Thọ", "UBND P. Lộc Thọ")


def test_a_one_time_code_is_never_written_with_diacritics_by_sms() -> None:
    said = sms_text(TEXTS, replace(FACTS, event=NoticeEvent.OTP), unicode=True)
    assert said == "Ma xac nhan cua quy ong/ba la 048213. Het han sau 10 phut."


def test_a_late_dossier_is_called_late() -> None:
    late = replace(FACTS, event=NoticeEvent.STEP, late=True)
    assert zalo_text(TEXTS, late).endswith("trạng thái hồ sơ: Trễ hạn.")
    assert sms_text(TEXTS, late, unicode=False).endswith("trang thai ho so: Tre han.")


def test_a_step_is_shown_verbatim_on_zalo_and_plainly_by_sms() -> None:
    odd = replace(FACTS, event=NoticeEvent.STEP, step="Trình “Lãnh đạo” – phê\u00a0duyệt {code}")
    assert "ở bước Trình “Lãnh đạo” – phê\u00a0duyệt {code}," in zalo_text(TEXTS, odd)
    assert 'o buoc Trinh "Lanh dao" - phe duyet {code},' in sms_text(TEXTS, odd, unicode=False)


# The alphabet


@given(ANY_FACTS)
def test_an_sms_is_plain_and_loses_no_letter(facts: Facts) -> None:
    said = sms_text(TEXTS, facts, unicode=False)
    assert said.isascii()
    assert is_gsm7(said)
    assert "?" not in said


@given(ANY_FACTS)
def test_a_chat_message_fits_and_is_composed(facts: Facts) -> None:
    said = zalo_text(TEXTS, facts)
    assert 0 < len(said) <= 2000
    assert said == unicodedata.normalize("NFC", said)


# The length in practice


def length(event: NoticeEvent, code: str, agency: str) -> str:
    facts = replace(
        FACTS, event=event, shown_code=code, agency_name=agency, sms_name=None, step="Thẩm định"
    )
    plain, marked = (sms_text(TEXTS, facts, unicode=unicode) for unicode in (False, True))
    assert len(plain) == len(marked)
    return f"{len(plain)}: U{sms_parts(plain)} D{sms_parts(marked)}"


SHORT, LONG = "UBND phường Lộc Thọ", "Sở Nông nghiệp và Môi trường tỉnh"


@pytest.mark.parametrize(
    ("event", "ten_short", "ten_long", "national_long"),
    [
        (NoticeEvent.RESULT, "133: U1 D2", "147: U1 D3", "162: U2 D3"),
        (NoticeEvent.SUPPLEMENT, "137: U1 D3", "151: U1 D3", "166: U2 D3"),
        (NoticeEvent.APOLOGY, "234: U2 D4", "248: U2 D4", "263: U2 D4"),
        (NoticeEvent.STEP, "89: U1 D2", "89: U1 D2", "104: U1 D2"),
    ],
)
def test_the_parts_are_those_the_province_counted(
    event: NoticeEvent, ten_short: str, ten_long: str, national_long: str
) -> None:
    """Source: domain-facts 0.2 ("Length in practice")."""
    assert (len(SHORT), len(LONG), len(LOCAL), len(CODE)) == (19, 33, 10, 25)
    assert length(event, LOCAL, SHORT) == ten_short
    assert length(event, LOCAL, LONG) == ten_long
    assert length(event, CODE, LONG) == national_long


@pytest.mark.parametrize("event", [one for one in BY_SMS if one != "otp"])
def test_the_paper_tells_the_parts_of_each_text(event: str) -> None:
    cells = [(LOCAL, SHORT), (LOCAL, LONG), (CODE, LONG)]
    row = " | ".join([event, *(length(NoticeEvent(event), *cell) for cell in cells)])
    assert f"| {row} |" in PAPER.read_text(encoding="utf-8").splitlines()


# The fields of a template


def test_the_fields_of_a_template_are_filled_in() -> None:
    params = {field: "{" + field + "}" for field in TEMPLATE_FIELDS}
    assert template_data(params, TEXTS, FACTS) == {
        "code": "0101701234",
        "agency": "UBND phường Lộc Thọ",
        "step": "Thẩm định hồ sơ",
        "timing": "Đúng hạn",
        "due_date": "04/12/2026",
        "procedure": "Đăng ký biến động đất đai",
        "status": "Đã có kết quả",
        "otp": "048213",
    }


def test_a_parameter_may_mix_words_and_fields() -> None:
    params = {"ma": "Mã {code}", "noi": "{agency} ({procedure})", "cau": "Kính báo"}
    assert template_data(params, TEXTS, FACTS) == {
        "ma": "Mã 0101701234",
        "noi": "UBND phường Lộc Thọ (Đăng ký biến động đất đai)",
        "cau": "Kính báo",
    }


def test_a_template_says_when_no_day_was_promised() -> None:
    undated = replace(FACTS, event=NoticeEvent.RECEIVED, promised_on=None)
    assert template_data({"ngay": "{due_date}"}, TEXTS, undated) == {"ngay": "Chưa ấn định"}


@pytest.mark.parametrize("event", STATUSES)
def test_every_notice_of_a_dossier_has_a_short_status(event: NoticeEvent) -> None:
    filled = template_data({"s": "{status}"}, TEXTS, replace(FACTS, event=event))
    assert 0 < len(filled["s"]) <= 30


def test_every_event_but_a_one_time_code_has_a_status() -> None:
    assert set(STATUSES) == set(NoticeEvent) - {NoticeEvent.OTP}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a" * 200, "a" * 200),
        ("a" * 201, "a" * 199 + "…"),  # one word: cut inside
        ("Sở " + "b" * 196 + " ccc", "Sở " + "b" * 196 + "…"),
        ("Sở " + "b" * 197 + " ccc", "Sở…"),
        ("Sở " + "b" * 190 + " – ccccccccc", "Sở " + "b" * 190 + "…"),
    ],
)
def test_a_long_name_ends_at_a_word(name: str, shown: str) -> None:
    facts = replace(FACTS, agency_name=name)
    assert template_data({"a": "{agency}"}, TEXTS, facts) == {"a": shown}


def test_a_long_code_is_never_cut() -> None:
    long = replace(FACTS, shown_code="H32." * 16)
    assert template_data({"c": "{code}", "t": "{code}: {step}"}, TEXTS, long)["c"] == "H32." * 16
    crowded = replace(long, step="s" * 200)
    filled = template_data({"t": "{code}: {step}"}, TEXTS, crowded)["t"]
    assert filled == "H32." * 16 + ": " + "s" * 133 + "…"


def test_what_is_cut_is_the_last_name_first() -> None:
    facts = replace(FACTS, agency_name="A" * 120, procedure="p" * 120)
    filled = template_data({"t": "{agency}, {procedure}"}, TEXTS, facts)["t"]
    assert filled == "A" * 120 + ", " + "p" * 77 + "…"


def test_a_field_filled_from_the_feed_is_never_filled_in_again() -> None:
    braced = replace(FACTS, step="{otp} {x} {")
    assert template_data({"s": "{step}"}, TEXTS, braced) == {"s": "{otp} {x} {"}


@given(ANY_FACTS)
def test_every_field_alone_fits_zalos_room(facts: Facts) -> None:
    assert set(ROOM) == TEMPLATE_FIELDS
    filled = template_data({field: "{" + field + "}" for field in ROOM}, TEXTS, facts)
    for field, value in filled.items():
        assert len(value) <= ROOM[field]
        assert value or (field == "status" and facts.event is NoticeEvent.OTP)


@given(ANY_FACTS, st.lists(st.sampled_from(sorted(CUT)), min_size=1, max_size=4))
def test_names_together_fit_zalos_room_and_leave_the_code_whole(
    facts: Facts, names: list[str]
) -> None:
    filling = "{code} - " + ", ".join("{" + name + "}" for name in names)
    value = template_data({"t": filling}, TEXTS, facts)["t"]
    assert len(value) <= 200
    assert value.startswith(f"{facts.shown_code} - ")
