"""What the doctor says of words that the province changed: how many, and which are not said."""

from collections.abc import Iterator

from bot.database import reading
from bot.finding import Finding
from bot.read_texts import said_now
from bot.runtime import Runtime

PAGE = "/console/cau-chu"


def wording_findings(runtime: Runtime) -> Iterator[Finding]:
    """One line for each changed text that cannot be said, else how many are."""
    with reading(runtime.engine) as connection:
        said, faults = said_now(connection, runtime)
    for key, why in faults.items():
        yield Finding(
            "warn",
            f"texts.{key}",
            f"the province's words are not said, the shipped ones are: {why}",
            f"write them anew, or take them back: {PAGE}/{key}",
        )
    shipped = runtime.wording.shipped.texts
    changed = sum(text.words != shipped[key].words for key, text in said.texts.items())
    if not faults:
        yield Finding("ok", "texts", f"{changed} of {len(shipped)} carry the province's own words")
