"""A short turn of schemathesis over every address of the feeds and of the console."""

from pathlib import Path

from tests.fuzz.openapi import Console, Feeds, drive

FEED_EXAMPLES, CONSOLE_EXAMPLES = 5, 1


def test_the_feeds_answer_as_their_description_says(tmp_path: Path) -> None:
    faults: dict[str, str] = {}
    for operation, attempt in Feeds(tmp_path).operations():
        assert drive(operation, attempt, FEED_EXAMPLES, 1, faults) >= FEED_EXAMPLES
    assert faults == {}


def test_no_form_of_the_console_breaks_whatever_is_typed_by_whom(
    postgres_url: str, tmp_path: Path
) -> None:
    faults: dict[str, str] = {}
    console = Console(postgres_url, tmp_path)
    tried = [drive(*one, CONSOLE_EXAMPLES, 1, faults) for one in console.operations()]
    assert len(tried) > 100
    assert faults == {}
