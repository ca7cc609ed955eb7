"""Whom the identity provider vouches for: who is linked, what counts as a factor, who may wait."""

import pytest

from bot.change_sign_on import change_sign_on
from bot.core.sign_on import SignOn, SignOnFault, Vouched, told_login
from bot.core.staff import Role
from bot.log_in import NoSession, Opened, Standing, log_in, standing
from bot.log_in_places import TooManyRefused
from bot.passwords import is_password
from bot.second_factor import confirm_factor, drop_own_factor, offer_factor, prove_code
from bot.sign_on import refuse_sign_on, sign_on
from bot.staff import StaffFault, list_accounts
from tests.console.desk import PASSWORD, Desk
from tests.factors import HERE, set_up, shown

ISSUER, BOSS = "https://tai-khoan.tinh.example", "quan.tri"
OFFICE = "10.20.30.40"


def house(url: str, **settings: str) -> Desk:
    """A desk with one administrator, who may log in at the provider."""
    known = {"oidc_issuer": ISSUER, "oidc_client_id": "motcua", "oidc_client_secret": "a secret"}
    desk = Desk(url, settings={**known, **settings})
    desk.account(Role.ADMINISTRATOR, agency=None, login=BOSS)
    change_sign_on(desk.runtime, None, BOSS, SignOn.ALLOWED)
    return desk


def vouch(
    desk: Desk,
    subject: str = "the boss",
    factor: bool = False,
    login: str = BOSS,
    address: str = HERE,
) -> Opened | SignOnFault:
    """Come back from the provider as somebody."""
    return sign_on(desk.runtime, Vouched(ISSUER, subject, login, factor, "a token"), address)


def there(desk: Desk, opened: Opened | SignOnFault | None) -> Standing:
    """Who stands in a session that was opened."""
    assert isinstance(opened, Opened), opened
    found = standing(desk.runtime, opened.token, HERE)
    assert isinstance(found, Standing), found
    return found


def linked(desk: Desk) -> bool:
    """Whether the administrator is linked to somebody at the provider."""
    [boss] = [one for one in list_accounts(desk.runtime, None) if one.account.login == BOSS]
    return boss.linked


def test_an_account_is_linked_only_once_its_second_factor_is_proved(database_url: str) -> None:
    desk = house(database_url)
    telephone = set_up(desk.runtime, BOSS, PASSWORD)
    impostor = there(desk, vouch(desk, "an impostor"))
    assert impostor.must_prove
    assert not linked(desk)
    half = there(desk, vouch(desk))
    assert prove_code(desk.runtime, half, telephone.code(1))
    assert linked(desk)
    assert vouch(desk, "another impostor") is SignOnFault.NO_ACCOUNT
    assert isinstance(vouch(desk), Opened)
    # A code that was talked out of its owner comes too late for who is not the linked one.
    assert not prove_code(desk.runtime, impostor, telephone.recovery[0])
    token = vouch(desk, factor=True)
    assert not there(desk, token).must_prove


def test_who_lost_the_race_for_the_link_has_no_session_left(sqlite_url: str) -> None:
    desk = house(sqlite_url)
    telephone = set_up(desk.runtime, BOSS, PASSWORD)
    late = vouch(desk, "an impostor")
    assert isinstance(vouch(desk, factor=True), Opened)
    assert not prove_code(desk.runtime, there(desk, late), telephone.code(1))
    assert isinstance(late, Opened)
    assert standing(desk.runtime, late.token, HERE) is NoSession.SIGN_ON


@pytest.mark.parametrize(
    ("claims", "login"),
    [
        ({"email": "lan@tinh.example", "email_verified": True}, "lan@tinh.example"),
        ({"email": "lan@tinh.example", "email_verified": False}, ""),
        ({"email": "lan@tinh.example"}, ""),
        ({"email": 5, "email_verified": True}, ""),
        ({"email_verified": True}, ""),
    ],
)
def test_an_address_that_the_provider_has_not_verified_is_nobodys_login(
    claims: dict[str, object], login: str
) -> None:
    assert told_login(claims, "email") == login
    assert told_login({"preferred_username": "lan"}, "preferred_username") == "lan"


def test_a_factor_of_ours_that_was_taken_away_counts_no_longer(sqlite_url: str) -> None:
    desk = house(sqlite_url, second_factor="required")
    runtime = desk.runtime
    for factor in (False, True):
        token = vouch(desk, factor=factor)
        present = there(desk, token)
        assert present.must_enrol is not factor
        offer = offer_factor(runtime, present)
        confirm_factor(runtime, present, offer.sealed, shown(runtime, offer.secret))
        assert not there(desk, token).must_enrol
        assert drop_own_factor(runtime, present, shown(runtime, offer.secret, 1)) is None
        assert there(desk, token).must_enrol is not factor, "the provider's own goes on counting"


def test_a_password_that_stops_counting_while_it_is_checked_opens_nothing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = house(sqlite_url)
    desk.account(Role.ADMINISTRATOR, agency=None, login="thu.hai")

    def checked(stored: str | None, typed: str) -> bool:
        change_sign_on(desk.runtime, None, "thu.hai", SignOn.ONLY)
        return is_password(stored, typed)

    monkeypatch.setattr("bot.log_in.is_password", checked)
    assert log_in(desk.runtime, "thu.hai", PASSWORD, HERE) is None


def test_changing_ones_own_way_ends_the_other_sessions_and_not_this_one(sqlite_url: str) -> None:
    desk = house(sqlite_url)
    desk.account(Role.ADMINISTRATOR, agency=None, login="thu.hai")
    mine = log_in(desk.runtime, BOSS, PASSWORD, HERE)
    other = log_in(desk.runtime, BOSS, PASSWORD, "10.1.2.4")
    present = there(desk, mine)
    change_sign_on(desk.runtime, present.actor, BOSS, SignOn.ONLY, present.session_id)
    assert there(desk, mine).session_id == present.session_id
    assert other is not None
    assert standing(desk.runtime, other.token, HERE) is NoSession.SIGN_ON


def test_an_administrator_whom_nobody_has_seen_for_45_days_keeps_nobodys_door_open(
    sqlite_url: str,
) -> None:
    desk = house(sqlite_url)
    desk.account(Role.ADMINISTRATOR, agency=None, login="thu.hai")
    desk.clock.move(days=40)
    log_in(desk.runtime, BOSS, PASSWORD, HERE)
    desk.clock.move(days=10)
    refused = change_sign_on(desk.runtime, None, BOSS, SignOn.ONLY)
    assert refused == (StaffFault.SIGN_ON_LAST,)


def test_who_works_in_an_office_that_waits_gets_in_and_others_wait(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.log_in_places.MOST_REFUSED", 6)
    desk = house(sqlite_url)
    desk.account(Role.CLERK, login="lan")
    change_sign_on(desk.runtime, None, "lan", SignOn.ALLOWED)
    for _ in range(8):  # genuine people without an account here: nothing was guessed
        assert vouch(desk, "x", login="nobody", address=OFFICE) is SignOnFault.NO_ACCOUNT
    assert isinstance(vouch(desk, address=OFFICE), Opened)
    for _ in range(6):
        refuse_sign_on(desk.runtime, SignOnFault.NOT_GENUINE, OFFICE)
    assert isinstance(vouch(desk, address=OFFICE), Opened)
    with pytest.raises(TooManyRefused):
        vouch(desk, "lan", login="lan", address=OFFICE)
