"""What a change was, for the audit trail: each fact that is another now, before and after."""

from collections.abc import Mapping

BEFORE, AFTER = ".before", ".after"
Told = str | int | bool | None


def before_after(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, Told]:
    """The detail of a deed: "name.before" and "name.after" of each fact that differs.

    Shape: `after` names the facts; one that `before` lacks was not there. Empty when nothing is
           another. No fact of a citizen may be among them.
    """
    detail: dict[str, Told] = {}
    for name, value in after.items():
        was = before.get(name)
        if was != value:
            detail |= {name + BEFORE: _told(was), name + AFTER: _told(value)}
    return detail


def _told(value: object) -> Told:
    return value if value is None or isinstance(value, str | int | bool) else str(value)
