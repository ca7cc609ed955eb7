"""What a rehearsal needs and a province must never start with: made-up secrets, kept in VAR_DIR."""

import json
import secrets
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path

from cryptography.fernet import Fernet

from bot.kept_environment import keep_environment, kept_environment
from bot.settings import CHECKOUT

LOCAL = "127.0.0.1"


def _digits(count: int) -> str:
    return str(secrets.randbelow(9) + 1) + "".join(
        str(secrets.randbelow(10)) for _ in range(count - 1)
    )


SECRETS: Mapping[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "FIELD_KEYS": lambda: Fernet.generate_key().decode(),
    "ZALO_APP_ID": lambda: _digits(19),
    "ZALO_APP_SECRET": lambda: secrets.token_urlsafe(15),
    "ZALO_OA_ID": lambda: _digits(19),
    "ZALO_OA_SECRET_KEY": lambda: secrets.token_urlsafe(15),
    "SMS_MO_ESMS_KEY": lambda: secrets.token_urlsafe(15),
    "SMS_MO_1PAY_ACCESS_KEY": lambda: secrets.token_hex(10),
    "SMS_MO_1PAY_SECRET": lambda: secrets.token_urlsafe(24),
    "ESMS_API_KEY": lambda: secrets.token_hex(15),
    "ESMS_SECRET_KEY": lambda: secrets.token_hex(15),
    "SPEEDSMS_TOKEN": lambda: secrets.token_urlsafe(24),
    "VIETGUYS_USER": lambda: f"motcua{_digits(4)}",
    "VIETGUYS_PASSWORD": lambda: secrets.token_urlsafe(12),
    "OIDC_CLIENT_SECRET": lambda: secrets.token_urlsafe(24),
    "POST_USER": lambda: f"motcua{_digits(4)}",
    "POST_PASSWORD": lambda: secrets.token_urlsafe(12),
    "POST_CUSTOMER_CODE": lambda: f"KH{_digits(8)}",
}

_CODE = {"ma_ho_so": "{code}", "co_quan": "{agency}"}
_CODE_AND_DATE = {**_CODE, "ngay_hen": "{due_date}"}
# The templates that the sandbox has approved, by event: id, and what fills their parameters.
# A one-time code has none here, so that it goes by SMS and proves the SIM in the phone.
TEMPLATES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "received": ("412236", _CODE_AND_DATE),
    "step": ("412237", {"ma_ho_so": "{code}", "buoc": "{step}", "trang_thai": "{timing}"}),
    "supplement": ("412234", _CODE),
    "payment": ("412240", _CODE),
    "result": ("412233", _CODE),
    "refused": ("412241", _CODE),
    "stopped": ("412242", _CODE),
    "withdrawn": ("412243", _CODE),
    "returned": ("412244", _CODE),
    "apology": ("412235", _CODE_AND_DATE),
    "correction": ("412245", _CODE),
    "result_post": ("412246", {"ma_ho_so": "{code}"}),
    "post_back": ("412247", _CODE),
}
# The one that announcements go by.
NEWS_TEMPLATE = {
    "id": "412250",
    "params": {"tieu_de": "{title}", "noi_dung": "{text}", "lien_ket": "{link}"},
}


def rehearsal_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a start with the sandbox: its addresses, and secrets made once.

    Secrets are kept in VAR_DIR/env (mode 0600), so that a second start keeps the data and
    other commands of this checkout find the same house. What the environment sets wins, except
    the carrier's addresses: a rehearsal must never reach the real one. A `.env` is left aside:
    its database and the tokens in it belong to a house that citizens use.
    Errors: CutShort.
    """
    var_dir = Path(environ.get("VAR_DIR") or CHECKOUT / "var")
    place = var_dir / "env"
    kept = kept_environment(place)
    made = {name: kept.get(name) or make() for name, make in SECRETS.items()}
    addresses = {**_addresses(environ), **_carriers(environ)}
    if not _is_apart(environ, environ.get("BIND") or kept.get("BIND") or LOCAL):
        addresses["OIDC_ISSUER"] = ""
    keep_environment(place, {**kept, **made, **addresses})
    own_ground = {"DATABASE_URL": f"sqlite:///{var_dir.resolve() / 'bot.db'}", "REDIS_URL": ""}
    return {**own_ground, **kept, **made, **environ, **addresses}


def _is_open(environ: Mapping[str, str]) -> bool:
    """Whether the Internet reaches in."""
    return environ.get("PUBLIC_URL", "").startswith("https://")


def _is_apart(environ: Mapping[str, str], bind: str) -> bool:
    """Whether only this machine reaches in: the sandbox's provider asks nobody for a password."""
    try:
        own = bind == "localhost" or ip_address(bind).is_loopback
    except ValueError:
        own = False
    return own and not _is_open(environ)


def _addresses(environ: Mapping[str, str]) -> dict[str, str]:
    port = environ.get("PORT") or "8000"
    sandbox = f"http://127.0.0.1:{environ.get('SANDBOX_PORT') or '8080'}"
    web = f"http://127.0.0.1:{port}"
    return {
        "ZALO_OAUTH_URL": f"{sandbox}/oauth",
        "ZALO_OPENAPI_URL": f"{sandbox}/openapi",
        "ZALO_BUSINESS_URL": f"{sandbox}/business",
        "ZALO_MEDIA_HOSTS": sandbox.removeprefix("http://"),
        "SANDBOX_WEBHOOK_URL": f"{web}/webhooks/zalo",
        "SANDBOX_FEED_URL": f"{web}/feeds/v1/dossiers",
        "SANDBOX_SMS_INBOUND_URL": f"{web}/webhooks/sms",
        "SMS_MO_CPURL_IPS": "127.0.0.1",  # the sandbox calls from this machine
        "SANDBOX_STATE": str(
            (Path(environ.get("VAR_DIR") or CHECKOUT / "var")).resolve() / "sandbox.json"
        ),
        "EXAMPLE_CODE": environ.get("EXAMPLE_CODE") or "H32.01-261116-0001",
        "PUBLIC_URL": environ.get("PUBLIC_URL") or web,
        # A newcomer looks around without a telephone at hand.
        "SECOND_FACTOR": environ.get("SECOND_FACTOR")
        or ("required" if _is_open(environ) else "optional"),
    }


def _carriers(environ: Mapping[str, str]) -> dict[str, str]:
    """The gateways and the postal service that the sandbox plays, and the approved templates."""
    sandbox = f"http://127.0.0.1:{environ.get('SANDBOX_PORT') or '8080'}"
    templates = {
        event: {"id": number, "params": dict(params)}
        for event, (number, params) in TEMPLATES.items()
    }
    return {
        "ESMS_URL": f"{sandbox}/sms/esms",
        "SPEEDSMS_URL": f"{sandbox}/sms/speedsms",
        "VIETGUYS_URL": f"{sandbox}/sms/vietguys",
        "POST_SERVICE": environ.get("POST_SERVICE") or "vnpost",
        "POST_URL": f"{sandbox}/post",
        "POST_PROVINCE": environ.get("POST_PROVINCE") or "Khánh Hòa",  # the demo's
        "OIDC_ISSUER": f"{sandbox}/oidc",
        "OIDC_CLIENT_ID": "motcua",
        "OIDC_NAME": environ.get("OIDC_NAME") or "của tỉnh (diễn tập)",
        "SMS_GATEWAY": environ.get("SMS_GATEWAY") or "esms",
        "ZALO_TEMPLATES": environ.get("ZALO_TEMPLATES") or json.dumps(templates),
        "ZALO_ANNOUNCEMENT_TEMPLATE": environ.get("ZALO_ANNOUNCEMENT_TEMPLATE")
        or json.dumps(NEWS_TEMPLATE),
    }
