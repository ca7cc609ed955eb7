"""One hand-over of a notice to its carrier, and what the answer means for the notice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.answer import buttons
from bot.channels.channel import Again, SendFailed
from bot.channels.sms_gateway import OutgoingSms, SmsGateway
from bot.channels.sms_gateways import build_gateway
from bot.channels.zalo import ZaloChannel, build_zalo
from bot.channels.zalo_template import TemplateChannel, build_templates
from bot.core.complaint import ASKS_TO_COME, complaint_button
from bot.core.ladder import Tried
from bot.core.message import Button, Outgoing
from bot.core.notice import Facts, NoticeEvent, Rung
from bot.core.phone import Phone
from bot.core.sms_text import sms_parts
from bot.hold import Hold
from bot.notice_text import sms_text, template_data
from bot.prices import Prices, load_prices
from bot.renew import TokenSource
from bot.runtime import Runtime

ZALO, WALLET, BY_PHONE = "zalo", "zalo-wallet", "zbs"
# The account's money is gone, or it has no wallet: what is free goes on. zalo-platform 5.5, 6.
WALLET_CODES = frozenset({"-320", "-321", "-115", "-136", "-137"})
# No Zalo on the number, or its owner refuses: asked again only after a month. zalo-platform 5.5.
NO_TEMPLATE_CODES = frozenset(
    {"-108", "-110", "-114", "-118", "-119", "-134", "-139", "-140", "-141"}
)
CALLBACKS: Mapping[str, str] = {"esms": "/webhooks/sms/esms/receipt"}


@dataclass(frozen=True, slots=True)
class Call:
    """One hand-over, ready to go.

    Shape: `phone` is sealed E.164 for the rungs by phone; `hold` names what is held when the
           account behind this way is at fault; `free` tells of a chat message that costs nothing.
    """

    notice_id: int
    made_at: datetime  # when its notice was made
    request_id: str
    rung: Rung
    recipient: str
    carrier: str
    hold: str
    facts: Facts
    text: str
    phone: bytes | None = field(default=None, repr=False)
    unicode_sms: bool = False
    free: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a call; `hold` names the channel that a HELD answer closes for all."""

    state: Tried
    carrier_id: str = ""
    code: str = ""
    said: str = ""
    reason: str = ""
    parts: int | None = None
    cost_dong: int | None = None
    again: Again | None = None
    failure: SendFailed | None = None


@dataclass(slots=True)
class Carriers:
    """Every way out of one worker process; safe to call from many threads."""

    runtime: Runtime
    chat: ZaloChannel
    templates: TemplateChannel
    gateways: Mapping[str, SmsGateway]
    holds: Mapping[str, Hold]
    prices: Prices

    def hand_over(self, call: Call) -> Answered:
        """Make one call; never raises for what a carrier answers."""
        try:
            return self._made(call)
        except SendFailed as failed:
            return self._refused(call, failed)

    def _made(self, call: Call) -> Answered:
        if call.rung is Rung.CHAT:
            buttons = self._buttons(call)
            taken = self.chat.send(Outgoing(call.notice_id, call.recipient, call.text, buttons))
            cost = 0 if call.free else self.prices.chat_paid
            return Answered(Tried.DELIVERED, taken.carrier_id, "0", cost_dong=cost)
        if call.rung is Rung.SMS:
            return self._sms(call)
        template = self.runtime.settings.zalo_templates[call.facts.wording]
        data = template_data(template.params, self.runtime.texts, call.facts)
        by_uid = call.rung is Rung.TEMPLATE_UID
        if by_uid:
            sent = self.templates.by_uid(call.recipient, template.id, data)
        else:
            sent = self.templates.by_phone(self._phone(call), template.id, data, call.request_id)
        cost = self.prices.template(by_uid)
        return Answered(Tried.SENT, sent.carrier_id, sent.code, sent.said, cost_dong=cost)

    def _buttons(self, call: Call) -> tuple[Button, ...]:
        """Who is asked to come may say that nothing was there; a result leads to what is known."""
        event, texts = call.facts.event, self.runtime.texts
        known = buttons(texts, "mine") if event is NoticeEvent.RESULT else ()
        if event not in ASKS_TO_COME or call.facts.by_post:
            return known
        return (complaint_button(texts.render("button.not_there"), call.notice_id), *known)

    def _sms(self, call: Call) -> Answered:
        settings = self.runtime.settings
        text = sms_text(self.runtime.texts, call.facts, call.unicode_sms)
        place = CALLBACKS.get(call.carrier)
        sms = OutgoingSms(
            request_id=call.request_id,
            phone=self._phone(call),
            text=text,
            brandname=settings.sms_brandname,
            unicode=call.unicode_sms,
            callback=settings.public_url + place if place else "",
        )
        taken = self.gateways[call.carrier].send(sms)
        parts = taken.parts or sms_parts(text)
        cost = taken.cost_dong
        if cost is None:
            cost = self.prices.sms(call.carrier, parts)
        return Answered(
            Tried.SENT, taken.carrier_id, taken.code, taken.said, parts=parts, cost_dong=cost
        )

    def _phone(self, call: Call) -> Phone:
        if call.phone is None:
            raise SendFailed(Again.NEVER, "the dossier has lost its phone")
        return Phone(self.runtime.vault.open_text(call.phone))

    def _refused(self, call: Call, failed: SendFailed) -> Answered:
        again = failed.again
        if call.rung is Rung.CHAT and call.free and failed.code in WALLET_CODES:
            # Zalo counts the free window otherwise than we do: this way is closed, not the rest.
            again = Again.CLOSED
        state = STATES[again]
        if again is Again.LATER and not failed.code:
            state = Tried.HELD  # never reached: nothing was said about this notice
        return Answered(
            state,
            code=failed.code,
            said=failed.said,
            reason=f"{failed.code} {failed.reason}".strip(),
            again=again,
            failure=failed,
        )

    def held_by(self, call: Call, answered: Answered) -> str:
        """What a failure is counted against: the wallet, or the way itself."""
        if answered.again is Again.HALT and self._is_paid_by_wallet(call):
            return WALLET if answered.code in WALLET_CODES else call.hold
        return call.hold

    def holds_of(self, call: Call) -> list[Hold]:
        """What a message that was taken shows to work: its way, and the wallet it was paid by."""
        names = [call.hold, WALLET] if self._is_paid_by_wallet(call) else [call.hold]
        return [self.holds[name] for name in names]

    def _is_paid_by_wallet(self, call: Call) -> bool:
        return call.rung is not Rung.SMS and not (call.rung is Rung.CHAT and call.free)


STATES: Mapping[Again, Tried] = {
    Again.LATER: Tried.REFUSED,
    Again.PAUSE: Tried.HELD,
    Again.NEVER: Tried.FAILED,
    Again.CLOSED: Tried.FAILED,
    Again.HALT: Tried.HELD,
    Again.UNSURE: Tried.UNSURE,
}


def build_carriers(runtime: Runtime) -> Carriers:
    """Every way out that the settings name."""
    settings = runtime.settings
    tokens = TokenSource(runtime)
    names = [
        name for name in (settings.sms_gateway, settings.sms_gateway_reserve) if name != "none"
    ]
    places = (ZALO, WALLET, BY_PHONE, *(f"sms:{name}" for name in names))
    return Carriers(
        runtime=runtime,
        chat=build_zalo(settings, tokens, runtime.metrics),
        templates=build_templates(settings, tokens, runtime.metrics),
        gateways={name: build_gateway(name, settings, runtime.metrics) for name in names},
        holds={name: Hold(runtime, name) for name in places},
        prices=load_prices(),
    )
