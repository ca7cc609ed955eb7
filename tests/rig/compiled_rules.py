"""Routes' address builders, compiled once in a test process and not for each application anew.

Werkzeug writes and compiles two small functions for each route. With hundreds of routes and an
application a test this was an eighth of what tests of pages took.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def keep_compiled_rules() -> None:
    """Let routes that read the same share their builders from now on.

    A builder takes the rule it works for as its first argument, so nothing of an application
    stays in it.
    """
    kept: dict[tuple[Any, ...], Builder] = {}
    make = Rule._compile_builder

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Builder:
        if rule.defaults:
            return make(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in kept:
            kept[key] = make(rule, append_unknown)
        return kept[key]

    setattr(Rule, "_compile_builder", compile_builder)  # noqa: B010  (mypy minds a plain one)
