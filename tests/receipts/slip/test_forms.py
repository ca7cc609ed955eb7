"""The forms as data: which edition is valid on which day."""

from datetime import date

import pytest

from receipts.slip.forms import FormMissing, form_on

KINDS_2018 = ("receipt", "supplement", "refusal", "apology", "control")
KINDS_2025 = (*KINDS_2018, "stop")


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (date(2018, 11, 23), "2018"),
        (date(2025, 9, 14), "2018"),
        (date(2025, 9, 15), "2025"),
        (date(2031, 1, 1), "2025"),
    ],
)
def test_the_edition_of_the_day_is_chosen(day: date, edition: str) -> None:
    assert form_on("receipt", day).edition == edition


@pytest.mark.parametrize(
    ("kind", "day", "number", "title"),
    [
        ("receipt", date(2020, 6, 1), "01", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"),
        ("receipt", date(2026, 6, 1), "01", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"),
        ("supplement", date(2026, 6, 1), "02", "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ"),
        ("refusal", date(2026, 6, 1), "03", "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ"),
        ("apology", date(2020, 6, 1), "04", "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ"),
        (
            "apology",
            date(2026, 6, 1),
            "04",
            "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
        ),
        ("control", date(2020, 6, 1), "05", "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ"),
        ("control", date(2026, 6, 1), "06", "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ"),
        ("stop", date(2026, 6, 1), "05", "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ"),
    ],
)
def test_titles_and_numbers_are_those_of_the_circulars(
    kind: str, day: date, number: str, title: str
) -> None:
    form = form_on(kind, day)
    circular = "01/2018" if day.year < 2025 else "03/2025"
    assert form.title == title
    assert form.legal.startswith(f"Mẫu số {number}")
    assert f"Thông tư số {circular}/TT-VPCP" in form.legal


@pytest.mark.parametrize(
    ("kind", "day", "told"),
    [
        ("stop", date(2025, 9, 14), "since 15/09/2025"),
        ("receipt", date(2018, 11, 22), "since 23/11/2018"),
        ("postcard", date(2026, 1, 1), "unknown"),
    ],
)
def test_a_day_without_the_form_is_named(kind: str, day: date, told: str) -> None:
    with pytest.raises(FormMissing, match=told):
        form_on(kind, day)


@pytest.mark.parametrize("kind", KINDS_2025)
def test_what_2025_does_not_change_stays_as_it_was(kind: str) -> None:
    new = form_on(kind, date(2026, 1, 1))
    assert new.words["motto"] == "Độc lập - Tự do - Hạnh phúc"
    if kind in KINDS_2018 and kind != "apology":
        assert new.body == form_on(kind, date(2020, 1, 1)).body
