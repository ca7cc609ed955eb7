"""REDIS_URL with Sentinels: read into its parts, or refused in words that hold no password."""

import pytest

from bot.core.redis_address import SentinelAddress, read_sentinel_address
from bot.settings import SettingsError, load_settings


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("sentinel://a/motcua", SentinelAddress((("a", 26379),), "motcua")),
        (
            "sentinel://a:1,b:2,[fd00::1]:3/motcua/4",
            SentinelAddress((("a", 1), ("b", 2), ("fd00::1", 3)), "motcua", 4),
        ),
        (
            "redis+sentinel://motcua:a%40b@a:1,b/one%20master/0",
            SentinelAddress(
                (("a", 1), ("b", 26379)),
                "one master",
                login={"username": "motcua", "password": "a@b"},
            ),
        ),
        (
            "sentinels://:p@a/m?sentinel_password=q%26&sentinel_user=s",
            SentinelAddress(
                (("a", 26379),),
                "m",
                tls=True,
                login={"password": "p"},
                own_login={"password": "q&", "username": "s"},
            ),
        ),
    ],
)
def test_each_part_is_read(url: str, meant: SentinelAddress) -> None:
    assert read_sentinel_address(url) == meant
    assert load_settings({"REDIS_URL": url}, ()).redis_url == url


@pytest.mark.parametrize("url", ["redis://a:1/0", "rediss://a", "unix:///run/redis.sock"])
def test_one_server_needs_no_sentinel(url: str) -> None:
    assert read_sentinel_address(url) is None
    assert load_settings({"REDIS_URL": url}, ()).redis_url == url


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sentinel://u:pw@a:1", "the master's name is missing"),
        ("sentinel://u:pw@a:1/", "the master's name is missing"),
        ("sentinel://u:pw@a:x/m", "'a:x' is no host:port"),
        ("sentinel://u:pw@/m", "'' is no host:port"),
        ("sentinel://u:pw@a/m/one", "the database is 'one'"),
        ("sentinel://u:pw@a/m?password=pw", "'password' is unknown behind the '?'"),
        ("http://u:pw@a", "expected redis://"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_no_password_is_told(url: str, told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({"REDIS_URL": url}, ())
    [fault] = refused.value.faults
    assert fault.name == "REDIS_URL"
    assert told in fault.why
    assert "pw" not in str(fault)
