"""The provinces since 1/7/2025, and which of them a name of before belongs to now."""

from collections.abc import Mapping
from types import MappingProxyType

from receipts.clean import clean, fold

# Source: Resolution 202/2025/QH15. Each with those that were merged into it.
PROVINCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Hà Nội": (),
        "Cao Bằng": (),
        "Lạng Sơn": (),
        "Lai Châu": (),
        "Điện Biên": (),
        "Sơn La": (),
        "Quảng Ninh": (),
        "Thanh Hóa": (),
        "Nghệ An": (),
        "Hà Tĩnh": (),
        "Huế": ("Thừa Thiên Huế",),
        "Tuyên Quang": ("Hà Giang",),
        "Lào Cai": ("Yên Bái",),
        "Thái Nguyên": ("Bắc Kạn",),
        "Phú Thọ": ("Vĩnh Phúc", "Hòa Bình"),
        "Bắc Ninh": ("Bắc Giang",),
        "Hưng Yên": ("Thái Bình",),
        "Hải Phòng": ("Hải Dương",),
        "Ninh Bình": ("Hà Nam", "Nam Định"),
        "Quảng Trị": ("Quảng Bình",),
        "Đà Nẵng": ("Quảng Nam",),
        "Quảng Ngãi": ("Kon Tum",),
        "Gia Lai": ("Bình Định",),
        "Khánh Hòa": ("Ninh Thuận",),
        "Lâm Đồng": ("Đắk Nông", "Bình Thuận"),
        "Đắk Lắk": ("Phú Yên",),
        "Thành phố Hồ Chí Minh": ("Bà Rịa Vũng Tàu", "Bình Dương", "Sài Gòn"),
        "Đồng Nai": ("Bình Phước",),
        "Tây Ninh": ("Long An",),
        "Cần Thơ": ("Sóc Trăng", "Hậu Giang"),
        "Vĩnh Long": ("Bến Tre", "Trà Vinh"),
        "Đồng Tháp": ("Tiền Giang",),
        "Cà Mau": ("Bạc Liêu",),
        "An Giang": ("Kiên Giang",),
    }
)
_HEADS = ("tinh ", "thanh pho ", "tp ", "t p ")
_SPELLINGS = {"hcm": "ho chi minh", "hcmc": "ho chi minh", "dac lac": "dak lak"}


def province_named(typed: str) -> str | None:
    """The province of today that a name leads to; None when there is no such province.

    Shape: with or without "tỉnh" or "thành phố", diacritics and capitals; names of before
           1/7/2025 lead to the province they were merged into.
    """
    return _BY_NAME.get(_bare(typed))


def _bare(name: str) -> str:
    """A name as it is compared: folded, of letters alone, without the word before it."""
    letters = "".join(char if char.isalpha() else " " for char in fold(clean(name)))
    bare = " ".join(letters.split())
    for head in _HEADS:
        bare = bare.removeprefix(head)
    return _SPELLINGS.get(bare, bare)


_BY_NAME = {_bare(name): today for today, before in PROVINCES.items() for name in (today, *before)}
