"""The sandbox's environment, read once and checked whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path
from urllib.parse import urlsplit

SAMPLES = {  # invented values, the same on every machine, for a rehearsal without any account
    "ZALO_APP_ID": "2391846705512873460",
    "ZALO_APP_SECRET": "sandbox-app-secret",
    "ZALO_OA_ID": "4018273645501928374",
    "ZALO_OA_SECRET_KEY": "sandbox-oa-secret-key",
    "SMS_MO_ESMS_KEY": "sandbox-esms-key",
    "SMS_MO_1PAY_ACCESS_KEY": "sandbox-1pay-access-key",
    "SMS_MO_1PAY_SECRET": "sandbox-1pay-secret",
    "SMS_BRANDNAME": "MotcuaSMS",
    "ESMS_API_KEY": "sandbox-esms-api-key",
    "ESMS_SECRET_KEY": "sandbox-esms-secret-key",
    "SPEEDSMS_TOKEN": "sandbox-speedsms-token",
    "VIETGUYS_USER": "sandbox",
    "VIETGUYS_PASSWORD": "sandbox-vietguys-password",
    "OIDC_CLIENT_ID": "motcua",
    "OIDC_CLIENT_SECRET": "sandbox-oidc-secret",
    "POST_USER": "sandbox-post",
    "POST_PASSWORD": "sandbox-post-password",
    "POST_CUSTOMER_CODE": "MOTCUA01",
}
SMS_PRICE = 850.0  # đồng a part, as in the sample of eSMS's manual
SMS_WALLET = 1_000_000.0


class SettingsError(Exception):
    """One line that names every malformed setting."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the sandbox listens, whom it plays, and where the product is."""

    bind: str
    port: int
    app_id: str
    app_secret: str
    oa_id: str
    oa_secret_key: str
    webhook_url: str
    feed_url: str
    feed_key_id: str
    feed_secret: str
    sms_inbound_url: str
    esms_key: str
    one_pay_access_key: str
    one_pay_secret: str
    sms: "SmsAccounts"
    post: "PostAccount"
    identity: "IdentityClient"
    clock_offset: float
    state_path: Path | None
    webhook_timeout: float

    @property
    def address(self) -> str:
        """The base address under which the product and the browser reach the sandbox."""
        host = "127.0.0.1" if self.bind in {"", "0.0.0.0", "::"} else self.bind  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SmsAccounts:
    """What the SMS gateways know of the product: keys, sender name, prices, where reports go.

    Units: `price` is đồng a part, `wallet` đồng at the start, `receipt_seconds` the time from
           taking an SMS to its report, on the sandbox's clock.
    """

    brandname: str
    esms_api_key: str
    esms_secret_key: str
    speedsms_token: str
    vietguys_user: str
    vietguys_password: str
    price: float
    wallet: float
    receipt_seconds: float
    receipt_url: str


@dataclass(frozen=True, slots=True)
class PostAccount:
    """What the postal service knows of the product."""

    user: str
    password: str
    customer_code: str


@dataclass(frozen=True, slots=True)
class IdentityClient:
    """What the identity provider knows of the house: its name, its secret, its address."""

    client_id: str
    client_secret: str
    callback: str


class _Reader:
    """Reads the environment and collects what is wrong with it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self._environ.get(name, "").strip() or SAMPLES.get(name, default)

    def port(self, name: str, default: int) -> int:
        came = self.text(name, str(default))
        if came.isascii() and came.isdigit() and int(came) < 65536:
            return int(came)
        self.faults.append(f"{name}={came!r}: expected a port number from 0 to 65535")
        return default

    def seconds(self, name: str, default: float) -> float:
        came = self.text(name, str(default))
        try:
            value = float(came)
        except ValueError:
            value = 0.0
        if not 0 < value <= 600:
            self.faults.append(f"{name}={came!r}: expected seconds, above 0 and at most 600")
        return value

    def number(self, name: str, default: float, least: float = 0.0) -> float:
        came = self.text(name, str(default))
        try:
            value = float(came)
        except ValueError:
            value = nan
        if not least <= value < 1e11:
            self.faults.append(f"{name}={came!r}: expected a number from {least:g}")
            return default
        return value

    def url(self, name: str, default: str) -> str:
        came = self.text(name, default)
        parts = urlsplit(came)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            self.faults.append(f"{name}={came!r}: expected an address like {default}")
        return came


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Read the environment.

    Errors: SettingsError with all faults in one line.
    """
    read = _Reader(environ)
    product = f"http://127.0.0.1:{read.port('PORT', 8000)}"
    key_id, secret = read.text("SANDBOX_FEED_KEY_ID"), read.text("SANDBOX_FEED_SECRET")
    if bool(key_id) != bool(secret):
        read.faults.append("SANDBOX_FEED_KEY_ID and SANDBOX_FEED_SECRET: expected both or neither")
    state = read.text("SANDBOX_STATE")
    sms_url = read.url("SANDBOX_SMS_INBOUND_URL", f"{product}/webhooks/sms")
    settings = Settings(
        bind=read.text("BIND", "127.0.0.1"),
        port=read.port("SANDBOX_PORT", 8080),
        app_id=read.text("ZALO_APP_ID"),
        app_secret=read.text("ZALO_APP_SECRET"),
        oa_id=read.text("ZALO_OA_ID"),
        oa_secret_key=read.text("ZALO_OA_SECRET_KEY"),
        webhook_url=read.url("SANDBOX_WEBHOOK_URL", f"{product}/webhooks/zalo"),
        feed_url=read.url("SANDBOX_FEED_URL", f"{product}/feeds/v1/dossiers"),
        feed_key_id=key_id,
        feed_secret=secret,
        sms_inbound_url=sms_url,
        esms_key=read.text("SMS_MO_ESMS_KEY"),
        one_pay_access_key=read.text("SMS_MO_1PAY_ACCESS_KEY"),
        one_pay_secret=read.text("SMS_MO_1PAY_SECRET"),
        sms=_sms_accounts(read, sms_url),
        post=PostAccount(
            *(read.text(f"POST_{name}") for name in ("USER", "PASSWORD", "CUSTOMER_CODE"))
        ),
        identity=IdentityClient(
            client_id=read.text("OIDC_CLIENT_ID"),
            client_secret=read.text("OIDC_CLIENT_SECRET"),
            callback=f"{read.text('PUBLIC_URL', product)}/console/login/tinh/ve",
        ),
        clock_offset=read.number("CLOCK_OFFSET_SECONDS", 0.0, least=-1e11),
        state_path=Path(state) if state else None,
        webhook_timeout=read.seconds("SANDBOX_WEBHOOK_TIMEOUT", 2.0),
    )
    if read.faults:
        raise SettingsError("; ".join(read.faults))
    return settings


def _sms_accounts(read: _Reader, product: str) -> SmsAccounts:
    return SmsAccounts(
        brandname=read.text("SMS_BRANDNAME"),
        esms_api_key=read.text("ESMS_API_KEY"),
        esms_secret_key=read.text("ESMS_SECRET_KEY"),
        speedsms_token=read.text("SPEEDSMS_TOKEN"),
        vietguys_user=read.text("VIETGUYS_USER"),
        vietguys_password=read.text("VIETGUYS_PASSWORD"),
        price=read.number("SANDBOX_SMS_PRICE", SMS_PRICE),
        wallet=read.number("SANDBOX_SMS_WALLET", SMS_WALLET),
        receipt_seconds=read.number("SANDBOX_SMS_RECEIPT_SECONDS", 2.0),
        receipt_url=read.url("SANDBOX_SMS_RECEIPT_URL", product),
    )
