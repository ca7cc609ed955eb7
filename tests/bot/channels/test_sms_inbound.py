"""Inbound SMS calls of three aggregators: the cases of cases/sms_inbound.json and more."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.sms_inbound import (
    Call,
    Esms,
    InboundSms,
    OnePay,
    SmsAggregator,
    SmsNotGenuine,
    sms_aggregators,
)
from bot.core.sms_answer import SmsAnswer, SmsOutcome
from tests.make import make_settings

CASES = json.loads((Path(__file__).parent / "cases/sms_inbound.json").read_text(encoding="utf-8"))
KEYS = {
    "sms_mo_esms_key": "esms-key",
    "sms_mo_1pay_access_key": "pay-access",
    "sms_mo_1pay_secret": "pay-secret",
    "sms_mo_cpurl_ips": "203.0.113.10, 198.51.100.64/26",
}
ANSWER = SmsAnswer("Ho so <1> & 2", SmsOutcome.FOUND)
SMS = InboundSms("84905123456", "MCKH 0101701234", "8083", "S-1")
REFUSED = {
    "esms": "<ClientResponse><Message></Message><Smsid></Smsid><Receiver></Receiver>"
    "</ClientResponse>",
    "1pay": '{"status": 0, "sms": "", "type": "text"}',
    "cpurl": "0|",
}


def aggregator(name: str, unset: bool = False) -> SmsAggregator:
    settings = make_settings("sqlite://", **({} if unset else KEYS))
    return next(one for one in sms_aggregators(settings) if one.name == name)


def named(case: dict[str, Any]) -> str:
    return f"{case['aggregator']}: {case['case']}"


@pytest.mark.parametrize("case", [case for case in CASES if "sms" in case], ids=named)
def test_a_genuine_call_is_read_and_answered_in_its_form(case: dict[str, Any]) -> None:
    form = aggregator(case["aggregator"])
    sms = form.listen(Call(case["query"].encode(), case["address"]))
    assert sms == InboundSms(**case["sms"])
    assert form.written(sms, ANSWER) == case["body"]


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case], ids=named)
def test_any_other_call_is_refused_for_its_reason(case: dict[str, Any]) -> None:
    form = aggregator(case["aggregator"], case.get("unset", False))
    with pytest.raises(SmsNotGenuine) as refusal:
        form.listen(Call(case["query"].encode(), case["address"]))
    assert str(refusal.value.why) == case["refused"]
    assert form.refused() == REFUSED[form.name]


def test_one_half_of_1pays_keys_is_not_enough() -> None:
    genuine = next(case for case in CASES if case["aggregator"] == "1pay")
    for halves in (("pay-access", ""), ("", "pay-secret")):
        with pytest.raises(SmsNotGenuine, match="not configured"):
            OnePay(*halves).listen(Call(genuine["query"].encode(), ""))


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (SmsOutcome.FOUND, 1),
        (SmsOutcome.UNKNOWN, 1),
        (SmsOutcome.LIMITED, 1),
        (SmsOutcome.USAGE, 0),
        (SmsOutcome.TROUBLE, 0),
    ],
)
def test_1pay_charges_only_for_what_was_a_question(outcome: SmsOutcome, status: int) -> None:
    body = json.loads(OnePay("a", "s").written(SMS, SmsAnswer("words", outcome)))
    assert body == {"status": status, "sms": "words", "type": "text"}


@given(st.text(), st.text(), st.text())
def test_whatever_an_id_or_a_phone_holds_the_xml_stays_one_answer(
    text: str, smsid: str, sender: str
) -> None:
    sms = InboundSms(sender, text, "8083", smsid)
    body = Esms("key").written(sms, SmsAnswer("xong", SmsOutcome.FOUND))
    parsed = ElementTree.fromstring(body.encode())
    assert [one.tag for one in parsed] == ["Message", "Smsid", "Receiver"]
    assert parsed.findtext("Message") == "xong"


@given(st.binary(max_size=300))
def test_no_query_breaks_the_reading(query: bytes) -> None:
    for form in (Esms("key"), OnePay("a", "s")):
        with pytest.raises(SmsNotGenuine):
            form.listen(Call(query, "203.0.113.10"))
    with suppress(SmsNotGenuine):
        sms = aggregator("cpurl").listen(Call(query, "203.0.113.10"))
        assert sms.text.encode().decode() == sms.text  # whole letters, fit to be stored


def test_nothing_of_a_citizen_or_a_key_is_printed() -> None:
    printed = repr((SMS, Call(b"mobile=84905123456", ""), Esms("key-1"), OnePay("key-1", "key-1")))
    assert "84905123456" not in printed
    assert "key-1" not in printed
