"""The gateways' books: what is left in each wallet, and what was sent a moment ago."""

from collections import OrderedDict

from sandbox.sms_faults import GATEWAYS
from sandbox.sms_gateway import Gateway, Order

REMEMBERED = 20_000


class SmsLedger:
    """Wallets, request ids and recent texts of all gateways."""

    def __init__(self, wallet: float) -> None:
        self.wallets = dict.fromkeys(GATEWAYS, wallet)
        self._requests: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._texts: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    def is_repeat(self, gateway: Gateway, order: Order, now: float) -> bool:
        """Whether this gateway counts the order's request id as one it has had."""
        at = self._requests.get((gateway.name, order.request_id))
        return bool(order.request_id) and at is not None and now - at < gateway.repeats_for

    def is_same_text(self, gateway: Gateway, order: Order, now: float) -> bool:
        """Whether this number was sent this text a moment ago."""
        at = self._texts.get((gateway.name, order.phone, order.text))
        return at is not None and now - at < gateway.same_text_for

    def enter(self, gateway: Gateway, order: Order, cost: float, now: float) -> None:
        """Write one order down that is taken, and take its price."""
        self.wallets[gateway.name] -= cost
        self._requests[gateway.name, order.request_id] = now
        self._texts[gateway.name, order.phone, order.text] = now
        while len(self._requests) > REMEMBERED:
            self._requests.popitem(last=False)
        while len(self._texts) > REMEMBERED:
            self._texts.popitem(last=False)
