"""Every target by its name."""

from collections.abc import Mapping

from tests.fuzz.target import Target
from tests.fuzz.targets import calls, papers, tokens, words

TARGETS: Mapping[str, Target] = {
    one.name: one for one in (*calls.TARGETS, *papers.TARGETS, *tokens.TARGETS, *words.TARGETS)
}
