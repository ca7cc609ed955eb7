"""The catalogue: every text can be sent as it stands, is used, and says what it must."""

import ast
import unicodedata
from pathlib import Path

import pytest

from bot.answer import PAYLOADS, WITHOUT_CODE
from bot.converse import CONVERSED
from bot.core.dossier import Timing
from bot.core.intent import Kind
from bot.core.limits import Limit
from bot.texts.catalogue import TextFault, load_catalogue

CATALOGUE = load_catalogue()
KEYS = sorted(CATALOGUE.texts)
BOT = Path(__file__).resolve().parents[3] / "bot"
COMPOSED = (
    {f"limit.{limit}" for limit in Limit}
    | {f"status.{timing}" for timing in Timing}
    | {f"button.{name}" for name in PAYLOADS}
)


def written_in_code() -> set[str]:
    """Every string literal of the product."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in BOT.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str)}


@pytest.mark.parametrize("key", KEYS)
def test_a_text_is_filled_in_by_exactly_its_sample(key: str) -> None:
    text = CATALOGUE.texts[key]
    assert text.placeholders == text.sample.keys()
    assert "{" not in CATALOGUE.render(key, **text.sample)


@pytest.mark.parametrize("key", KEYS)
def test_a_text_is_composed_and_holds_nothing_odd(key: str) -> None:
    words = CATALOGUE.texts[key].words
    assert words == unicodedata.normalize("NFC", words)
    assert not {"\u00a0", "\u200b", "\t"} & set(words)
    assert "  " not in words
    assert words == words.strip()


@pytest.mark.parametrize("key", KEYS)
def test_a_text_fits_where_it_is_shown(key: str) -> None:
    filled = CATALOGUE.render(key, **CATALOGUE.texts[key].sample)
    assert len(filled) <= (100 if key.startswith("button.") else 2000)


def test_the_lookup_sentence_is_the_provinces_word_for_word() -> None:
    said = CATALOGUE.render("status.found", code="C", step="B", timing="Đúng hạn")
    assert said == "Hồ sơ của quý Ông/Bà (C) hiện đang ở bước B, trạng thái hồ sơ: Đúng hạn."


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    used = {word for word in written_in_code() | COMPOSED if word in CATALOGUE.texts}
    assert sorted(set(KEYS) - used) == []
    sections = {key.split(".")[0] for key in KEYS}
    asked = {key for key, _ in WITHOUT_CODE.values()} | COMPOSED
    assert {key for key in asked if key.split(".")[0] in sections} <= set(KEYS)


def test_every_kind_of_text_without_a_code_has_an_answer() -> None:
    assert set(WITHOUT_CODE) | CONVERSED == set(Kind) - {Kind.CODES}
    assert not set(WITHOUT_CODE) & CONVERSED


def test_a_value_with_braces_is_shown_and_never_filled_in() -> None:
    said = CATALOGUE.render("status.found", code="C", step="{timing} {x}", timing="Trễ hạn")
    assert "ở bước {timing} {x}," in said


@pytest.mark.parametrize("values", [{}, {"code": "C", "most": "5"}])
def test_a_text_filled_in_wrongly_is_a_fault_of_ours(values: dict[str, str]) -> None:
    with pytest.raises(TextFault):
        CATALOGUE.render("status.unknown", **values)


def test_an_unknown_text_is_a_fault_of_ours() -> None:
    with pytest.raises(TextFault):
        CATALOGUE.render("status.nothing")
