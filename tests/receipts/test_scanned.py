"""Of what a scanner read, the receipt codes are kept and everything else is dropped."""

import pytest

from receipts.scanned import codes_in

CODE = "H56.14-240823-0001"
OLD = "000.00.16.H46-200617-0001"
ID = "056099001234"
LINK = f"HTTPS://MOTCUA.TINHMAU.GOV.VN/T/{CODE}.ABCDEFGHIJ"

READ = {
    CODE: [CODE],
    "H56.14 - 240823 - 0001": [CODE],
    OLD: [OLD],
    "0101701234": ["0101701234"],
    " 010 170 1234\n": ["0101701234"],
    LINK: [CODE],
    "http://127.0.0.1:8000/T/0905123456.ABCDEFGHIJ": ["0905123456"],
    f"https://x.gov.vn/tra-cuu.aspx?mahs={OLD}": [OLD],
    f"https://x.gov.vn/tra-cuu?MHS={CODE}&SGT={ID}": [CODE],
    f"https://x.gov.vn/tra-cuu?SGT=0101701239&MHS={CODE}": [CODE],
    "https://x.gov.vn/tra-cuu?Ma_Ho_So=0101701234&SGT=0560990012": ["0101701234"],
    f"https://x.gov.vn/?CODE={CODE.lower()}": [CODE],
    "https://x.gov.vn/?maso=0101701234": ["0101701234"],
    f"https://x.gov.vn/ho-so/{CODE}": [CODE],
    f"https%3A%2F%2Fx.gov.vn%2F%3Fmahs%3D{CODE}": [CODE],
    f"Mã hồ sơ: {CODE}; Mã số thuế: 0101701234": [CODE],
    f"{ID}|KQ.G15.000031|{CODE}|Nguyễn Văn Mẫu|12/03/1990": [CODE],
    '{"MaHoSo":"0101701234","SoDinhDanh":"056099001234","Ten":"Trần Thị Mẫu"}': ["0101701234"],
    f"{CODE}\n{OLD}\n{CODE}": [CODE, OLD],
}
NOT_READ = [
    "",
    ID,
    "0905123456",
    "MST: 0101701234",
    "0101701234|Công ty Mẫu",
    "https://x.gov.vn/apiqr/qr?id=0101701234",
    "https://x.gov.vn/tra-cuu?SGT=0101701234",
    f"{ID}|123456789|Nguyễn Văn Mẫu|01011990|Nam|Xã Mẫu|10102021",
    "EE123456789VN",
    "8938501000002",
    "2.000488.000.00.00.H56",
    "https://zalo.me/579745863508352884",
    "00020101021138540010A00000072701240006970436",
]


@pytest.mark.parametrize(("text", "codes"), READ.items())
def test_a_code_is_read_in_every_form_that_slips_bear(text: str, codes: list[str]) -> None:
    assert list(codes_in([text]).codes) == codes


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_no_code_is_dropped(text: str) -> None:
    assert codes_in([text]) == ((), ())


def test_codes_of_several_readings_stay_in_order_each_once() -> None:
    assert codes_in([OLD, CODE, f"https://x.gov.vn/?mahs={OLD}"]).codes == (OLD, CODE)


def test_our_link_keeps_its_signature_and_nothing_else_of_the_text() -> None:
    found = codes_in([f"Nguyễn Văn Mẫu {ID} {LINK}?SGT={ID}"])
    assert found.links == (LINK,)


@pytest.mark.parametrize("text", [*READ, *NOT_READ])
def test_no_number_of_a_person_comes_through(text: str) -> None:
    assert ID not in repr(codes_in([text]))


@pytest.mark.parametrize("text", ["0" * 50_000, "|0101701234" * 5_000, "/t/0.a" * 9_000, "\ud800"])
def test_endless_or_broken_texts_are_read_to_their_bound(text: str) -> None:
    codes_in([text] * 1_000)
