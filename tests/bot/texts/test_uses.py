"""What may be changed and what not: every text is classed, and every one that is open holds up."""

import pytest

from bot.core.notice import NoticeEvent
from bot.notice_text import STATUSES, TEXTS
from bot.texts.catalogue import Catalogue, load_catalogue
from bot.texts.changed import broken, digest, with_changes
from bot.texts.uses import MOST_CONSENT, load_uses
from bot.texts.writing import Writing

CATALOGUE = load_catalogue()
USES = load_uses()
OPEN = sorted(key for key, use in USES.by_key.items() if use.open)
SEEN = {"zalo", "sms", "page", "button", "paper", "template"}


def longest(key: str) -> dict[str, str]:
    """What fills a text at its longest, with the longest agency that there may be."""
    sample = CATALOGUE.texts[key].sample
    return {
        name: "x" * max(USES.longest.get(name, 0), len(value), 200 if name == "agency" else 0)
        for name, value in sample.items()
    }


def test_every_text_stands_in_one_group_and_says_when_it_is_said() -> None:
    named = [use.key for group in USES.groups for use in group.uses]
    assert sorted(named) == sorted(CATALOGUE.texts)
    assert all(use.when and set(use.seen) <= SEEN for use in USES.by_key.values())


def test_what_citizens_are_told_unasked_and_the_lookup_sentence_are_never_open() -> None:
    for event in NoticeEvent:
        assert TEXTS[event] not in OPEN
    assert not set(STATUSES.values()) & set(OPEN)
    assert not [key for key in OPEN if key.startswith(("notice.", "button.", "paper."))]
    assert not {"status.found", "status.on_time", "status.late", "handover.said"} & set(OPEN)


@pytest.mark.parametrize("key", OPEN)
def test_a_shipped_text_that_is_open_has_no_fault_of_its_own(key: str) -> None:
    text, use = CATALOGUE.texts[key], USES.of(key)
    writing = Writing(text.words, text, use, longest(key), "https://motcua.example.vn")
    assert writing.faults() == []
    assert writing.warnings() == []
    assert use.most <= (MOST_CONSENT if use.consent else 2000)


def changed(**words: str) -> tuple[Catalogue, dict[str, str]]:
    """The catalogue with these texts changed, dots written as `__`."""
    named = {key.replace("__", "."): (said, digest(said)) for key, said in words.items()}
    return with_changes(CATALOGUE, USES, named)


def test_words_that_hold_up_are_said() -> None:
    said, faults = changed(talk__thanks="Cảm ơn bà con.")
    assert said.render("talk.thanks") == "Cảm ơn bà con."
    assert not faults
    assert CATALOGUE.render("talk.thanks") != "Cảm ơn bà con."


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("notice__result", CATALOGUE.texts["notice.result"].words + "!"),
        ("status__found", "Xong: {code} {step} {timing}"),
        ("talk__welcome", "Chào Ông/Bà."),
        ("talk__welcome", "Chào {example} {ten}."),
        ("talk__thanks", " \n"),
        ("talk__thanks", "Cảm ơn\u202e Ông/Bà"),
        ("talk__thanks", "Ca\u0309m ơn"),
        ("talk__thanks", "x" * 2001),
        ("phone__sent", "{phone} {keyword} " + "x" * 1000),
    ],
)
def test_broken_words_leave_the_shipped_ones(key: str, words: str) -> None:
    said, faults = changed(**{key: words})
    name = key.replace("__", ".")
    assert said.texts[name].words == CATALOGUE.texts[name].words
    assert list(faults) == [name]
    assert faults[name] == broken(words, CATALOGUE.texts[name], USES.of(name))


def test_words_that_were_written_past_us_are_not_said() -> None:
    said, faults = with_changes(
        CATALOGUE, USES, {"talk.thanks": ("Chào.", "0" * 64), "talk.gone": ("Chào.", "")}
    )
    assert said.render("talk.thanks") == CATALOGUE.render("talk.thanks")
    assert list(faults) == ["talk.thanks"]
