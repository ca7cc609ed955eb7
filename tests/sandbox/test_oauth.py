"""Consent, codes, tokens and what kills them."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from sandbox.tokens import challenge_of
from tests.sandbox.rehearsal import APP_ID, OA_ID, Rehearsal

CALLBACK = "https://dvc.example.vn/zalo/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def consent(zalo: Rehearsal, **query: str) -> dict[str, str]:
    """Go through the consent page; gives what the callback gets."""
    asked = {"app_id": APP_ID, "redirect_uri": CALLBACK} | query
    page = zalo.http.get(f"{zalo.url}/oauth/v4/oa/permission?{urlencode(asked)}", timeout=10)
    assert "Cho phép" in page.text
    address = f"{zalo.url}/oauth/v4/oa/permission/allow?{urlencode(asked)}"
    back = zalo.http.get(address, allow_redirects=False, timeout=10)
    assert back.headers["Location"].startswith(CALLBACK)
    return {k: v[0] for k, v in parse_qs(urlsplit(back.headers["Location"]).query).items()}


def exchange(zalo: Rehearsal, code: str, verifier: str = "") -> dict[str, Any]:
    """Turn a code into tokens."""
    form = {"grant_type": "authorization_code", "code": code}
    return dict(zalo.oauth(**form | ({"code_verifier": verifier} if verifier else {})))


def works(zalo: Rehearsal, token: str) -> int:
    """The error code an API call gets with this token."""
    answer = zalo.call("/openapi/v2.0/oa/getoa", access_token=token)
    assert answer.status_code == 200
    return int(answer.json()["error"])


def test_the_challenge_of_the_standards_vector() -> None:
    assert challenge_of(VERIFIER) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_code_is_good_once_and_only_with_its_verifier(zalo: Rehearsal) -> None:
    back = consent(zalo, code_challenge=challenge_of(VERIFIER), state="xyz")
    assert (back["oa_id"], back["state"]) == (OA_ID, "xyz")
    pair = exchange(zalo, back["code"], VERIFIER)
    assert pair["expires_in"] == "90000"
    assert works(zalo, pair["access_token"]) == 0
    assert exchange(zalo, back["code"], VERIFIER)["error"] == -118
    other = consent(zalo, code_challenge=challenge_of(VERIFIER))
    assert exchange(zalo, other["code"], "wrong" * 10)["error"] == -118
    without = consent(zalo)
    assert "access_token" in exchange(zalo, without["code"])


def test_a_code_dies_after_ten_minutes(zalo: Rehearsal) -> None:
    code = consent(zalo)["code"]
    zalo.control("clock", advance_seconds=601)
    assert exchange(zalo, code)["error"] == -118


def test_another_callback_than_the_saved_one_is_refused(zalo: Rehearsal) -> None:
    zalo.control("oauth", redirect_uri=CALLBACK)
    query = urlencode({"app_id": APP_ID, "redirect_uri": f"{CALLBACK}/"})
    answer = zalo.get(f"/oauth/v4/oa/permission?{query}")
    assert (answer["error"], answer["error_name"]) == (-14003, "Invalid redirect uri")


def test_a_wrong_secret_is_an_error_as_http_200(zalo: Rehearsal) -> None:
    form = {"grant_type": "refresh_token", "app_id": APP_ID, "refresh_token": "x"}
    url = f"{zalo.url}/oauth/v4/oa/access_token"
    answer = zalo.http.post(url, data=form, headers={"secret_key": "guessed"}, timeout=10)
    assert answer.status_code == 200
    assert answer.json()["error"] != 0


def test_refreshing_rotates_and_kills_what_was_before(zalo: Rehearsal) -> None:
    first = zalo.control("token")
    second = zalo.oauth(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert works(zalo, first["access_token"]) == -216
    assert works(zalo, second["access_token"]) == 0
    again = zalo.oauth(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert again["error"] == -14014
    assert works(zalo, second["access_token"]) == 0


def test_tokens_age_by_the_sandboxs_clock(zalo: Rehearsal) -> None:
    pair = zalo.control("token")
    zalo.control("clock", advance_seconds=89_000)
    assert works(zalo, pair["access_token"]) == 0
    zalo.control("clock", advance_seconds=1_100)
    assert works(zalo, pair["access_token"]) == -220
    zalo.control("clock", advance_seconds=90 * 86_400)
    late = zalo.oauth(grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert late["error"] == -14020


def test_a_revoked_token_is_dead_until_refreshed_and_a_lost_grant_for_good(
    zalo: Rehearsal,
) -> None:
    pair = zalo.control("token")
    zalo.fault("token_revoked")
    assert works(zalo, pair["access_token"]) == -216
    fresh = zalo.oauth(grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert works(zalo, fresh["access_token"]) == 0
    zalo.fault("grant_lost")
    assert works(zalo, fresh["access_token"]) == -216
    lost = zalo.oauth(grant_type="refresh_token", refresh_token=fresh["refresh_token"])
    assert lost["error"] == -14014


@pytest.mark.parametrize(("fault", "rotated"), [("before", False), ("after", True)])
def test_a_refresh_without_answer_has_or_has_not_happened(
    zalo: Rehearsal, fault: str, rotated: bool
) -> None:
    pair = zalo.control("token")
    zalo.fault(f"oauth_timeout_{fault}", value=0.05, count=1)
    form = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    with pytest.raises(requests.ConnectionError):
        zalo.oauth(**form)
    assert ("error" in zalo.oauth(**form)) is rotated


def test_an_oauth_error_by_switch_rotates_nothing(zalo: Rehearsal) -> None:
    pair = zalo.control("token")
    zalo.fault("oauth_error", value=-14012, count=1)
    form = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    assert zalo.oauth(**form)["error"] == -14012
    assert "access_token" in zalo.oauth(**form)


def test_the_page_learns_ages_but_no_token(zalo: Rehearsal) -> None:
    pair = zalo.control("token")
    works(zalo, pair["access_token"])
    seen = zalo.http.get(f"{zalo.url}/control/state", timeout=10).text
    assert zalo.get("/control/state")["tokens"]["alive"] is True
    assert pair["access_token"] not in seen
    assert pair["refresh_token"] not in seen
