"""The Vietnamese numbering plan, and the words found around numbers, as tables."""

# Mobile heads after the trunk zero that are in service. Whose they are is left out on purpose:
# numbers move between operators (portability since 2018), so a head tells nothing about routing
# or price. 30, 31, 51 and 95 are known to the `phonenumbers` library but not in service.
_SECOND_DIGITS = {
    "3": "23456789",
    "5": "25689",
    "7": "06789",
    "8": "123456789",
    "9": "012346789",
}
MOBILE_HEADS = frozenset(
    first + second for first, seconds in _SECOND_DIGITS.items() for second in seconds
)

# Area codes after the trunk zero; 24 Hà Nội and 28 Hồ Chí Minh City have eight digits after them,
# the others seven. The mergers of 2025 did not change them.
AREA_CODES = (
    *("24", "28"),
    *("203", "204", "205", "206", "207", "208", "209"),
    *("210", "211", "212", "213", "214", "215", "216", "218", "219"),
    *("220", "221", "222", "225", "226", "227", "228", "229"),
    *("232", "233", "234", "235", "236", "237", "238", "239"),
    *("251", "252", "254", "255", "256", "257", "258", "259"),
    *("260", "261", "262", "263", "269"),
    *("270", "271", "272", "273", "274", "275", "276", "277"),
    *("290", "291", "292", "293", "294", "296", "297", "299"),
)

# Eleven-digit mobile heads of before 2018 and what became of them. The old numbers are dead, and
# the library does not know the change. Old heads not listed here (0130, 0198, ...) had no heir.
MIGRATED_HEADS = {
    "120": "70",
    "121": "79",
    "122": "77",
    "126": "76",
    "128": "78",
    "123": "83",
    "124": "84",
    "125": "85",
    "127": "81",
    "129": "82",
    "162": "32",
    "163": "33",
    "164": "34",
    "165": "35",
    "166": "36",
    "167": "37",
    "168": "38",
    "169": "39",
    "186": "56",
    "188": "58",
    "199": "59",
}

# Before 2017 Khánh Hòa was 058 and Hồ Chí Minh City 08: such a landline, kept in an old record,
# has today's shape of a mobile. The current plan wins; staff are shown the doubt.
OLD_LANDLINE_HEADS = ("58", "8")

# A field made of these words alone says that there is no number. Folded: no accents, lower case.
ABSENT_WORDS = frozenset(
    (
        *("khong", "ko", "k", "kh", "hong", "chua", "co", "0", "o", "x", "trong"),
        *("so", "dien", "thoai", "sdt", "dt", "dd", "di", "dong", "may", "ban"),
        *("tel", "phone", "mobile", "cung", "cap", "su", "dung", "de"),
        *("none", "null", "nil", "na", "n", "a", "no"),
    )
)

# Before these digits stands another kind of number, even where it has the shape of a phone.
OTHER_NUMBER_WORDS = (
    *("cccd", "cmnd", "cmtnd", "cmt", "can cuoc", "chung minh", "dinh danh", "ho chieu"),
    *("passport", "mst", "ma so thue", "stk", "tai khoan", "ngay sinh", "sinh ngay", "fax"),
)

# After these words stands an extension; what follows them is not part of the number.
EXTENSION_WORDS = ("ext", "extension", "may le", "so le", "nhanh", "may nhanh")

# Words that stand between two numbers of one field.
BETWEEN_WORDS = ("hoac", "or", "va")
