"""The paper that texts are registered from says, letter by letter, what the code sends."""

import re
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.core.ladder import RUNGS
from bot.core.notice import Facts, NoticeEvent, Rung
from bot.core.sms_text import unaccented
from bot.notice_text import ROOM, sms_text, template_data, zalo_text
from bot.settings import Settings
from bot.texts.catalogue import load_catalogue

TEXTS = load_catalogue()
PAPER = Path(__file__).resolve().parents[2] / "docs/brandname-templates.vi.md"
WORDS = PAPER.read_text(encoding="utf-8")
FACTS = Facts(
    NoticeEvent.RESULT,
    code="000.00.17.H32-261122-0001",
    shown_code="0101701234",
    agency_name="UBND phường Lộc Thọ",
    sms_name="UBND P. Lộc Thọ",
    step="Thẩm định hồ sơ",
    promised_on=date(2026, 12, 4),
    late=True,
    otp="048213",
)
BY_SMS = {
    "ma_ho_so": FACTS.shown_code,
    "co_quan": unaccented(FACTS.sms_name or ""),
    "ngay_hen": "04/12/2026",
    "buoc": unaccented(FACTS.step),
    "trang_thai": "Tre han",
    "otp": FACTS.otp,
}
SECTION = re.compile(r"^### [^\n]+: `(\w+)`\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
PARTS = {NoticeEvent(name): part for name, part in SECTION.findall(WORDS)}
EVENTS = list(NoticeEvent)


def blocks(event: NoticeEvent, kind: str) -> list[str]:
    """The texts to register for an event."""
    return re.findall(rf"^```{kind}\n(.+)\n```$", PARTS[event], re.MULTILINE)


def settings() -> Settings:
    """The settings as the paper says them."""
    [block] = re.findall(r"^```\n(ZALO_TEMPLATES=.+?)\n```$", WORDS, re.MULTILINE | re.DOTALL)
    given = dotenv_values(stream=StringIO(block))["ZALO_TEMPLATES"]
    return Settings.model_validate({"zalo_templates": given})


TEMPLATES = settings().zalo_templates


def test_every_event_is_in_the_paper() -> None:
    assert set(PARTS) == set(NoticeEvent) == set(TEMPLATES)


@pytest.mark.parametrize("event", EVENTS)
def test_the_sms_to_register_are_those_that_are_sent(event: NoticeEvent) -> None:
    sent = []
    if Rung.SMS in RUNGS[event] or event is NoticeEvent.STEP:
        sent.append(sms_text(TEXTS, replace(FACTS, event=event), unicode=False))
    if event is NoticeEvent.RECEIVED:
        undated = replace(FACTS, event=event, promised_on=None)
        sent.append(sms_text(TEXTS, undated, unicode=False))
    filled = [re.sub(r"\{(\w+)\}", lambda m: BY_SMS[m[1]], text) for text in blocks(event, "sms")]
    assert filled == sent


@pytest.mark.parametrize("event", EVENTS)
def test_a_template_reads_as_the_chat_message_does(event: NoticeEvent) -> None:
    facts = replace(FACTS, event=event)
    [text] = blocks(event, "zalo")
    data = template_data(TEMPLATES[event].params, TEXTS, facts)
    assert set(re.findall(r"<(\w+)>", text)) == set(data)
    assert re.sub(r"<(\w+)>", lambda m: data[m[1]], text) == zalo_text(TEXTS, facts)


@pytest.mark.parametrize("event", EVENTS)
def test_a_template_is_of_a_form_that_zalo_takes(event: NoticeEvent) -> None:
    """Source: zalo-platform 5.3 (title 9 to 65 characters, paragraph 9 to 400)."""
    [title] = re.findall(r"^Zalo, tiêu đề `([^`]+)`:$", PARTS[event], re.MULTILINE)
    [text] = blocks(event, "zalo")
    assert 9 <= len(title) <= 65
    assert 9 <= len(text) <= 400


def test_every_parameter_is_described_with_its_room() -> None:
    used = {(name, filling) for one in TEMPLATES.values() for name, filling in one.params.items()}
    for name, filling in used:
        [row] = [line for line in WORDS.splitlines() if line.startswith(f"| `{name}` |")]
        assert f"({ROOM[filling.strip('{}')]})" in row


def test_the_table_for_a_template_that_needs_one_is_filled_with_the_status() -> None:
    assert '"tinh_trang":"{status}"' in WORDS
