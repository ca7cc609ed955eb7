"""Template messages (ZBS, once ZNS): by user id and by phone, what became of them, quota."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from bot.channels.http import Wire
from bot.channels.zalo_body import compact_json
from bot.channels.zalo_calls import (
    LONGEST_SAID,
    AccessTokens,
    Call,
    TemplateAtFault,
    ask,
    counted_call,
    data_of,
    moment_of,
    ready_request,
    with_body,
    with_query,
)
from bot.channels.zalo_errors import BUSINESS, TEMPLATE_UID
from bot.core.phone import Phone
from bot.logs import log
from bot.metrics import Metrics
from bot.settings import Settings

LONGEST_TRACKING_ID = 48
UID_PATH = "/v3.0/oa/message/template"
PHONE_PATH = "/message/template"
READS = {
    "template_status": "/message/status",
    "template_quota": "/message/quota",
    "template_info": "/template/info/v2",
}

logger = log(__name__)


class TemplateFate(StrEnum):
    """What became of a template message, as Zalo answers when it is asked."""

    DELIVERED = "delivered"
    PUSHED = "pushed"  # on its way to the phone
    UNKNOWN = "unknown"


FATES = {"1": TemplateFate.DELIVERED, "0": TemplateFate.PUSHED}


@dataclass(frozen=True, slots=True)
class TemplateTaken:
    """Zalo took a template message.

    Shape: `carrier_id` is Zalo's name for it ("" when it gave none); `remaining_quota` counts
           messages; `code` and `said` are Zalo's, verbatim.
    """

    carrier_id: str
    sent_at: datetime | None
    remaining_quota: int | None
    code: str
    said: str


@dataclass(frozen=True, slots=True)
class TemplateQuota:
    """How many template messages may go in a day, and how many are left; None: not told."""

    daily: int | None
    remaining: int | None


@dataclass(frozen=True, slots=True)
class TemplateParam:
    """One declared parameter; lengths in characters, None where Zalo tells none."""

    name: str
    required: bool
    type: str
    max_length: int | None
    min_length: int | None


@dataclass(frozen=True, slots=True)
class TemplateInfo:
    """A template as Zalo has it; prices in đồng, None where Zalo tells none."""

    id: str
    status: str
    quality: str
    tag: str
    price_phone: int | None
    price_uid: int | None
    created_at: datetime | None
    params: tuple[TemplateParam, ...]


@dataclass(frozen=True, slots=True)
class TemplateChannel:
    """The template messages of one Official Account; safe to call from many threads.

    Shape: `events` names what each template id is used for, for the log.
    """

    wire: Wire
    tokens: AccessTokens
    calls: Mapping[str, Call]
    events: Mapping[str, str]

    def by_uid(self, user_id: str, template_id: str, data: Mapping[str, str]) -> TemplateTaken:
        """Hand over one template to a user of this OA.

        No tracking id goes along: the message is known by its `carrier_id` (10, row 19).
        Errors: SendFailed; TemplateAtFault where the template itself is refused.
        Source: zalo-platform 3.2.
        """
        body = {"user_id": user_id, "template_id": template_id, "template_data": _composed(data)}
        return self._send("template_uid", template_id, body)

    def by_phone(
        self, phone: Phone, template_id: str, data: Mapping[str, str], tracking_id: str
    ) -> TemplateTaken:
        """Hand over one template to the Zalo account behind a phone.

        Shape:  `tracking_id` is ours, 1 to 48 characters; the receipt repeats it. The same id
                again is another message to Zalo (10, row 20).
        Errors: SendFailed; TemplateAtFault where the template itself is refused; ValueError for
                a tracking id of another length.
        Source: zalo-platform 5.1.
        """
        if not 0 < len(tracking_id) <= LONGEST_TRACKING_ID:
            raise ValueError(f"a tracking id has 1 to {LONGEST_TRACKING_ID} characters")
        body = {
            "phone": phone.zalo,
            "template_id": template_id,
            "template_data": _composed(data),
            "tracking_id": tracking_id,
        }
        return self._send("template_phone", template_id, body)

    def status(self, message_id: str) -> TemplateFate:
        """What became of a message that went by phone; SendFailed when Zalo does not say."""
        data = self._read("template_status", {"message_id": message_id})
        return FATES.get(str(data.get("status")), TemplateFate.UNKNOWN)

    def quota(self) -> TemplateQuota:
        """The OA's quota of template messages today; SendFailed when Zalo does not say."""
        data = self._read("template_quota", {})
        return TemplateQuota(_count(data.get("dailyQuota")), _count(data.get("remainingQuota")))

    def template_info(self, template_id: str) -> TemplateInfo:
        """A template as it is declared at Zalo.

        Errors: SendFailed; TemplateAtFault for an id that is not one of this OA's templates.
        Source: zalo-platform 5.2.
        """
        data = self._read("template_info", {"template_id": template_id})
        declared = data.get("listParams")
        return TemplateInfo(
            id=template_id,
            status=_word(data.get("status")),
            quality=_word(data.get("templateQuality")),
            tag=_word(data.get("templateTag")),
            price_phone=_count(data.get("price_sdt")),
            price_uid=_count(data.get("price_uid")),
            created_at=moment_of(data.get("createdTime")),
            params=tuple(_params(declared if isinstance(declared, list) else [])),
        )

    def _send(self, name: str, template_id: str, body: Mapping[str, Any]) -> TemplateTaken:
        call = self.calls[name]
        request = with_body(call, compact_json(body).encode())
        try:
            answer = ask(self.wire, self.tokens, call, request)
        except TemplateAtFault as refused:
            logger.error(
                "template.at_fault",
                template=template_id,
                used_for=self.events.get(template_id, ""),
                way=name,
                code=refused.code,
                why=refused.reason,
                do="run: python -m bot doctor",
            )
            raise
        return _taken(answer)

    def _read(self, name: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        call = self.calls[name]
        return data_of(ask(self.wire, self.tokens, call, with_query(call, urlencode(query))))


def build_templates(
    settings: Settings, tokens: AccessTokens, metrics: Metrics, wire: Wire | None = None
) -> TemplateChannel:
    """The template messages of the OA that the settings name; `wire` for other timeouts."""
    business = settings.zalo_business_url
    calls = {
        "template_uid": counted_call(
            metrics,
            ("zalo", "template_uid"),
            ready_request("POST", settings.zalo_openapi_url + UID_PATH),
            changes=True,
            table=TEMPLATE_UID,
        ),
        "template_phone": counted_call(
            metrics,
            ("zbs", "template_phone"),
            ready_request("POST", business + PHONE_PATH),
            changes=True,
            table=BUSINESS,
        ),
    }
    for name, path in READS.items():
        request = ready_request("GET", business + path)
        calls[name] = counted_call(metrics, ("zbs", name), request, changes=False, table=BUSINESS)
    uses: dict[str, list[str]] = {}
    for event, template in settings.zalo_templates.items():
        uses.setdefault(template.id, []).append(str(event))
    events = {template_id: ",".join(named) for template_id, named in uses.items()}
    return TemplateChannel(wire or Wire(), tokens, calls, events)


def _composed(data: Mapping[str, str]) -> dict[str, str]:
    """Composed letters: decomposed ones would count towards a parameter's length twice."""
    return {name: unicodedata.normalize("NFC", value) for name, value in data.items()}


def _taken(answer: Mapping[str, Any]) -> TemplateTaken:
    """Both forms: `message_id` by UID, `msg_id` by phone; `sent_time` may stand outside."""
    data = data_of(answer)
    quota = data.get("quota")
    left = None
    if isinstance(quota, dict):
        left = _count(quota.get("remainingQuota", quota.get("remain")))
    return TemplateTaken(
        carrier_id=str(data.get("message_id") or data.get("msg_id") or ""),
        sent_at=moment_of(data.get("sent_time") or answer.get("sent_time")),
        remaining_quota=left,
        code="0",
        said=str(answer.get("message") or "")[:LONGEST_SAID],
    )


def _params(declared: list[Any]) -> list[TemplateParam]:
    return [
        TemplateParam(
            name=_word(one.get("name")),
            required=str(one.get("require")).lower() in ("true", "1"),
            type=_word(one.get("type")),
            max_length=_count(one.get("maxLength")),
            min_length=_count(one.get("minLength")),
        )
        for one in declared
        if isinstance(one, dict)
    ]


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    """A count as Zalo writes it, number or text; None for what is none."""
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError):
        return None
