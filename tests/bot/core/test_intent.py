"""What citizens want, from what they type."""

import unicodedata

import pytest

from bot.core.intent import Intent, Kind, one_time_code, read_intent

CASES: dict[Kind, list[str]] = {
    Kind.LOOKUP: [
        "tra cứu", "tra cuu", "TRA CỨU", "tracuu", "Tra cứu hs", "tra cứu hồ sơ giúp em ạ",
        "kt hồ sơ", "kiểm tra hồ sơ", "xem hồ sơ", "hồ sơ đến đâu rồi", "tình trạng hs", "kq",
        "có kết quả chưa", "#TRACUU", "#tracuu", "#Tra cứu", "# TRA_CUU", "MCKH",
        "giúp tôi tra cứu", "Xin chào, tôi muốn hỏi hồ sơ", "tra cứu mã số",
        "nộp hồ sơ ngày 20/11/2026 có kết quả chưa",
    ],
    Kind.SLIP_HELP: [
        "mã số ở đâu", "ma so o dau", "mã biên nhận là gì", "giấy hẹn", "biên nhận", "phiếu hẹn",
        "mã số", "mất giấy hẹn", "không biết mã hồ sơ", "lấy mã ở đâu trên biên nhận",
        "hướng dẫn xem mã hồ sơ", "#HUONGDAN", "#Hướng dẫn",
    ],
    Kind.HELP: [
        "trợ giúp", "tro giup", "giúp", "help", "hướng dẫn", "menu", "Menu ạ", "?", "???", "#",
        "#TROGIUP", "#Trợ giúp", "hỗ trợ", "bắt đầu",
    ],
    Kind.GREETING: [
        "xin chào", "Xin chào ạ", "chào", "chao ban", "hello", "Hello!", "hi", "alo",
        "a lô", "ALO ALO",
    ],
    Kind.THANKS: ["cảm ơn", "cám ơn", "cam on nhe", "thanks", "Thank you", "tks", "ok", "vâng ạ"],
    Kind.HANDOVER: [
        "gặp cán bộ", "gap can bo", "cho tôi gặp nhân viên", "tôi muốn nói chuyện với cán bộ",
        "gặp người thật", "#GAPCANBO", "cán bộ", "xin chào, cho gặp nhân viên tư vấn",
        "gọi tổng đài", "cần gặp người phụ trách", "gặp cán bộ, sđt tôi 0905123456",
    ],
    Kind.COMPLAINT: [
        "tôi đến nhưng chưa có kết quả", "Toi den roi ma khong co ket qua", "#CHUACO17",
        "em lên lấy mà cán bộ bảo chưa xong", "đã đến lấy nhưng chưa có",
    ],
    Kind.END_TALK: ["kết thúc", "ket thuc nhé", "Kết thúc trao đổi.", "#KETTHUC"],
    Kind.MY_DOSSIERS: ["hồ sơ của tôi", "ho so cua toi", "danh sách hồ sơ", "#HOSOCUATOI"],
    Kind.MY_DATA: [
        "dữ liệu của tôi", "thong tin ca nhan cua toi", "trang lưu gì về tôi", "#DULIEUCUATOI",
        "quyền riêng tư",
    ],
    Kind.FOLLOW: ["theo dõi", "tôi muốn theo dõi hồ sơ", "đăng ký nhận tin", "#THEODOI"],
    Kind.STOP: [
        "thôi", "thôi theo dõi", "thoi theo doi", "hủy nhận tin", "huỷ theo dõi", "stop",
        "đừng gửi tin nhắn nữa", "không nhận tin nữa", "#THOI", "tắt thông báo",
    ],
    Kind.FORGET: ["xóa thông tin", "xoá thông tin của tôi", "xóa dữ liệu cá nhân", "#XOATHONGTIN"],
    Kind.NEWS_STOP: [
        "thôi nhận bản tin", "không muốn nhận bản tin nữa", "tắt bản tin", "#THOIBANTIN",
        "thôi nhận thông báo chung",
    ],
    Kind.NEWS: ["nhận bản tin", "tôi muốn nhận lại bản tin", "nhận thông báo chung", "#NHANBANTIN"],
    Kind.RECLAIM: ["#GOSO", "#Gỡ số"],
    Kind.PARTIAL_CODE: [
        "200617-0001", "H56.14-240823-001", "H56.14-240823", "16.H46-200617-0001",
        "000.00.16.46-200617-0001", "H56.14", "H56142408230001", "xH56.14-240823-0001",
        "H56.14-240823-0001-02", "01017012345", "0101-701-234", "tra cứu 200617-0001",
    ],
    Kind.IMPOSSIBLE_DATE: ["H56.14-241323-0001", "000.00.16.H46-200632-0001"],
    Kind.PHONE: [
        "0905123456", "0905 123 456", "0905.123.456", "0905-123-456", "+84905123456",
        "+84 905 123 456", "0084905123456", "84905123456", "02583822100", "0258 3822 100",
        "tra cứu 0905123456", "https://zalo.me/0905123456",
    ],
    Kind.CITIZEN_ID: ["038199012345", "038 199 012 345", "225012345", "CCCD 038199012345"],
    Kind.TAX_NUMBER: ["MST 0101701234", "0101701234-001", "mã số thuế: 0905123456"],
    Kind.INSURANCE: ["03706/2026/07906", "BHXH 0101701234", "DN4790123456789"],
    Kind.PROCEDURE_CODE: [
        "1.003560", "thủ tục 2.000488", "1.001776.000.00.00.H56", "G03-GD10", "KQ.G15.000031",
    ],
    Kind.DOCUMENT_NUMBER: [
        "1263/STTTT-CNTT", "118/2025/NĐ-CP", "17/06/2020", "17-06-2020",
        "17.06.2020", "79H1-123.45",
    ],
    Kind.PARCEL: ["EE123456789VN", "ee123456789vn", "EE 123456789 VN"],
    Kind.OTP: ["123456", " 123456 ", "123 456", "１２３４５６", "OTP 123456"],
    Kind.EMPTY: ["", "   ", "\n", "\u200b\u200b", "\ufeff"],
    Kind.UNKNOWN: [
        "trời hôm nay đẹp", "thời tiết", "đúng", "12345", "👍", "!!!", "hộp", "chì", "Huy",
        "phòng A12 ở tầng mấy", "#KHONGCO", "nộp 1.500.000 đồng",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind"), [(text, kind) for kind, texts in CASES.items() for text in texts]
)
def test_a_text_is_understood_however_it_is_typed(text: str, kind: Kind) -> None:
    assert read_intent(text) == Intent(kind)
    assert read_intent(unicodedata.normalize("NFD", text)) == Intent(kind)


def test_every_kind_but_codes_and_numbers_has_its_cases() -> None:
    assert set(CASES) == set(Kind) - {Kind.CODES, Kind.RESULT}


@pytest.mark.parametrize(
    "text",
    [
        "#TRACUU H29.15-261105-0042",
        "#tracuu H29.15-261105-0042",
        "#THEODOI H29.15-261105-0042",
        "thôi theo dõi H29.15-261105-0042",
        "xin chào, hồ sơ h29.15-261105-0042 xong chưa ạ",
        "gặp cán bộ về hồ sơ H29.15-261105-0042",
        "sđt 0905123456, CCCD 038199012345, hồ sơ H29,15 261105 0042",
        "MCKH_H29.15-261105-0042",
    ],
)
def test_codes_win_over_everything_else_in_the_text(text: str) -> None:
    assert read_intent(text) == Intent(Kind.CODES, ("H29.15-261105-0042",))


def test_several_codes_keep_their_order() -> None:
    intent = read_intent("0101701234 rồi H29.15-261105-0042, 0101701234")
    assert intent.codes == ("0101701234", "H29.15-261105-0042")


def test_a_command_never_hides_in_another_word() -> None:
    for text in ("thinh", "chaongay", "helpdesk1", "Hiếu", "stopwatch"):
        assert read_intent(text) == Intent(Kind.UNKNOWN)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("123456", "123456"),
        ("123 456", "123456"),
        ("mã xác nhận: 012345", "012345"),
        ("Ma xac nhan cua quy ong/ba la 123456. Het han sau 10 phut.", "123456"),
        ("12345", None),
        ("1234567", None),
        ("tôi có 123456 đồng", None),
        ("H56.14-240823-0001", None),
    ],
)
def test_six_digits_alone_or_named_are_a_one_time_code(text: str, digits: str | None) -> None:
    assert one_time_code(text) == digits
