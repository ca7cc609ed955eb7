"""The demo's counter: what its desks say of themselves, procedures, and two console accounts."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from bot.agencies import set_agency
from bot.change_sign_on import change_sign_on
from bot.core.sign_on import SignOn
from bot.core.staff import Role
from bot.kept_environment import keep_environment, kept_environment
from bot.procedures import import_procedures, list_procedures
from bot.runtime import Runtime
from bot.staff import Added, Change, NewAccount, add_account, change_account, list_accounts

PASSWORD = "DEMO_CONSOLE_PASSWORD"  # noqa: S105  (the name that it is kept under)
PROVINCE, DESK = "H32", "H32.01"
ACCOUNTS = (
    NewAccount("can-bo", frozenset({Role.CLERK}), DESK, "Lê Thị Cán Bộ"),
    NewAccount(
        "quan-tri",
        frozenset({Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR}),
        PROVINCE,
        "Phạm Văn Quản Trị",
    ),
)
PROCEDURES = Path(__file__).with_name("data") / "demo-procedures.csv"


def seed_counter(runtime: Runtime, environ: Mapping[str, str]) -> dict[str, str]:
    """Furnish the counter; returns the password of its accounts, which is kept for later starts.

    What a rehearsal has changed of desks and procedures since stays.
    """
    password = environ.get(PASSWORD) or secrets.token_urlsafe(15)
    known = {one.account.login for one in list_accounts(runtime, None)}
    for new in ACCOUNTS:
        if new.login not in known:
            added = add_account(runtime, None, new, password)
            if not isinstance(added, Added):
                raise RuntimeError(f"the demo account {new.login} was refused: {added}")
            if runtime.settings.oidc_issuer:
                change_sign_on(runtime, None, new.login, SignOn.ALLOWED)
        elif environ.get(PASSWORD) is None:  # nobody knows the one it has
            change_account(runtime, None, new.login, Change(password=password))
    if not list_procedures(runtime, PROVINCE):
        import_procedures(runtime, None, PROVINCE, PROCEDURES.read_bytes())
        set_agency(
            runtime,
            DESK,
            address="Số 1 đường Hùng Vương, phường Lộc Thọ",
            open_hours="Thứ Hai đến Thứ Sáu, 7 giờ đến 11 giờ 30 và 13 giờ 30 đến 17 giờ",
            hotline="0258 3 800 800",
            place="Lộc Thọ",
        )
    place = Path(runtime.settings.var_dir) / "env"
    keep_environment(place, {**kept_environment(place), PASSWORD: password})
    return {PASSWORD: password}
