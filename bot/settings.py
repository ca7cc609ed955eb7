"""The environment, read once, every fault named at once, then frozen."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot import setting_forms as form
from bot.core.post_order import POST_DO, POST_NEEDS
from bot.core.template_form import read_announcement_template, read_templates
from bot.kept_environment import CutShort, kept_environment
from bot.setting_files import with_files

CHECKOUT = Path(__file__).resolve().parent.parent
# What each gateway cannot send without.
GATEWAY_NEEDS = {
    "esms": ("ESMS_API_KEY", "ESMS_SECRET_KEY"),
    "speedsms": ("SPEEDSMS_TOKEN",),
    "vietguys": ("VIETGUYS_USER", "VIETGUYS_PASSWORD"),
}
RESULT_LINK_HOSTS = ("gov.vn",)
ZALO_MEDIA_HOSTS = ("zdn.vn", "zadn.vn", "zalo.me")

# What a start of the web or the worker cannot do without. Commands that touch less need less.
SERVICE_NEEDS = (
    "SECRET_KEY",
    "FIELD_KEYS",
    "ZALO_APP_ID",
    "ZALO_APP_SECRET",
    "ZALO_OA_ID",
    "ZALO_OA_SECRET_KEY",
)
DATA_NEEDS = ("SECRET_KEY", "FIELD_KEYS")

WHAT_TO_DO = {
    "SECRET_KEY": 'set it to at least 32 random characters, e.g. python3 -c "import secrets; '
    'print(secrets.token_urlsafe(48))"',
    "FIELD_KEYS": "set it to one or more Fernet keys separated by commas, e.g. from "
    "cryptography.fernet.Fernet.generate_key()",
    "BACKUP_KEYS": "set it to one or more keys separated by commas, each made like FIELD_KEYS; "
    "keep them where the backups are not",
    "ZALO_APP_ID": "copy the application id from developers.zalo.me",
    "ZALO_APP_SECRET": "copy the application secret from developers.zalo.me",
    "ZALO_OA_ID": "copy the Official Account's id from oa.zalo.me",
    "OIDC_CLIENT_ID": "copy the client id that the identity provider gave for this house",
    "OIDC_CLIENT_SECRET": "copy the client secret from the identity provider",
    "ZALO_OA_SECRET_KEY": "copy the OA secret key from the application's Webhook page",
}


# The reader's words for what the library says of a malformed value.
KINDS = {
    "int_parsing": "is no whole number",
    "int_from_float": "is no whole number",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
    "string_pattern_mismatch": "has letters that are not allowed",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one setting, and what to do about it; never the value of a secret."""

    name: str
    why: str
    do: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}; {self.do}"


class SettingsError(Exception):
    """The environment cannot be started from; `faults` names every reason together."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(" | ".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when notices may go, local time; before `end`, not at it."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def _hours(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        start, end = (time.fromisoformat(part.strip()) for part in value.split("-"))
    except ValueError as fault:
        raise ValueError("expected hours such as 07:00-21:00") from fault
    if start >= end:
        raise ValueError("expected hours that begin before they end, such as 07:00-21:00")
    return Hours(start, end)


class TemplateSetting(BaseModel):
    """One approved template of Zalo: its id, and what each of its parameters is filled with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    params: dict[str, str] = Field(default_factory=dict)


Commas = Annotated[tuple[str, ...], BeforeValidator(form.comma_list)]
Address = Annotated[str, AfterValidator(form.base_url)]
FullAddress = Annotated[str, AfterValidator(form.full_url)]
Addresses = Annotated[
    tuple[Annotated[str, AfterValidator(form.address_or_network)], ...],
    BeforeValidator(form.comma_list),
]
SecretKeys = Annotated[
    tuple[Annotated[str, AfterValidator(form.secret_key)], ...], BeforeValidator(form.comma_list)
]
Templates = Annotated[dict[str, TemplateSetting], BeforeValidator(read_templates)]
OneTemplate = Annotated[TemplateSetting | None, BeforeValidator(read_announcement_template)]


class Settings(BaseModel):
    """Everything the environment decides; field names are the settings' names in lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    var_dir: Path = CHECKOUT / "var"
    port: int = Field(8000, ge=1, le=65535)
    sandbox_port: int = Field(8080, ge=1, le=65535)
    bind: str = "127.0.0.1"
    database_url: Annotated[str, AfterValidator(form.database)] = ""
    database_read_url: Annotated[str, AfterValidator(form.replica)] = ""  # "": the one database
    database_read_minutes: int = Field(5, ge=1, le=24 * 60)  # an older replica is passed over
    database_pool: int = Field(8, ge=1, le=100)  # connections that a web process keeps
    database_pooler: Literal["none", "transaction"] = "none"
    web_processes: int = Field(2, ge=1, le=1000)  # of all machines together, for the doctor's sum
    worker_processes: int = Field(1, ge=1, le=1000)
    redis_url: Annotated[str, AfterValidator(form.redis)] = ""
    public_url: Annotated[str, AfterValidator(form.base_url)] = ""
    secret_key: Annotated[str, AfterValidator(form.secret_key)] = Field("", repr=False)
    secret_key_previous: SecretKeys = Field((), repr=False)
    field_keys: Annotated[Commas, AfterValidator(form.fernet_keys)] = Field((), repr=False)
    backup_keys: Annotated[Commas, AfterValidator(form.fernet_keys)] = Field((), repr=False)
    tz_name: Annotated[str, AfterValidator(form.zone)] = "Asia/Ho_Chi_Minh"
    trusted_proxies: Addresses = ()
    metrics_from: Addresses = ("127.0.0.0/8", "::1")
    second_factor: Literal["required", "optional", ""] = ""  # "": as PUBLIC_URL is
    password_max_days: int = Field(90, ge=0, le=365)
    security_contact: Annotated[Commas, AfterValidator(form.contacts)] = ()
    privacy_contact: str = Field("", max_length=300)
    zalo_app_id: str = ""
    zalo_app_secret: str = Field("", repr=False)
    zalo_oa_id: str = ""
    zalo_oa_secret_key: str = Field("", repr=False)
    zalo_oa_secret_key_previous: str = Field("", repr=False)
    zalo_oauth_url: Address = "https://oauth.zaloapp.com"
    zalo_openapi_url: Address = "https://openapi.zalo.me"
    zalo_business_url: Address = "https://business.openapi.zalo.me"
    zalo_media_hosts: Commas = ZALO_MEDIA_HOSTS
    result_link_hosts: Commas = RESULT_LINK_HOSTS
    zalo_calls_per_minute: int = Field(3900, ge=1, le=4000)
    zalo_templates: Templates = Field(default_factory=dict)
    zalo_announcement_template: OneTemplate = None
    sms_gateway: Literal["esms", "speedsms", "vietguys", "none"] = "none"
    sms_gateway_reserve: Literal["esms", "speedsms", "vietguys", "none"] = "none"
    sms_brandname: Annotated[str, AfterValidator(form.brandname)] = "MotcuaSMS"
    esms_url: FullAddress = (
        "https://rest.esms.vn/MainService.svc/json/SendMultipleMessage_V4_post_json/"
    )
    esms_api_key: str = Field("", repr=False)
    esms_secret_key: str = Field("", repr=False)
    speedsms_url: FullAddress = "https://api.speedsms.vn/index.php/sms/send"
    speedsms_token: str = Field("", repr=False)
    vietguys_url: FullAddress = "https://cloudsms.vietguys.biz:4438/api/index.php"
    vietguys_user: str = ""
    vietguys_password: str = Field("", repr=False)
    chat_window_hours: int = Field(48, ge=1, le=168)
    post_service: Literal["none", "file", "vnpost"] = "none"
    post_url: Address = ""
    post_user: str = ""
    post_password: str = Field("", repr=False)
    post_customer_code: str = Field("", max_length=60)
    post_province: Annotated[str, AfterValidator(form.province)] = ""  # of the sending desks
    notice_hours: Annotated[Hours, BeforeValidator(_hours)] = Hours(time(7), time(21))
    fallback_after_minutes: int = Field(240, ge=1, le=48 * 60)
    unsure_after_minutes: int = Field(15, ge=1, le=24 * 60)
    sms_keyword: str = Field("MCKH", min_length=2, max_length=12, pattern=r"^[A-Za-z0-9]+$")
    sms_mo_esms_key: str = Field("", repr=False)
    sms_mo_1pay_access_key: str = Field("", repr=False)
    sms_mo_1pay_secret: str = Field("", repr=False)
    sms_mo_cpurl_ips: Addresses = ()
    sms_short_code: str = Field("", pattern=r"^[0-9]{3,8}$")
    slip_barcode: Literal["code128", "code39"] = "code128"
    pull_url: Address = ""
    pull_token: str = Field("", repr=False)
    pull_agency: str = ""
    pull_every_minutes: int | None = Field(None, ge=1, le=24 * 60)
    example_code: str = Field("H56.14-240823-0001", min_length=10, max_length=64)
    clock_offset_seconds: int = 0
    oidc_issuer: Annotated[str, AfterValidator(form.issuer)] = ""  # "": no such log-in
    oidc_client_id: str = ""
    oidc_client_secret: str = Field("", repr=False)
    oidc_name: str = Field("của tỉnh", min_length=1, max_length=60)
    oidc_login_claim: str = Field("preferred_username", pattern=r"^[A-Za-z0-9_.:/-]{1,80}$")
    oidc_scopes: str = Field("openid profile", pattern=r"^[!#-\[\]-~]+( [!#-\[\]-~]+)*$")
    oidc_hosts: Commas = ()
    oidc_required_acr: Commas = ()
    oidc_required_amr: Commas = ("mfa", "otp", "hwk")
    otel_exporter_otlp_endpoint: Annotated[str, AfterValidator(form.collector)] = ""  # "": none
    otel_exporter_otlp_headers: str = Field("", repr=False)
    otel_service_name: str = Field("motcua", pattern=r"^[A-Za-z0-9._-]{1,60}$")
    otel_traces_sampler: Literal[
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
    ] = "parentbased_traceidratio"
    otel_traces_sampler_arg: float = Field(0.1, ge=0, le=1)
    heartbeat_url_apology: FullAddress = Field("", repr=False)  # whole; it may hold a secret
    heartbeat_url_sweep: FullAddress = Field("", repr=False)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that days and hours are counted in."""
        return ZoneInfo(self.tz_name)

    @property
    def embedded_redis_socket(self) -> Path:
        """Where `bot up` lets its own Redis listen when REDIS_URL is empty."""
        place = self.var_dir.resolve() / "redis.sock"
        if len(os.fsencode(place)) <= 100:  # the kernel cuts socket paths at 108 bytes
            return place
        mark = sha256(os.fsencode(place)).hexdigest()[:16]
        return Path(f"/tmp/motcua-{os.getuid()}-{mark}.sock")  # noqa: S108  (mode 0700 by Redis)


def names() -> tuple[str, ...]:
    """Every setting's name as it stands in the environment."""
    return tuple(name.upper() for name in Settings.model_fields)


def secret_names() -> tuple[str, ...]:
    """The settings that may stand in a file of their own: secrets, and addresses with passwords."""
    secrets = [name.upper() for name, field in Settings.model_fields.items() if not field.repr]
    return (*secrets, "DATABASE_URL", "DATABASE_READ_URL", "REDIS_URL")


def gather(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, laid over `.env`, or over `VAR_DIR/env` when there is no `.env`."""
    var_dir = Path(environ.get("VAR_DIR") or CHECKOUT / "var")
    for place in (CHECKOUT / ".env", var_dir / "env"):
        if place.is_file():
            return {**_stored(place), **environ}
    return dict(environ)


def _stored(place: Path) -> dict[str, str]:
    if place.name == ".env":
        return {key: value for key, value in dotenv_values(place).items() if value}
    try:
        return kept_environment(place)
    except CutShort as cut:
        raise SettingsError((Fault(cut.name, cut.why, cut.do),)) from None


def load_settings(environ: Mapping[str, str], needs: Collection[str] = SERVICE_NEEDS) -> Settings:
    """Read the settings, or raise SettingsError naming every fault together.

    Shape: `needs` are the names that must not be empty for what is about to start.
    """
    given, unread = with_files(gather(environ), secret_names())
    values = {name.lower(): given[name] for name in names() if given.get(name, "").strip()}
    faults = [Fault(*one) for one in unread]
    told = {fault.name for fault in faults}
    faults += [
        Fault(name, "is not set", WHAT_TO_DO.get(name, "set it"))
        for name in needs
        if not given.get(name, "").strip() and not told & {name, f"{name}_FILE"}
    ]
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        faults += _form_faults(error, values)
        raise SettingsError(tuple(faults)) from None
    settings = _with_defaults(settings)
    faults += _rehearsal_faults(settings)
    faults += _gateway_faults(settings, given)
    faults += [
        Fault(name, f"is not set although POST_SERVICE is {settings.post_service}", POST_DO)
        for name in POST_NEEDS.get(settings.post_service, ())
        if not given.get(name, "").strip()
    ]
    faults += _provider_faults(settings, told)
    if settings.pull_every_minutes:
        faults += [
            Fault(name, "is not set although PULL_EVERY_MINUTES is", "set it, or empty the other")
            for name in ("PULL_URL", "PULL_AGENCY")
            if not given.get(name, "").strip()
        ]
    if faults:
        raise SettingsError(tuple(faults))
    return settings


def _rehearsal_faults(settings: Settings) -> list[Fault]:
    """What only a rehearsal may have, where citizens are reached."""
    if not settings.public_url.startswith("https://"):
        return []
    faults = []
    if settings.oidc_issuer.startswith("http://"):
        why = "is http although PUBLIC_URL is https, so citizens are reached"
        faults.append(Fault("OIDC_ISSUER", why, "name the provider's https address"))
    if settings.clock_offset_seconds:
        why = "is set although PUBLIC_URL is https, so citizens are reached"
        do = "remove it: it is only for rehearsal"
        faults.append(Fault("CLOCK_OFFSET_SECONDS", why, do))
    if settings.second_factor == "optional":
        why = "is optional although PUBLIC_URL is https, so citizens are reached"
        do = "remove it: administrators and approvers set up their codes at the next log-in"
        faults.append(Fault("SECOND_FACTOR", why, do))
    return faults


def _provider_faults(settings: Settings, told: Collection[str]) -> list[Fault]:
    """What the log-in by an identity provider lacks."""
    if not settings.oidc_issuer:
        return []
    given = {
        "OIDC_CLIENT_ID": settings.oidc_client_id,
        "OIDC_CLIENT_SECRET": settings.oidc_client_secret,
    }
    faults = [
        Fault(name, "is not set although OIDC_ISSUER is", WHAT_TO_DO[name])
        for name, value in given.items()
        if not value and name not in told
    ]
    if "openid" not in settings.oidc_scopes.split():
        faults.append(Fault("OIDC_SCOPES", "lacks openid", "put openid in front"))
    return faults


def _gateway_faults(settings: Settings, given: Mapping[str, str]) -> list[Fault]:
    """What the chosen gateways lack."""
    faults = []
    first, reserve = settings.sms_gateway, settings.sms_gateway_reserve
    for setting, gateway in (("SMS_GATEWAY", first), ("SMS_GATEWAY_RESERVE", reserve)):
        faults += [
            Fault(name, f"is not set although {setting} is {gateway}", "copy it from the gateway")
            for name in GATEWAY_NEEDS.get(gateway, ())
            if not given.get(name, "").strip()
        ]
    if reserve != "none" and reserve == first:
        why = f"is {reserve}, which is the first gateway already"
        faults.append(Fault("SMS_GATEWAY_RESERVE", why, "name another one, or empty it"))
    return faults


def _form_faults(error: ValidationError, values: Mapping[str, str]) -> list[Fault]:
    faults = []
    for one in error.errors(include_input=False, include_url=False):
        field = str(one["loc"][0])
        name = field.upper()
        came = repr(values[field]) + " " if Settings.model_fields[field].annotation is int else ""
        why = came + (KINDS.get(one["type"]) or one["msg"].removeprefix("Value error, "))
        faults.append(Fault(name, why, WHAT_TO_DO.get(name, "correct it; see .env.example")))
    return faults


def _with_defaults(settings: Settings) -> Settings:
    """Fill in what follows from other settings."""
    changes: dict[str, Any] = {}
    if not settings.database_url:
        changes["database_url"] = f"sqlite:///{settings.var_dir.resolve() / 'bot.db'}"
    if not settings.public_url:
        changes["public_url"] = f"http://127.0.0.1:{settings.port}"
    if not settings.second_factor:
        is_open = settings.public_url.startswith("https://")
        changes["second_factor"] = "required" if is_open else "optional"
    return settings.model_copy(update=changes)
