"""Every error code of Zalo's manual has its class, and an unknown one is never taken lightly."""

import pytest

from bot.channels.channel import Again
from bot.channels.zalo_errors import BUSINESS, OPENAPI, TEMPLATE_UID, Kind, Table, judge

# Written from the manual's tables (zalo-platform 6), not from the product's.
OPENAPI_CODES = {
    Kind.PAUSE: "-32",
    Kind.REUPLOAD: "-100 -238 -241",
    Kind.LATER: "-200 -214 -234",
    Kind.NEVER: "-201 -210 -233 -237 -240 -248 -403 -1340 -1341",
    Kind.CLOSED: "-211 -213 -217 -218 -227 -230 -232 -244 -249",
    Kind.HALT: "-204 -205 -209 -212 -219 -221 -223 -224 -235 -242 -320 -321 -501 -105 112",
    Kind.AUTH: "-216 -220 216 401 -401",
}
# zalo-platform 5.5. What is wrong with one template or its data ("human" and "bug" there) must
# not stop the other templates, nor may it cost the citizen the notice.
BUSINESS_CODES = {
    Kind.LATER: "-100 -133 -144 -147 -160",
    Kind.NEVER: "-106 -107 -1091 -121 -122 -123 -127 -128 -129 -142 -143 -151 -152 -149 -1491 "
    "-150 -158 -159 -161 -162",
    Kind.CLOSED: "-108 -110 -114 -118 -119 -134 -139 -140 -141 -1471 -1472",
    Kind.TEMPLATE: "-109 -111 -112 -1121 -1122 -1123 -1124 -113 -1131 -116 -117 -1201 -1202 -130 "
    "-131 -132 -1441 -145 -146 -148 -153",
    Kind.HALT: "-101 -102 -103 -104 -105 -115 -120 -1241 -125 -126 -135 -1351 -136 -137 -138 -1381",
    Kind.AUTH: "-124 -216 -220 216 401 -401",
}


@pytest.mark.parametrize(
    ("table", "codes"), [(OPENAPI, OPENAPI_CODES), (BUSINESS, BUSINESS_CODES)], ids=["oa", "zbs"]
)
def test_every_documented_code_has_its_class(table: Table, codes: dict[Kind, str]) -> None:
    expected = {code: kind for kind, listed in codes.items() for code in listed.split()}
    assert {code: judge(code, table=table).kind for code in table} == expected


@pytest.mark.parametrize("code", ["-305", "-311", "-9999", "7", "abc", ""])
def test_an_unknown_code_is_permanent_for_its_message_and_marked(code: str) -> None:
    refusal = judge(code)
    assert (refusal.kind, refusal.known) == (Kind.NEVER, False)
    assert code in refusal.meaning


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("-32", "Your application reached the limit", Kind.PAUSE),
        ("-32", "Your OA has reached the limit call api", Kind.PAUSE),
        ("-223", "OA has not authorized this API", Kind.HALT),
        ("-223", "Article quota was reached", Kind.LATER),
        ("-201", "user_id is invalid", Kind.CLOSED),
        ("-201", "User id is not valid", Kind.CLOSED),
        ("-201", "text is invalid", Kind.NEVER),
    ],
)
def test_a_code_with_two_meanings_is_read_by_its_message(
    code: str, message: str, kind: Kind
) -> None:
    assert judge(code, message).kind is kind


def test_the_two_rate_limits_are_told_apart() -> None:
    assert judge("-32", "Your OA is over").meaning != judge("-32", "Your app is over").meaning


@pytest.mark.parametrize(
    ("kind", "again"),
    [
        (Kind.AUTH, Again.HALT),
        (Kind.REUPLOAD, Again.NEVER),
        (Kind.TEMPLATE, Again.CLOSED),
        *((Kind(a), a) for a in Again if a is not Again.UNSURE),
    ],
)
def test_every_class_says_what_is_left_to_do(kind: Kind, again: Again) -> None:
    assert kind.again() is again


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("-201", "user_id is invalid", Kind.CLOSED),
        ("-201", "template_id is invalid", Kind.TEMPLATE),
        ("-201", "template_data.ma_ho_so is invalid", Kind.TEMPLATE),
        ("-210", "template_data.ma_ho_so is invalid", Kind.TEMPLATE),
        ("-249", "Template can not be sent by UID", Kind.TEMPLATE),
        ("-131", "Template is not approved", Kind.TEMPLATE),
        ("-211", "Out of quota", Kind.LATER),
        ("-100", "Unknown exception", Kind.LATER),
        ("-234", "Not at night", Kind.LATER),
        ("-227", "User is banned", Kind.CLOSED),
        ("-217", "User blocked invitations", Kind.CLOSED),
        ("-244", "User has restricted this message type", Kind.CLOSED),
        ("-115", "Out of money", Kind.HALT),
        ("-321", "ZCA is out of money", Kind.HALT),
        ("-320", "App must be connected to a ZCA", Kind.HALT),
        ("-216", "Access token is invalid", Kind.AUTH),
        ("-124", "Access token is invalid", Kind.AUTH),
        ("-32", "Your application reached the limit", Kind.PAUSE),
    ],
)
def test_a_template_by_user_id_is_refused_in_the_words_of_either_host(
    code: str, message: str, kind: Kind
) -> None:
    assert judge(code, message, TEMPLATE_UID).kind is kind
