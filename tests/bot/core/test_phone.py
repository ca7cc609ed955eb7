"""Phone fields as desks fill them: every awkward case of the numbering plan and of typing."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.phone import Line, Phone, PhoneReading, looks_mobile, read_phone
from bot.core.phone_plan import AREA_CODES, MIGRATED_HEADS, MOBILE_HEADS

SAID = "0905123456"
SEVEN = st.text("0123456789", min_size=7, max_size=7)
MOBILES = st.builds("0{}{}".format, st.sampled_from(sorted(MOBILE_HEADS)), SEVEN)
ALPHABET = "0123456789oO +-().,/;:@\n\u200bĐtsdaiêẻlhoặcmáy"


def number(reading: PhoneReading) -> str | None:
    return reading.phone.national if reading.phone else None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("0905123456", id="plain"),
        pytest.param("0905 123 456", id="blanks"),
        pytest.param("0905.123.456", id="dots"),
        pytest.param("0905-123-456", id="dashes"),
        pytest.param("0905\u2013123\u2212456", id="dashes of auto-correct"),
        pytest.param("0905 - 123 - 456", id="dashes between blanks"),
        pytest.param("0905,123,456", id="commas"),
        pytest.param("905,123,456", id="thousands of a spreadsheet"),
        pytest.param("(0905) 123456", id="brackets"),
        pytest.param("0905\u00a0123\u00a0456", id="no-break spaces"),
        pytest.param("0905\u200b123\u202d456\ufeff", id="invisible characters"),
        pytest.param("0905\x00123456", id="a control character"),
        pytest.param("０９０５１２３４５６", id="full-width digits"),
        pytest.param("𝟎𝟗𝟎𝟓𝟏𝟐𝟑𝟒𝟓𝟔", id="fancy digits"),
        pytest.param("0️⃣9️⃣0️⃣5️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣", id="keycaps"),
        pytest.param("O9O5123456", id="letter O for zero"),
        pytest.param("o905 123 456", id="small letter o in front"),
        pytest.param("+84905123456", id="international"),
        pytest.param("+84 905 123 456", id="international with blanks"),
        pytest.param("84905123456", id="without the plus"),
        pytest.param("0084905123456", id="0084"),
        pytest.param("+84 (0) 905 123 456", id="trunk zero in brackets"),
        pytest.param("+84 (O) 905 123 456", id="letter O in brackets"),
        pytest.param("+840905123456", id="trunk zero kept"),
        pytest.param("840905123456", id="trunk zero kept, no plus"),
        pytest.param("(+84) 905123456", id="country code in brackets"),
        pytest.param("+84 - 905123456", id="dash after the country code"),
        pytest.param("905123456", id="zero lost in a spreadsheet"),
        pytest.param("905123456.0", id="a spreadsheet's float"),
        pytest.param("'0905123456", id="a spreadsheet's apostrophe"),
        pytest.param("ĐT: 0905123456", id="label"),
        pytest.param("đt0905123456", id="label glued on"),
        pytest.param("sđt.0905123456", id="label with a dot"),
        pytest.param("ĐT+84905123456", id="label glued to the plus"),
        pytest.param("ĐT1: 0905123456", id="numbered label"),
        pytest.param("Zalo0905123456", id="a label that ends in o"),
        pytest.param("A. Hùng 0905123456", id="name before"),
        pytest.param("o Lan 0905123456", id="aunt Lan, not a zero"),
        pytest.param("A. Hu\u0300ng 0905123456", id="name with decomposed accents"),
        pytest.param("0905123456 (chị Lan)", id="name after"),
        pytest.param("0905123456Ông Hùng", id="name glued on"),
        pytest.param("+ 0905123456", id="a list's bullet"),
        pytest.param("https://zalo.me/0905123456", id="link to a chat"),
        pytest.param("0905123456, lan@example.vn", id="e-mail beside it"),
        pytest.param("CCCD 058085123456, ĐT 0905123456", id="ID number beside it"),
        pytest.param("0905123456 ext 12", id="extension"),
    ],
)
def test_one_mobile_is_read_however_it_is_typed(text: str) -> None:
    reading = read_phone(text)
    assert (reading.line, number(reading), reading.doubtful) == (Line.MOBILE, SAID, False)


@pytest.mark.parametrize(
    ("text", "first_mobile"),
    [
        pytest.param("0905123456/0912345678", SAID, id="slash"),
        pytest.param("0905123456; 0912345678", SAID, id="semicolon"),
        pytest.param("0905 123 456, 0912 345 678", SAID, id="comma"),
        pytest.param("0905123456 - 0912345678", SAID, id="dash between blanks"),
        pytest.param("0905123456-0912345678", SAID, id="dash"),
        pytest.param("0905 123 456 0912 345 678", SAID, id="blanks only"),
        pytest.param("0905123456 hoặc 0912345678", SAID, id="hoặc"),
        pytest.param("0905123456 hoa\u0323\u0306c 0912345678", SAID, id="hoặc decomposed"),
        pytest.param("0905123456HOẶC0912345678", SAID, id="hoặc glued and in capitals"),
        pytest.param("0905123456\n0912345678", SAID, id="two lines"),
        pytest.param("0905123456 +84912345678", SAID, id="plus begins the second"),
        pytest.param("0905123456 (chị Lan), 0912345678 (anh Hùng)", SAID, id="names after each"),
        pytest.param("0258 3822 229 / 0905 123 456", SAID, id="landline first"),
        pytest.param("0258 3822229 máy lẻ 101, 0905123456", SAID, id="extension, then mobile"),
        pytest.param("1900 1234; 0905123456", SAID, id="hotline first"),
        pytest.param("+1 650 253 0000; 0905123456", SAID, id="foreign first"),
        pytest.param("0905a23456, 0905123456", SAID, id="mistyped first"),
        pytest.param("0905123456/57", SAID, id="last digits of a second one"),
        pytest.param("0128 512 3456 / 0905 123 456", "0785123456", id="old number first"),
        pytest.param("905123456/912345678", SAID, id="both lost their zero"),
    ],
)
def test_of_several_numbers_the_first_mobile_is_taken(text: str, first_mobile: str) -> None:
    reading = read_phone(text)
    assert (reading.line, number(reading)) == (Line.MOBILE, first_mobile)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("0258 3822 229", id="Khánh Hòa"),
        pytest.param("0232.3822229", id="Quảng Bình"),
        pytest.param("(0252) 3822229", id="Bình Thuận"),
        pytest.param("024 3822 2222", id="Hà Nội"),
        pytest.param("028 - 38222222", id="Hồ Chí Minh City"),
        pytest.param("+84 258 3822229", id="international"),
        pytest.param("+84 (0)258 3822229", id="trunk zero in brackets"),
        pytest.param("0084 24 3822 2222", id="0084"),
        pytest.param("2583822229", id="zero lost in a spreadsheet"),
        pytest.param("0258 3822229 ext 101", id="extension"),
        pytest.param("0258.3822.229 (máy lẻ 101)", id="máy lẻ"),
        pytest.param("0258 3822229 số máy lẻ: 101", id="số máy lẻ"),
        pytest.param("ĐT bàn: 0258-3822229", id="label"),
        pytest.param("0258 3822229 / 024 3822 2222", id="two landlines"),
        pytest.param("0258 3822229 hoặc 1022", id="landline and short code"),
    ],
)
def test_a_landline_is_told_apart_and_not_offered_for_sending(text: str) -> None:
    assert read_phone(text) == PhoneReading(Line.LANDLINE, None, False)


@pytest.mark.parametrize("code", AREA_CODES)
def test_every_area_code_in_service_is_a_landline(code: str) -> None:
    local = "38222222" if code in ("24", "28") else "3822229"
    assert read_phone(f"0{code} {local}").line is Line.LANDLINE
    assert read_phone(f"0{code} {local[:-1]}").line is Line.INVALID


def test_area_codes_out_of_service_are_invalid() -> None:
    codes = ["201", "202", "217", "223", "224", "230", "231", "250", "253", "264", "278", "295"]
    assert {read_phone(f"0{code}3822229").line for code in codes} == {Line.INVALID}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("0905 abc 123456", id="letters between digits"),
        pytest.param("0905x123456", id="one letter between digits"),
        pytest.param("0905123456 Lan 0912345678", id="a name between two numbers"),
        pytest.param("090512345", id="a digit short"),
        pytest.param("09051234567", id="a digit too many"),
        pytest.param("0905123456 78", id="two digits too many"),
        pytest.param("0905***456", id="masked"),
        pytest.param("00905123456", id="two zeros"),
        pytest.param("+905123456", id="plus without country code"),
        pytest.param("0841234567890", id="084 and ten digits"),
        pytest.param("00841234567", id="0084 and seven digits"),
        pytest.param("0000000000", id="ten zeros"),
        pytest.param("1900 1234", id="premium number, short"),
        pytest.param("1900 1234 56", id="premium number, ten digits"),
        pytest.param("1800 123456", id="toll-free number"),
        pytest.param("1022", id="service number"),
        pytest.param("113", id="emergency number"),
        pytest.param("8083", id="short code"),
        pytest.param("9029", id="another short code"),
        pytest.param("+1 650 253 0000", id="foreign"),
        pytest.param("+66 812345678", id="foreign, with a mobile's shape behind the code"),
        pytest.param("+66 - 812345678", id="the same with a dash"),
        pytest.param("0066 - 812345678", id="the same with 00"),
        pytest.param("0085620 5551 2345", id="Laos with 00"),
        pytest.param("138 1234 5678", id="Chinese mobile"),
        pytest.param("058085123456", id="ID number"),
        pytest.param("084 085 123 456", id="ID number that begins like a country code"),
        pytest.param("CMND: 385123456", id="old ID number with a mobile's shape"),
        pytest.param("CMND số: 385123456", id="the same with one more word"),
        pytest.param("4200123456", id="tax number"),
        pytest.param("0301234567", id="tax number that begins with a zero"),
        pytest.param("22/11/1990", id="date"),
        pytest.param("03-05-1990 12", id="date and hour"),
        pytest.param("09.05.1990 10:30", id="date and time"),
        pytest.param("1990-05-03 00:00:00", id="a spreadsheet's date"),
        pytest.param("lan0905123456@example.vn", id="e-mail that holds a number"),
        pytest.param("lan@example.vn", id="e-mail"),
        pytest.param("9.05123456E+08", id="a spreadsheet's exponent"),
        pytest.param("9,05123456E+08", id="the same with a comma"),
        pytest.param("chị Lan", id="only a name"),
        pytest.param("000.00.01.H32-200617-0001", id="dossier code"),
        pytest.param("0905123456" * 2, id="two numbers without a gap"),
    ],
)
def test_what_is_no_phone_is_invalid(text: str) -> None:
    assert read_phone(text) == PhoneReading(Line.INVALID, None, False)


@pytest.mark.parametrize(
    "text",
    [
        *[None, "", "   ", "\u00a0\u200b", "\n", "-", "--", "- -", ".", "/", "0"],
        *["không có", "Không", "KHÔNG CÓ SĐT", "kho\u0302ng co\u0301", "khong co", "ko có"],
        *["0 có", "chưa có", "N/A", "SĐT: không có", "(không có)", "ĐT:", "không cung cấp"],
        *["không dùng điện thoại", "none"],
    ],
)
def test_a_field_that_says_nothing_is_missing(text: str | None) -> None:
    assert read_phone(text) == PhoneReading(Line.MISSING, None, False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *[("0120", "070"), ("0121", "079"), ("0122", "077"), ("0126", "076"), ("0128", "078")],
        *[("0123", "083"), ("0124", "084"), ("0125", "085"), ("0127", "081"), ("0129", "082")],
        *[("0162", "032"), ("0163", "033"), ("0164", "034"), ("0165", "035"), ("0166", "036")],
        *[("0167", "037"), ("0168", "038"), ("0169", "039")],
        *[("0186", "056"), ("0188", "058"), ("0199", "059")],
    ],
)
def test_every_old_head_of_2018_moves_to_its_heir(old: str, new: str) -> None:
    for typed in (
        f"{old}5123456",
        f"{old} 512 3456",
        f"{old[1:]}5123456",  # zero lost
        f"+84{old[1:]}5123456",
        f"84{old}5123456",
    ):
        reading = read_phone(typed)
        assert (reading.line, number(reading)) == (Line.MOBILE, f"{new}5123456")
        assert not reading.doubtful, "eleven digits were never a landline of these shapes"


def test_old_heads_without_an_heir_are_invalid() -> None:
    moved = {"0" + head for head in MIGRATED_HEADS}
    heirless = [f"01{n:02}" for n in range(100) if f"01{n:02}" not in moved]
    assert {"0111", "0130", "0198"} < set(heirless)
    assert {read_phone(f"{head}5123456").line for head in heirless} == {Line.INVALID}


def test_mobile_heads_are_those_in_service() -> None:
    in_service = {f"0{n:02}" for n in range(100) if looks_mobile(f"0{n:02}5123456")}
    assert in_service == {
        *(f"03{n}" for n in range(2, 10)),
        *("052", "055", "056", "058", "059"),
        *("070", "076", "077", "078", "079"),
        *(f"08{n}" for n in range(1, 10)),
        *(f"09{n}" for n in range(10) if n != 5),
    }
    for n in range(100):
        line = read_phone(f"0{n:02}5123456").line
        assert (line is Line.MOBILE) == (f"0{n:02}" in in_service)


@pytest.mark.parametrize("head", ["030", "031", "051", "095"])
def test_ranges_the_library_takes_but_nobody_serves_are_invalid(head: str) -> None:
    assert phonenumbers.is_valid_number(phonenumbers.parse(f"{head}5123456", "VN"))
    assert read_phone(f"{head}5123456").line is Line.INVALID


@pytest.mark.parametrize("typed", ["0521234567", "0551234567", "0892123456", "0992123456"])
def test_ranges_the_library_does_not_know_are_allowed_with_a_doubt(typed: str) -> None:
    assert not phonenumbers.is_valid_number(phonenumbers.parse(typed, "VN"))
    reading = read_phone(typed)
    assert (reading.line, number(reading), reading.doubtful) == (Line.MOBILE, typed, True)


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        pytest.param("058 3822229", True, id="Khánh Hòa's old area code"),
        pytest.param("583822229", True, id="the same without its zero"),
        pytest.param("+84 58 3822229", True, id="the same, international"),
        pytest.param("08 3822 2222", True, id="Hồ Chí Minh City's old area code"),
        pytest.param("0188 3822229", False, id="a migrated mobile of the same head"),
        pytest.param("0905123456", False, id="a mobile"),
        pytest.param("0258 3822229", False, id="today's landline"),
    ],
)
def test_staff_are_shown_what_may_be_an_old_landline(text: str, doubtful: bool) -> None:
    assert read_phone(text).doubtful is doubtful


def test_the_old_hanoi_shape_has_no_place_in_todays_plan() -> None:
    assert read_phone("04 3822 2222").line is Line.INVALID


def test_an_unknown_landline_range_is_allowed_with_a_doubt() -> None:
    assert read_phone("024 0822 2222") == PhoneReading(Line.LANDLINE, None, True)


@pytest.mark.parametrize("tail", ["78", " 78", "-78", ".7", "a 78"])
def test_a_number_cut_off_by_the_length_cap_is_not_read(tail: str) -> None:
    filler = "x" * (200 - len(" " + SAID))
    assert number(read_phone(f"{filler} {SAID}")) == SAID
    assert read_phone(f"{filler} {SAID}{tail}").line is Line.INVALID


def test_a_number_before_a_long_note_is_read() -> None:
    assert number(read_phone(SAID + " (gọi giờ hành chính)" + " nhé" * 100_000)) == SAID


@pytest.mark.parametrize("unit", ["0", "o", "O", " ", "-", "+", "(", "@", "0 ", "0-", "05/", "é"])
def test_endless_fields_are_answered(unit: str) -> None:
    line = read_phone("Lan" + unit * 500_000).line
    assert line is Line.INVALID


def test_a_phone_prints_masked_everywhere() -> None:
    phone = Phone("+84905123456")
    printed = [repr(phone), str(phone), f"{phone}", f"{phone!r:>30}", repr(read_phone(SAID))]
    for text in printed:
        assert "090***3456" in text
        assert "905123456" not in text


def test_a_phone_gives_each_reader_its_form() -> None:
    phone = Phone("+84905123456")
    assert phone.zalo == "84905123456"
    assert phone.national == "0905123456"
    assert phone.shown == "0905 123 456"
    assert phone.masked == "090***3456"


@pytest.mark.parametrize(
    "e164",
    [
        *["", "0905123456", "84905123456", "+8490512345", "+849051234567", "+842583822229"],
        *["+84951234567", "+84９05123456", "+84 905123456", "+66812345678"],
    ],
)
def test_only_a_mobile_in_e164_form_makes_a_phone(e164: str) -> None:
    with pytest.raises(ValueError, match="not a Vietnamese mobile") as caught:
        Phone(e164)
    assert not re.search("[0-9]{5}", str(caught.value))


@pytest.mark.parametrize(
    ("digits", "mobile"),
    [
        ("0905123456", True),
        ("0320000000", True),
        ("0101701234", False),  # a local receipt code
        ("0951234567", False),
        ("0258382222", False),
        ("905123456", False),
        ("84905123456", False),
        ("09051234567", False),
        ("0905 12345", False),
        ("０９０５１２３４５６", False),
        ("", False),
    ],
)
def test_ten_digits_look_mobile_only_by_todays_plan(digits: str, mobile: bool) -> None:
    assert looks_mobile(digits) is mobile


@given(st.text(max_size=300) | st.text(ALPHABET, max_size=60))
def test_any_text_gets_a_reading_that_holds_together(text: str) -> None:
    reading = read_phone(text)
    assert (reading.phone is not None) == (reading.line is Line.MOBILE)
    assert not (reading.doubtful and reading.line in (Line.INVALID, Line.MISSING))


@given(MOBILES)
def test_every_form_of_a_number_reads_back_to_itself(national: str) -> None:
    phone = read_phone(national).phone
    assert phone is not None
    assert phone.national == national
    for form in (phone.e164, phone.zalo, phone.national, phone.shown, national[1:]):
        assert read_phone(form).phone == phone


@given(MOBILES, st.text(" .-", max_size=3), st.sampled_from(["ĐT: ", "sđt", "(chị Lan) ", ""]))
def test_grouping_and_labels_do_not_change_the_number(national: str, gap: str, label: str) -> None:
    typed = f"{label}{national[:4]}{gap}{national[4:7]}{gap}{national[7:]} (anh Hùng)"
    assert number(read_phone(typed)) == national


@given(MOBILES, st.integers(1, 9), st.sampled_from("abcxyzđê"))
def test_a_letter_between_digits_spoils_the_number(national: str, at: int, letter: str) -> None:
    assert read_phone(national[:at] + letter + national[at:]).line is Line.INVALID


@given(st.sampled_from(sorted(MIGRATED_HEADS)), SEVEN)
def test_an_old_number_and_its_heir_are_the_same_phone(head: str, rest: str) -> None:
    assert read_phone(f"0{head}{rest}").phone == read_phone(f"0{MIGRATED_HEADS[head]}{rest}").phone
