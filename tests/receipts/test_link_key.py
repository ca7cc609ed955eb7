"""The key file of machines that print."""

import pytest

from receipts.link_key import LinkKey, key_file, read_key_file

KEY = bytes(range(32))
URL = "https://dvc.example.gov.vn"


def test_what_is_written_is_read_again() -> None:
    for url in (URL, "http://127.0.0.1:8000", "https://xn--dch-vu-cng.vn:8443"):
        assert read_key_file(key_file(LinkKey(url, KEY))) == LinkKey(url, KEY)


def test_line_ends_blanks_and_case_of_other_editors_do_not_matter() -> None:
    told = key_file(LinkKey(URL, KEY))
    name, _, value = told.splitlines()[-1].partition("=")
    crooked = f"\n# mine\nOTHER=1\n{name} = {value.lower()} \r\nPUBLIC_URL= {URL}/ \r\n"
    assert read_key_file(crooked) == LinkKey(URL, KEY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "PUBLIC_URL and SLIP_KEY missing"),
        (f"PUBLIC_URL={URL}", "SLIP_KEY missing"),
        (f"PUBLIC_URL={URL}\nSLIP_KEY=ABCDEFGH", "has 5 bytes, expected 32"),
        (f"PUBLIC_URL={URL}\nSLIP_KEY=không phải khóa", "is damaged"),
        (f"PUBLIC_URL={URL}\nSLIP_KEY=ABC018", "is damaged"),
        (key_file(LinkKey(URL, KEY)).replace(URL, "dvc.example.gov.vn"), "without a path"),
        (key_file(LinkKey(URL, KEY)).replace(URL, f"{URL}/mot-cua"), "without a path"),
    ],
)
def test_a_file_that_is_none_is_told_without_its_key(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as fault:
        read_key_file(text)
    assert "AAAQEAYEAUDA" not in str(fault.value)


def test_the_key_does_not_show_itself() -> None:
    assert "key" not in repr(LinkKey(URL, KEY))
