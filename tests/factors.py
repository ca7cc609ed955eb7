"""Second factors for tests: set up as their people do, with codes as their telephones show them."""

from dataclasses import dataclass

from bot.core.second_factor import steps_near
from bot.log_in import Standing, log_in, standing
from bot.runtime import Runtime
from bot.second_factor import confirm_factor, offer_factor
from bot.totp import code_at

HERE = "10.1.2.3"


@dataclass(frozen=True, slots=True)
class Telephone:
    """What an account's owner holds: the secret in the app, and the recovery codes on paper."""

    runtime: Runtime
    secret: str
    recovery: tuple[str, ...]

    def code(self, ahead: int = 0) -> str:
        """What the app shows now, or so many steps from now."""
        return shown(self.runtime, self.secret, ahead)


def shown(runtime: Runtime, secret: str, ahead: int = 0) -> str:
    """What an app with this secret shows now, or so many steps from now."""
    return code_at(secret, steps_near(runtime.now())[0] + ahead)


def within(runtime: Runtime, login: str, password: str, address: str = HERE) -> Standing:
    """Who has just given login and password."""
    opened = log_in(runtime, login, password, address)
    assert opened is not None
    found = standing(runtime, opened.token, address)
    assert isinstance(found, Standing), found
    return found


def set_up(runtime: Runtime, login: str, password: str) -> Telephone:
    """Give an account a second factor; its code of this moment is spent with that."""
    present = within(runtime, login, password)
    offer = offer_factor(runtime, present)
    codes = confirm_factor(runtime, present, offer.sealed, shown(runtime, offer.secret))
    assert isinstance(codes, tuple), codes
    return Telephone(runtime, offer.secret, codes)
