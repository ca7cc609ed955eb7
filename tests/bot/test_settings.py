"""Settings as people write them: read where they can be meant, refused in one line where not."""

import pytest

from bot.core.notice import NoticeEvent
from bot.settings import SettingsError, load_settings

NEEDS = ("ZALO_TEMPLATES",)


def read(templates: str) -> dict[NoticeEvent, str]:
    settings = load_settings({"ZALO_TEMPLATES": templates}, NEEDS)
    return {event: one.id for event, one in settings.zalo_templates.items()}


@pytest.mark.parametrize("written", ['"412233"', "412233"])
def test_a_template_s_id_may_be_written_as_zalo_s_pages_show_it(written: str) -> None:
    assert read(f'{{"result":{{"id":{written}}}}}') == {NoticeEvent.RESULT: "412233"}


@pytest.mark.parametrize(
    ("templates", "told"),
    [
        ("{", "expected JSON"),
        ("[]", "expected a JSON object"),
        ('{"results":{"id":"1"}}', "'results' is no event"),
        ('{"result":"412233"}', 'result: expected {"id":"…"'),
        ('{"result":{"id":true}}', 'result: expected {"id":"…"'),
        ('{"result":{"id":1.5}}', 'result: expected {"id":"…"'),
        ('{"result":{"id":"1","params":{"a":7}}}', "result.a: expected a text"),
        ('{"result":{"id":"1","params":{"a":"{name}"}}}', "result.a: {name} is unknown"),
    ],
)
def test_templates_that_cannot_be_meant_are_refused_by_name(templates: str, told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(templates)
    [fault] = refused.value.faults
    assert fault.name == "ZALO_TEMPLATES"
    assert told in fault.why
