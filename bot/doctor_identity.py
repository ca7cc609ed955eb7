"""The doctor's lines about the identity provider: is it there, do the clocks agree."""

from collections.abc import Iterator
from datetime import timedelta

from bot.channels.openid import ProviderFault
from bot.core.sign_on import SKEW, SignOn
from bot.finding import Finding
from bot.runtime import Runtime
from bot.staff import list_accounts
from bot.visit_provider import BACK, Provider, build_provider


def identity_findings(runtime: Runtime) -> Iterator[Finding]:
    """Whether staff could log in by the provider now, and how many may."""
    accounts = [one for one in list_accounts(runtime, None) if not one.disabled]
    only = sum(one.sign_on is SignOn.ONLY for one in accounts)
    provider = build_provider(runtime)
    if provider is None:
        if only:
            why = f"OIDC_ISSUER is not set, and {only} accounts log in by the provider alone"
            do = "set it again, or: python -m bot staff sign-on LOGIN password"
            yield Finding("fail", "identity", why, do)
        return
    some = sum(one.sign_on is not None for one in accounts)
    try:
        keys = provider.read_keys()
        ahead = provider.clock_ahead()
    except ProviderFault as fault:
        do = f"see OIDC_ISSUER and the way there; {only} accounts cannot log in meanwhile"
        yield Finding("fail" if only else "warn", "identity", f"not usable: {fault.said}", do)
        return
    why = f"{provider.issuer} answers with {keys} keys; {some} accounts may log in by it"
    back = f"{runtime.settings.public_url}{BACK}"
    yield Finding("ok", "identity", f"{why}; it must know the address {back}")
    yield from _clock(runtime, provider, ahead)


def _clock(runtime: Runtime, provider: Provider, ahead: timedelta | None) -> Iterator[Finding]:
    if ahead is None or runtime.settings.clock_offset_seconds:
        return
    seconds = round(ahead.total_seconds())
    if abs(ahead) > SKEW:
        why = f"{provider.issuer} is {seconds} s before us: its tokens are refused"
        yield Finding("fail", "identity.clock", why, "let both machines follow a time server")
    else:
        yield Finding("ok", "identity.clock", f"{seconds} s apart")
