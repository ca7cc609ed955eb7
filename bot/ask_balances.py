"""SMS gateways are asked what is left of our money, now and then."""

from bot.channels.channel import SendFailed
from bot.channels.http import Wire
from bot.channels.sms_balance import ask_balance, tells_balance
from bot.logs import log
from bot.runtime import Runtime
from bot.store.gateway_balances import put_balance

logger = log(__name__)


def gateways_of(runtime: Runtime) -> list[str]:
    """The gateways that the settings name: the first, then the reserve."""
    settings = runtime.settings
    return [one for one in (settings.sms_gateway, settings.sms_gateway_reserve) if one != "none"]


def ask_balances(runtime: Runtime, wire: Wire | None = None) -> dict[str, int]:
    """Ask every gateway that can be asked, and write down what it said; the balances told.

    Nothing is open in the database while a gateway thinks. What is not told now is asked again
    by the next run; until then the page says how old the last word is.
    Units: đồng.
    """
    told: dict[str, int] = {}
    wire = wire or Wire()
    for gateway in gateways_of(runtime):
        if not tells_balance(gateway, runtime.settings):
            continue
        fault = ""
        try:
            told[gateway] = ask_balance(gateway, runtime.settings, wire)
        except SendFailed as failed:
            fault = failed.code or failed.reason
            logger.info("balance.not_told", gateway=gateway, code=failed.code, why=failed.reason)
        with runtime.engine.begin() as connection:
            put_balance(connection, gateway, told.get(gateway), fault, runtime.now())
    return told
