"""The paper that texts are registered from says, letter by letter, what the code sends."""

import re
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.core.ladder import RUNGS
from bot.core.notice import RESULT_POST, Facts, NoticeEvent, Rung
from bot.core.sms_text import unaccented
from bot.core.template_form import TEMPLATE_NAMES
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
PARTS = dict(SECTION.findall(WORDS))
# What names an item code goes into the chat of a proved phone and is registered nowhere.
NAMES = [name for name in TEMPLATE_NAMES if name != NoticeEvent.POSTED]


def facts_of(name: str) -> Facts:
    """The facts of what is said under a name."""
    by_post = name == RESULT_POST
    event = NoticeEvent.RESULT if by_post else NoticeEvent(name)
    return replace(FACTS, event=event, by_post=by_post)


def blocks(name: str, kind: str) -> list[str]:
    """The texts to register under a name."""
    return re.findall(rf"^```{kind}\n(.+)\n```$", PARTS[name], re.MULTILINE)


def settings() -> Settings:
    """The settings as the paper says them."""
    [block] = re.findall(r"^```\n(ZALO_TEMPLATES=.+?)\n```$", WORDS, re.MULTILINE | re.DOTALL)
    given = dotenv_values(stream=StringIO(block))["ZALO_TEMPLATES"]
    return Settings.model_validate({"zalo_templates": given})


TEMPLATES = settings().zalo_templates


def test_every_event_is_in_the_paper() -> None:
    assert set(PARTS) == set(NAMES) == set(TEMPLATES)


@pytest.mark.parametrize("name", NAMES)
def test_the_sms_to_register_are_those_that_are_sent(name: str) -> None:
    sent, facts = [], facts_of(name)
    if Rung.SMS in RUNGS[facts.event] or facts.event is NoticeEvent.STEP:
        sent.append(sms_text(TEXTS, facts, unicode=False))
    if facts.event is NoticeEvent.RECEIVED:
        undated = replace(facts, promised_on=None)
        sent.append(sms_text(TEXTS, undated, unicode=False))
    filled = [re.sub(r"\{(\w+)\}", lambda m: BY_SMS[m[1]], text) for text in blocks(name, "sms")]
    assert filled == sent


@pytest.mark.parametrize("name", NAMES)
def test_a_template_reads_as_the_chat_message_does(name: str) -> None:
    facts = facts_of(name)
    [text] = blocks(name, "zalo")
    data = template_data(TEMPLATES[name].params, TEXTS, facts)
    assert set(re.findall(r"<(\w+)>", text)) == set(data)
    assert re.sub(r"<(\w+)>", lambda m: data[m[1]], text) == zalo_text(TEXTS, facts)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_of_a_form_that_zalo_takes(name: str) -> None:
    """Source: zalo-platform 5.3 (title 9 to 65 characters, paragraph 9 to 400)."""
    [title] = re.findall(r"^Zalo, tiêu đề `([^`]+)`:$", PARTS[name], re.MULTILINE)
    [text] = blocks(name, "zalo")
    assert 9 <= len(title) <= 65
    assert 9 <= len(text) <= 400


def test_every_parameter_is_described_with_its_room() -> None:
    used = {(name, filling) for one in TEMPLATES.values() for name, filling in one.params.items()}
    for name, filling in used:
        [row] = [line for line in WORDS.splitlines() if line.startswith(f"| `{name}` |")]
        assert f"({ROOM[filling.strip('{}')]})" in row


def test_the_table_for_a_template_that_needs_one_is_filled_with_the_status() -> None:
    assert '"tinh_trang":"{status}"' in WORDS
