"""Receipt codes as people type them, and the numbers that must not pass for one."""

import unicodedata

import pytest

from receipts.code import ReceiptCode, Style, after_keyword, find_codes, read_one

A = "000.00.16.H46-200617-0001"
B = "H56.14-240823-0001"
B2 = "H56.14-240823-0002"
SHORT = "H46-200617-0001"
C = "0101701234"


def codes(text: str, keyword: str = "MCKH") -> list[str]:
    return [code.canonical for code in find_codes(text, keyword)]


@pytest.mark.parametrize(
    ("text", "code", "style"),
    [
        (A, A, Style.NATIONAL_A),
        ("000.17.22.H56-210531-0001", "000.17.22.H56-210531-0001", Style.NATIONAL_A),
        ("000.00.161.H46-200617-00012345", "000.00.161.H46-200617-00012345", Style.NATIONAL_A),
        (B, B, Style.NATIONAL_B),
        ("H15.50.05.13-261008-0975", "H15.50.05.13-261008-0975", Style.NATIONAL_B),
        ("H15.1.22.333.4-261008-0975", "H15.1.22.333.4-261008-0975", Style.NATIONAL_B),
        (SHORT, SHORT, Style.NATIONAL_B),
        ("G22.99-240823-1800123", "G22.99-240823-1800123", Style.NATIONAL_B),
        ("Z07-240823-0001", "Z07-240823-0001", Style.NATIONAL_B),
        (C, C, Style.LOCAL),
    ],
)
def test_each_style_is_read_as_itself(text: str, code: str, style: Style) -> None:
    assert find_codes(text) == (ReceiptCode(code, style),)
    assert read_one(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("000,00,16,H46-200617-0001", A),
        ("000 00 16 H46 200617 0001", A),
        ("000.00.16.h46 – 200617 — 0001", A),
        ("000.00.16-H46_200617/0001", A),
        ("000. 00. 16. H46 - 200617 - 0001", A),
        ("0000016H462006170001", A),
        ("0000016h462006170001", A),
        ("OOO.OO.l6.H46-2OO617-OOOI", A),
        ("000.00.|6.H46-200617-000|", A),
        ("h56.14-240823-0001", B),
        ("H56,14 - 240823 - 0001", B),
        ("H56 14 240823 0001", B),
        ("H56.14‐240823‑0001", B),  # hyphen and no-break hyphen
        ("H56.14−240823－0001", B),  # minus sign and full-width hyphen
        ("Ｈ５６．１４－２４０８２３－０００１", B),
        ("H56.14-24O823-OO0l", B),
        ("H56.14-240823-\n0001", B),
        ("H\u200b56.14\u2060-2408\ufeff23-00\u00ad01", B),
        ("H56.14-240823-0️⃣0️⃣0️⃣1️⃣", B),
        ("𝐇𝟓𝟔.𝟏𝟒-𝟐𝟒𝟎𝟖𝟐𝟑-𝟎𝟎𝟎𝟏", B),
        ("H56.14-240823-0001ạ", B),
        ("H56.14-240823-0001a", B),
        ("H56.14-240823-0001 nhé", B),
        ("h56.14-240823-0001nhe em", B),
        ("H56.14-240823-0001ơi", B),
        ("H56.14-240823-0001oi", B),
        (unicodedata.normalize("NFD", "hồ sơ H56.14-240823-0001ạ!"), B),
        ("Mã hồ sơ:H56.14-240823-0001.", B),
        ("mãH56.14-240823-0001", B),
        ("số000.00.16.H46-200617-0001", A),
        ('"H56.14-240823-0001",', B),
        ("H56.14-240823-0001.2345ABCDEF", B),  # the slip's signature, copied with the code
        ("H56.14-240823-0001.pdf", B),
        ("0101 701 234", C),
        ("0101.701.234", C),
        ("01 01 70 12 34", C),
        ("01O17O1234", C),
        ("O1O17OI234", C),
        ("Xem giúp tôi 0101701234ạ", C),
        ("0101701234oi", C),
        ("MHS0101701234", C),
        ("0101701234.", C),
        ("0101701234 - Nguyễn Văn A", C),
        ("hồ sơ ngày 20/11/2026 số 0101701234", C),
        ("20.11.2026 0101701234", C),
        ("5 0101701234", C),
    ],
)
def test_typing_slips_are_forgiven(text: str, code: str) -> None:
    assert codes(text) == [code]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{B} và {A}, {C}", [B, A, C]),
        (f"{B}\n{B2}\n{B}", [B, B2]),
        (f"{B},{B2}", [B, B2]),
        (f"{B}/{B2}", [B, B2]),
        (f"{SHORT},H46-200617-0002", [SHORT, "H46-200617-0002"]),
        (f"1. {B}\n2. {B2}", [B, B2]),
        (f"1. {SHORT}\n2. H46-200617-0002", [SHORT, "H46-200617-0002"]),
        (f"10. {SHORT}", [SHORT]),
        (f"số 5. {SHORT}", [SHORT]),
        (f"1.{B}", [B]),
        (f"2) {SHORT}", [SHORT]),
        (f"nộp 20/11/2026 {SHORT}", [SHORT]),
        (f"nộp 20/11/26 {SHORT}", [SHORT]),
        (f"0905 123 456 {SHORT}", [SHORT]),
        (f"{C} {A}", [C, A]),
        (f"số 5 {A}", [A]),
        (f"{C} 0000016H462006170001", [C, A]),
        (f"{C} 0101701235", [C, "0101701235"]),
        (f"{C}\n0101701235", [C, "0101701235"]),
        (f"{C},0101701235", [C, "0101701235"]),
        ("0101 701 234 0101 701 235", [C, "0101701235"]),
        (f"0905123456 {C}", [C]),
        ("H56.14-240823-1234567", ["H56.14-240823-1234567"]),
        (f"{B}|1.003560|038199012345|{C}|", [B, C]),  # fields of a QR: no 1 is typed as |
    ],
)
def test_several_codes_come_in_order_each_once(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "16.H46-200617-0001",
        "00.16.H46-200617-0001",
        "16 H46-200617-0001",
        "00 16 H46-200617-0001",
        "0.00.16.H46-200617-0001",
        "5000.00.16.H46-200617-0001",
        "00.00.00.16.H46-200617-0001",
        "16H46-200617-0001",
        "000.00.H46-200617-0001",
        "mã 16-H46-200617-0001",
        "000.00.16:H46-200617-0001",
    ],
)
def test_a_part_of_style_a_never_comes_out_as_style_b(text: str) -> None:
    assert codes(text) == []
    assert read_one(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "200617-0001",
        "H56.14-240823-001",
        "H56.14-240823",
        "H56.14-240823-123456789",
        "000.00.16.46-200617-0001",
        "56.14-240823-0001",
        "H56.14-241323-0001",  # month 13
        "H56.14-240800-0001",  # day 0
        "H56.14-240832-0001",
        "000.00.16.H46-200017-0001",
        "xH56.14-240823-0001",
        "1H56.14-240823-0001",
        "H56.14-240823-0001X",
        "H56.14-240823-0001abc",
        "H56.14-240823-0001-02",  # another system's four-part number
        "H56.14-240823-0001.2",
        "Hol.lo-oooooo-llll",  # the shape alone, made of letters
        "1.003560",
        "2.000488",
        "1.001776.000.00.00.H56",
        "G03-GD10",
        "KQ.G15.000031",
        "1263/STTTT-CNTT",
        "118/2025/NĐ-CP",
        "0101701234/QĐ-UBND",
        "17/06/2020",
        "17.06.2020",
        "20.11.2026 10 giờ",
        "79H1-123.45",
        "EE123456789VN",
        "03706/2026/07906",
        "1.000.000.000 đồng",
        "1500000000đ",
        "1500000000 đồng",
        "192.168.1.100",
        "0101701234@example.vn",
        "0101701234abc",
        "AB0101701234",
        "0101-701-234",
        "0101/701/234",
        "0101701234-001",
        "010170123",
        "01017012345",
        "038199012345",
        "0381 9901 2345",
        "038.199.012.345",
        "0905123456",
        "0905 123 456",
        "0905.123.456",
        "O905l23456",
        "0583822100",
        "+84905123456",
        "+84 905 123 456",
        "02583822100",
        "MST 0101701234",
        "mst:0101701234",
        "MST0101701234",
        "mã số thuế công ty tôi là 0101701234",
        "Mã số thuế:\n0101701234",
        "0101701234 (MST)",
        "0101701234 là mã số thuế",
        "mã số doanh nghiệp 0101701234",
        "BHXH 0101701234",
        "mã số bảo hiểm xã hội: 0101701234",
        "CCCD 0101701234",
        "sđt 0101701234",
        "stk 0101701234",
        "٠١٠١٧٠١٢٣٤",  # digits of another script
        "",
        "MCKH",
    ],
)
def test_what_only_looks_like_a_code_is_none(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mã hồ sơ 0101701234, mst công ty tôi 0301234567", [C]),
        ("mst công ty tôi 0301234567, mã hồ sơ 0101701234", [C]),
        ("tôi có mst rồi, cho hỏi hồ sơ 0101701234", [C]),
        ("tôi có mst rồi, cho hỏi 0101701234", [C]),
        ("hồ sơ cấp căn cước 0101701234", [C]),
        ("hồ sơ bảo hiểm xã hội 0101701234", [C]),
        (f"MST 0301234567 {B}", [B]),
        (f"CCCD 038199012345 hồ sơ {A} sđt 0905123456", [A]),
    ],
)
def test_a_word_for_one_number_does_not_take_its_neighbour(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "MCKH 0905123456",
        "MCKH0905123456",
        "mckh_0905123456",
        "Mckh: 0905123456",
        "MCKH-0905 123 456",
        "ＭＣＫＨ　０９０５１２３４５６",
        "MCHK 0905123456",
        "mchk0905123456",
        "MCKH O9O5l23456",
        "MCKH mã số biên nhận 0905123456",
        "MCKH_Mã số hồ sơ: 0905123456",
        "soạn MCKH 0905123456 gửi 8083",
    ],
)
def test_after_the_keyword_ten_digits_are_always_a_code(text: str) -> None:
    assert codes(text) == ["0905123456"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MCKH H56.14-240823-0001", [B]),
        ("MCKHH56.14-240823-0001", [B]),
        ("MCKH_000.00.16.H46-200617-0001", [A]),
        ("MCKH 0905123456 0905123457", ["0905123456"]),
        ("MCKH 0101701234, sđt 0905123456", [C]),
        ("MCKH 010170123", []),
        ("MCKH 01017012345", []),
        ("XMCKH 0905123456", []),
        ("MCKH OIOIIOIIOI", ["0101101101"]),
    ],
)
def test_the_keyword_works_for_what_follows_it_only(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_the_keyword_is_a_setting() -> None:
    assert codes("HSQB 0905123456", keyword="HSQB") == ["0905123456"]
    assert codes("MCKH 0905123456", keyword="HSQB") == []


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (f"https://dvc.example.vn/tra-cuu.aspx?mahs={B}", [B]),
        (f"https://dvc.example.vn/tra-cuu?MHS={A}&SGT=038199012345", [A]),
        ("https://dvc.example.vn/tra-cuu?SGT=038199012345", []),
        (f"https://dvc.example.vn/x?CODE={C}&gidzl=1795312345", [C]),
        (f"dvc.example.vn/x?ma_ho_so={C}", [C]),
        ("https://dvc.example.vn/x?ma_ho_so=0905123456", ["0905123456"]),
        ("https://dvc.example.vn/x?id=0905123456", []),
        ("https://dvc.example.vn/x?sdt=0101701234&t=1795312345", []),
        ("https://dvc.example.vn/x?mst=0101701234", []),
        (f"https://dvc.example.vn/ho-so/{A}/chi-tiet", [A]),
        (f"https://dvc.example.vn/ho-so/{C}/chi-tiet", [C]),
        ("https://dvc.example.vn/x?a=H56%2E14%2D240823%2D0001", [B]),
        ("https://zalo.example/?u=https%3A%2F%2Fa.vn%2F%3Fmahs%3DH56.14%252D240823%252D0001", [B]),
        ("https://a.vn/?q=m%C3%A3%20H56.14-240823-0001%E1%BA%A1", [B]),
        (f"https://a.vn/t/{B}.ABCDEFGHIJ", [B]),
        ("https://a.vn/T/H56.14-240823-0001.2345ABCDEF", [B]),
        ("HTTP://A.VN/T/0101701234.2345ABCDEF", [C]),
        ("HTTP://A.VN/T/0905123456.ABCDEFGHIJ", ["0905123456"]),
        ("HTTP://A.VN/T/000.00.16.H46-200617-0001.ABCDEFGHIJ", [A]),
        ("https://zalo.me/0905123456", []),
        ("https://zalo.me/4018273645501928374", []),
    ],
)
def test_codes_in_links_count_and_other_values_are_dropped(link: str, expected: list[str]) -> None:
    assert codes(link) == expected
    assert codes(f"xem giúp tôi {link} với ạ") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0905123456", "0905123456"),
        ("0905.123.456", "0905123456"),
        (" 01O1 7O1 234 ", C),
        ("MCKH 0101701234", C),
        ("Hồ sơ 0905123456", "0905123456"),
        ("MST 0101701234", None),
        ("0101701234-001", None),
        (f"{C} 0905123456", None),
        (f"{B} {C}", None),
        (f"{B} {B}", B),
        ("200617-0001", None),
        ("010170123", None),
        ("01017012345", None),
        ("H56.14-240823-0001-02", None),
        ("", None),
    ],
)
def test_a_feed_reads_one_code_and_ten_digits_are_always_one(
    text: str, expected: str | None
) -> None:
    assert read_one(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MCKH 0101701234", C),
        ("MCKH0101701234", C),
        ("mckh_0101701234", C),
        ("  Mckh : 0101 701 234 ", "0101 701 234"),
        ("MCKHO101701234", "O101701234"),
        ("MCHK 0101701234", C),
        (f"MCKH{B}", B),
        ("MCKH", ""),
        ("MCKH ?", "?"),
        ("MCKH xin chào", "xin chào"),
        ("MCKHoa", None),
        ("0101701234", None),
        ("tôi MCKH 0101701234", None),
        ("", None),
    ],
)
def test_an_inbound_sms_says_its_request_after_the_keyword(text: str, expected: str | None) -> None:
    assert after_keyword(text, "MCKH") == expected
