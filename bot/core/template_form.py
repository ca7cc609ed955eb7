"""The settings that name approved templates of Zalo: are they well formed."""

import json
from collections.abc import Collection
from string import Formatter
from typing import Any

from bot.core.notice import RESULT_POST, NoticeEvent

# What ZALO_TEMPLATES may name: the events, and a result's own wording where the post brings it.
TEMPLATE_NAMES = (*map(str, NoticeEvent), RESULT_POST)
# What a template's parameters may be filled with; bot/notice_text.py fills them.
TEMPLATE_FIELDS = frozenset(
    {"code", "agency", "step", "timing", "due_date", "procedure", "status", "otp"}
)
# The same for the template of announcements; bot/announcement_roads.py fills them.
ANNOUNCEMENT_FIELDS = frozenset({"title", "text", "link", "agency", "date"})


def read_templates(value: Any) -> Any:
    """Read ZALO_TEMPLATES; names are checked here, declared parameters by the doctor.

    Errors: ValueError saying what was expected.
    """
    if not isinstance(value, str):
        return value
    try:
        given = json.loads(value)
    except ValueError as fault:
        raise ValueError('expected JSON such as {"result":{"id":"412233","params":{}}}') from fault
    if not isinstance(given, dict):
        raise ValueError("expected a JSON object with one entry per event")
    for event, template in given.items():
        if event not in TEMPLATE_NAMES:
            raise ValueError(
                f"{event!r} is no event; expected some of: {', '.join(TEMPLATE_NAMES)}"
            )
        _template_form(event, template)
        template["id"] = str(template["id"])  # Zalo's own pages show bare numbers
    return given


def read_announcement_template(value: Any) -> Any:
    """Read ZALO_ANNOUNCEMENT_TEMPLATE; ValueError saying what was expected."""
    if not isinstance(value, str):
        return value
    try:
        template = json.loads(value)
    except ValueError as fault:
        raise ValueError('expected JSON such as {"id":"412250","params":{}}') from fault
    _template_form("template", template, ANNOUNCEMENT_FIELDS)
    return template | {"id": str(template["id"])}


def _template_form(event: str, template: Any, fields: Collection[str] = TEMPLATE_FIELDS) -> None:
    params = template.get("params", {}) if isinstance(template, dict) else None
    named = template.get("id") if isinstance(template, dict) else None
    if not isinstance(params, dict) or type(named) not in (str, int):
        raise ValueError(f'{event}: expected {{"id":"…","params":{{"name":"{{code}}"}}}}')
    for name, filling in params.items():
        if not isinstance(filling, str):
            raise ValueError(f"{event}.{name}: expected a text such as {{code}}")
        for _, field, _, _ in Formatter().parse(filling):
            if field is not None and field not in fields:
                raise ValueError(
                    f"{event}.{name}: {{{field}}} is unknown; expected some of: "
                    + ", ".join(f"{{{one}}}" for one in sorted(fields))
                )
