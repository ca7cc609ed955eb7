"""The contract between the ladder and every SMS gateway."""

from dataclasses import dataclass
from typing import Protocol

from bot.core.phone import Phone


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingSms:
    """One SMS on its way.

    Shape: `request_id` is ours, unguessable, at most 48 characters, the same when the same
           message is tried again; `unicode` False means that `text` is ASCII; `callback` is
           where receipts may be sent to, for gateways that are told with each message.
    """

    request_id: str
    phone: Phone
    text: str
    brandname: str
    unicode: bool = False
    callback: str = ""


@dataclass(frozen=True, slots=True)
class SmsTaken:
    """A gateway took an SMS; that says nothing of its arrival.

    Shape: `carrier_id` is the gateway's name for it ("" when it gave none); `parts` and
           `cost_dong` as the gateway counts them, None when it does not say; `code` and `said`
           are the gateway's, verbatim.
    """

    carrier_id: str
    code: str = ""
    said: str = ""
    parts: int | None = None
    cost_dong: int | None = None


class SmsGateway(Protocol):
    """A way to phones."""

    @property
    def name(self) -> str:
        """The gateway's name in settings, books and metrics: esms, speedsms, vietguys."""

    def send(self, sms: OutgoingSms) -> SmsTaken:
        """Hand one SMS over, or raise channel.SendFailed; safe to call from many threads.

        Errors: SendFailed with the class of the refusal (channel.Again) and the gateway's code.
        """
