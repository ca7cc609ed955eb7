"""The doctor's look at template messages: are they approved, and do their parameters fit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Wire
from bot.channels.zalo_errors import TEMPLATE_UID, Kind
from bot.channels.zalo_template import (
    TemplateChannel,
    TemplateInfo,
    build_templates,
)
from bot.core.notice import RESULT_POST, Facts, NoticeEvent
from bot.database import reading
from bot.finding import Finding
from bot.logs import log
from bot.notice_text import template_data
from bot.renew import TokenSource
from bot.renew import status as token_status
from bot.runtime import Runtime
from bot.settings import TemplateSetting
from bot.store.template_states import (
    TemplateState,
    longest_facts,
    template_refusals,
    template_states,
)
from bot.template_news import ENABLED, LOW
from bot.texts.catalogue import Catalogue

QUICK = (2.0, 4.0)  # seconds to connect, to answer: nobody waits long for a doctor
LATELY = timedelta(hours=24)
BY_UID_SINCE = datetime(2025, 12, 9, 17, tzinfo=UTC)  # 10 December in Vietnam; zalo-platform 0
AT_FAULT = frozenset(code for code, (_, kind) in TEMPLATE_UID.items() if kind is Kind.TEMPLATE)
OTP_TAG = "OTP"
ANY_DAY = date(2026, 11, 25)
IN_SETTINGS = "correct ZALO_TEMPLATES"
ON_STATUS = {
    "PENDING_REVIEW": "wait for Zalo's review; until then the next way is taken",
    "REJECT": "correct the template in the ZBS console and hand it in again",
    "DISABLE": "see in the ZBS console why, and make a new template if it stays so",
    "DELETE": "make a new template in the ZBS console and put its id into ZALO_TEMPLATES",
}

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class _NoRenewal:
    """The token as it is: a look must not renew anything."""

    source: TokenSource

    def current(self) -> str:
        return self.source.current()

    def after_refusal(self, _dead: str) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class _Known:
    """What we know ourselves: Zalo's news by template id, the longest facts, the texts."""

    news: Mapping[str, TemplateState]
    lengths: Mapping[str, int]
    texts: Catalogue


def template_findings(runtime: Runtime) -> list[Finding]:
    """What is to be said of the templates; never raises, and waits for seconds at most.

    Source: zalo-platform 3.2, 5.2 to 5.5; interfaces 5 (Rungs, Proving a phone).
    """
    findings = list(_otp(runtime))
    templates = runtime.settings.zalo_templates
    if not templates:
        why = "no template is configured, so who is not in the chat window gets an SMS"
        do = "have templates approved, then set ZALO_TEMPLATES; see docs/operations.vi.md"
        return [*findings, Finding("warn", "zalo.template.none", why, do)]
    try:
        known = _known(runtime)
        findings += _refusals(runtime)
        usable = token_status(runtime).usable
    except SQLAlchemyError as fault:
        why = f"cannot be checked: the database does not answer ({type(fault).__name__})"
        return [*findings, Finding("warn", "zalo.templates", why, "see database")]
    if not usable:
        why = "cannot be checked without a good access token"
        return [*findings, Finding("warn", "zalo.templates", why, "see zalo.token")]
    return [*findings, *_asked(runtime, known)]


def warn_of_templates(runtime: Runtime) -> None:
    """Log once what the doctor would warn of; for a worker's start."""
    for finding in template_findings(runtime):
        if finding.level != "ok":
            logger.warning("template.check", what=finding.what, why=finding.why, do=finding.do)


def _otp(runtime: Runtime) -> Iterator[Finding]:
    settings = runtime.settings
    if NoticeEvent.OTP in settings.zalo_templates or settings.sms_gateway != "none":
        yield Finding("ok", "otp", "a one-time code has a way to a phone")
        return
    why = "there is neither an otp template nor an SMS gateway: a phone cannot be proved"
    yield Finding("warn", "otp", why, "set otp in ZALO_TEMPLATES, or SMS_GATEWAY")


def _known(runtime: Runtime) -> _Known:
    ids = {template.id for template in runtime.settings.zalo_templates.values()}
    with reading(runtime.engine) as connection:
        return _Known(template_states(connection, ids), longest_facts(connection), runtime.texts)


def _refusals(runtime: Runtime) -> Iterator[Finding]:
    with reading(runtime.engine) as connection:
        found = template_refusals(connection, AT_FAULT, runtime.now() - LATELY)
    for one in found:
        meaning = TEMPLATE_UID[one.code][0]
        why = f"{one.rung} refused {one.count} times in 24 h with {one.code}: {meaning}"
        do = "correct the template or ZALO_TEMPLATES; citizens were told by the next way"
        yield Finding("warn", f"template.{one.event}", why, do)


def _asked(runtime: Runtime, known: _Known) -> Iterator[Finding]:
    """Every template as Zalo has it now; one warning when Zalo cannot be asked."""
    tokens = _NoRenewal(TokenSource(runtime))
    channel = build_templates(runtime.settings, tokens, runtime.metrics, Wire(QUICK))
    asked: dict[str, TemplateInfo | SendFailed] = {}
    for event, template in runtime.settings.zalo_templates.items():
        try:
            if template.id not in asked:
                asked[template.id] = _info(channel, template.id)
        except SendFailed as fault:
            why = f"cannot be checked: {fault.code} {fault.reason}".replace("  ", " ")
            yield Finding("warn", "zalo.templates", why, "see zalo.token, ZALO_BUSINESS_URL")
            return
        yield from _one(event, template, asked[template.id], known)
    yield from _announcements(channel, runtime.settings.zalo_announcement_template, known)


def _announcements(
    channel: TemplateChannel, template: TemplateSetting | None, known: _Known
) -> Iterator[Finding]:
    """The template that announcements go by, as far as it can be told without a text."""
    if template is None:
        return
    what = "template.announcement"
    try:
        info = channel.template_info(template.id)
    except SendFailed as fault:
        why = f"Zalo does not tell of template {template.id}: {fault.code} {fault.reason}"
        yield Finding("warn", what, why, "correct ZALO_ANNOUNCEMENT_TEMPLATE, or see zalo.token")
        return
    faults = [
        *_state_faults(info, known.news.get(template.id)),
        *_parameter_faults(template, info),
    ]
    for why, do in faults:
        do = do.replace("ZALO_TEMPLATES", "ZALO_ANNOUNCEMENT_TEMPLATE")
        yield Finding("warn", what, f"template {template.id} {why}", do)
    if not faults:
        yield Finding("ok", what, f"template {template.id} is approved and fits")


def _info(channel: TemplateChannel, template_id: str) -> TemplateInfo | SendFailed:
    """A template, or the refusal that is about it alone."""
    try:
        return channel.template_info(template_id)
    except SendFailed as fault:
        if fault.again in (Again.NEVER, Again.CLOSED):
            return fault
        raise


def _one(
    event: str,
    template: TemplateSetting,
    info: TemplateInfo | SendFailed,
    known: _Known,
) -> Iterator[Finding]:
    what = f"template.{event}"
    if isinstance(info, SendFailed):
        why = f"Zalo refuses template {template.id}: {info.code} {info.reason}"
        yield Finding("warn", what, why, f"{IN_SETTINGS}: copy the id from the ZBS console")
        return
    faults = [
        *_state_faults(info, known.news.get(template.id)),
        *_kind_faults(event, info),
        *_parameter_faults(template, info),
        *_length_faults(event, template, info, known),
    ]
    for why, do in faults:
        yield Finding("warn", what, f"template {template.id} {why}", do)
    if not faults:
        price = f", {info.price_phone} đồng by phone" if info.price_phone is not None else ""
        yield Finding("ok", what, f"template {template.id} is approved and fits{price}")


Faults = Iterator[tuple[str, str]]


def _state_faults(info: TemplateInfo, news: TemplateState | None) -> Faults:
    if info.status != ENABLED:
        reason = f" ({news.reason})" if news and news.status == info.status and news.reason else ""
        do = ON_STATUS.get(info.status, "see the ZBS console")
        yield f"is {info.status or 'of no status'}, not {ENABLED}{reason}", do
    if info.quality == LOW:
        do = "send fewer of it, or reword it: Zalo disables templates that citizens report"
        yield f"has the quality {LOW}", do


def _kind_faults(event: str, info: TemplateInfo) -> Faults:
    """A one-time code goes by phone only, every other event by user id first."""
    if event == NoticeEvent.OTP:
        return
    if info.tag == OTP_TAG:
        yield "is for one-time codes, which cannot be sent by user id", "use one of another type"
    elif info.created_at is not None and info.created_at < BY_UID_SINCE:
        do = "make it anew in the ZBS console and put the new id into ZALO_TEMPLATES"
        yield "is older than 10/12/2025, so it cannot be sent by user id", do


def _parameter_faults(template: TemplateSetting, info: TemplateInfo) -> Faults:
    declared = {param.name for param in info.params}
    for param in info.params:
        if param.required and param.name not in template.params:
            yield f"requires {param.name}, which is not given", f"{IN_SETTINGS}: add it to params"
    for name in template.params:
        if name not in declared:
            why = f"is given {name}, which it does not declare"
            yield why, f"{IN_SETTINGS}: declared are {', '.join(sorted(declared)) or 'none'}"


def _length_faults(
    event: str, template: TemplateSetting, info: TemplateInfo, known: _Known
) -> Faults:
    """What is filled in at its longest, against what each parameter takes."""
    longest: dict[str, int] = {}
    for facts in _longest_facts(event, known.lengths):
        for name, value in template_data(template.params, known.texts, facts).items():
            longest[name] = max(len(value), longest.get(name, 0))
    for param in info.params:
        length = longest.get(param.name, 0)
        if param.max_length and length > param.max_length:
            filling = template.params[param.name]
            why = (
                f"takes {param.max_length} characters of {param.name}; {filling} has up to {length}"
            )
            yield why, "declare the parameter with a type that takes more, or fill it with less"


def _longest_facts(event: str, lengths: Mapping[str, int]) -> Iterator[Facts]:
    filled: dict[str, Any] = {name: "x" * length for name, length in lengths.items()}
    by_post = event == RESULT_POST
    of_event = NoticeEvent.RESULT if by_post else NoticeEvent(event)
    for day in (ANY_DAY, None):
        for late in (False, True):
            filled |= {"promised_on": day, "late": late, "otp": "000000", "by_post": by_post}
            yield Facts(of_event, **filled)
