"""The file of procedures: what desks' spreadsheets write, and every fault by row and column."""

import pytest

from bot.core.appointment import DayKind
from bot.core.counter_csv import MOST_FAULTS, MOST_ROWS, read_procedures
from bot.core.counter_procedure import PaperRule, ProcedureRule

WHOLE = ProcedureRule(
    code="1.004873",
    name="Đăng ký biến động đất đai",
    days=30,
    day_kind=DayKind.CALENDAR,
    fees="15.000 đồng, nộp tại quầy",
    guide="Nộp tại quầy số 3.\nMang theo căn cước.",
    papers=(PaperRule("Đơn đăng ký; mẫu 11/ĐK", 1), PaperRule("Giấy chứng nhận", 1, 1, 2)),
)
HEAD = "ma;ten;so_ngay;loai_ngay;trong_ngay;phi;huong_dan;giay_to"
ENGLISH = "Code;Name;Days;Day kind;Same day;Fees;Guide;Papers"
ROW = (
    "1.004873;Đăng ký biến động đất đai;30;Ngày;không;15.000 đồng, nộp tại quầy;"
    '"Nộp tại quầy số 3.\nMang theo căn cước.";'
    '"Đơn đăng ký; mẫu 11/ĐK; bản chính=1\nGiấy chứng nhận; Bản chính = 1; chứng thực=1; sao=2"'
)


def faults(text: str) -> list[str]:
    file = read_procedures(text.encode())
    assert file.rules == ()
    return [str(fault) for fault in file.faults]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\n{ROW}\n".encode(),
        f"\ufeff{HEAD}\r\n{ROW}\r\n\r\n;;;;;;;\r\n".encode(),
        f"{HEAD}\n{ROW}\n".encode("utf-16"),
        f"{HEAD}\n{ROW}\n".replace("ma;ten", "Mã;Tên").encode(),
        f"{ENGLISH}\n{ROW}\n".encode(),
        "Mã TTHC\tTên thủ tục\tThời hạn\tLoại ngày\tPhí, lệ phí\tHướng dẫn\tThành phần hồ sơ\n"
        '1.004873\tĐăng ký biến động đất đai\t30\tngày\t15.000 đồng, nộp tại quầy\t"Nộp tại quầy '
        'số 3.\nMang theo căn cước."\tĐơn đăng ký; mẫu 11/ĐK; bản chính=1|Giấy chứng nhận; '
        "originals=1; certified=1; copies=2\n".encode(),
    ],
    ids=["semicolons", "Excel", "unicode text", "accents", "English", "tabs"],
)  # fmt: skip
def test_a_file_is_read_as_spreadsheets_write_it(content: bytes) -> None:
    file = read_procedures(content)
    assert ([str(fault) for fault in file.faults], file.rules) == ([], (WHOLE,))


def test_columns_may_stand_in_any_order_and_most_may_be_missing() -> None:
    file = read_procedures("ten,ma\nĐăng ký khai sinh,1.001193\n".encode())
    assert file.rules == (ProcedureRule("1.001193", "Đăng ký khai sinh"),)


@pytest.mark.parametrize(
    ("days", "kind", "same_day", "duration"),
    [
        ("5", "", "", "05 ngày làm việc"),
        ("5", "làm việc", "", "05 ngày làm việc"),
        ("15", "Ngày", "", "15 ngày"),
        ("", "", "có", "trong ngày"),
        ("0", "", "x", "trong ngày"),
        ("", "", "", ""),
    ],
)
def test_the_duration_is_what_slips_print(
    days: str, kind: str, same_day: str, duration: str
) -> None:
    [rule] = read_procedures(
        f"ma,ten,so_ngay,loai_ngay,trong_ngay\nA,B,{days},{kind},{same_day}\n".encode()
    ).rules
    assert rule.duration == duration


def test_every_fault_is_named_by_row_and_column() -> None:
    told = faults(
        "ma;ten;so_ngay;loai_ngay;trong_ngay;giay_to\n"
        ";Không mã;5;;;\n"
        "A;;năm;tuần;đôi khi;\n"
        "B;Tên;5;;;Đơn; bản chính=nhiều\n"
        'C;Tên;0;;;"Đơn; bản gốc=1"\n'
        "C;Tên;1000;;;|;bản sao=1\n"
    )
    assert [line.split(":")[0] for line in told] == [
        "Dòng 2, cột “ma”",
        "Dòng 3, cột “ten”",
        "Dòng 3, cột “so_ngay”",
        "Dòng 3, cột “loai_ngay”",
        "Dòng 3, cột “trong_ngay”",
        "Dòng 4",
        "Dòng 5, cột “giay_to”",
        "Dòng 5, cột “so_ngay”",
        "Dòng 6",
        "Dòng 6, cột “so_ngay”",
        "Dòng 6, cột “ma”",
    ]
    assert "đã có ở dòng 5" in told[-1]


def test_no_more_faults_are_named_than_can_be_read() -> None:
    assert len(faults("ma,ten\n" + ",x\n" * 50)) == MOST_FAULTS


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "không có thủ tục nào"),
        (b"ma,ten\n", "không có thủ tục nào"),
        (b"ma,ten,mau\nA,B,C\n", "không có cột nào tên “mau”"),
        (b"ma,ma,ten\nA,B,C\n", "hai lần"),
        (b"ma\nA\n", "thiếu cột “ten”"),
        (b"PK\x03\x04whatever", ".xlsx"),
        ("ma,ten\nA,Đất\n".encode("cp1258", errors="replace"), "không phải UTF-8"),
        (b'ma,ten\nA,"B\n', "ngoặc kép"),
        (b"ma,ten\nA\0,B\n", "không phải là văn bản"),
        (b"ma,ten\n" + b"A,B\n" * (MOST_ROWS + 1), "tối đa"),
        (b"x" * (4 * 2**20 + 1), "4 MB"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(content: bytes, part: str) -> None:
    [fault] = read_procedures(content).faults
    assert (fault.row, part in str(fault)) == (0, True), str(fault)
