"""The environment of a rehearsal and the sandbox it meets: the same templates and keys."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal import rehearsal_environment
from tests.sandbox.conftest import StartRehearsal, product, start
from tests.sandbox.gateway_calls import esms, speedsms, vietguys

__all__ = ["product", "start"]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """What `bot up --sandbox` gives to the product and to the sandbox."""
    return rehearsal_environment({"VAR_DIR": str(tmp_path)})


def test_every_template_is_approved_and_declared_as_it_is_filled(
    start: StartRehearsal, environ: dict[str, str]
) -> None:
    zalo = start()
    for event, template in json.loads(environ["ZALO_TEMPLATES"]).items():
        path = f"/business/template/info/v2?template_id={template['id']}"
        told: Any = zalo.call(path).json()
        assert told["error"] == 0, event
        assert told["data"]["status"] == "ENABLE", event
        assert {one["name"] for one in told["data"]["listParams"]} == set(template["params"]), event


def test_the_gateways_know_the_keys_of_the_product(
    start: StartRehearsal, environ: dict[str, str]
) -> None:
    names = ("ESMS_API_KEY", "ESMS_SECRET_KEY", "SPEEDSMS_TOKEN", "VIETGUYS_USER")
    keys = {name: environ[name] for name in (*names, "VIETGUYS_PASSWORD")}
    zalo = start(**keys)
    first = esms(zalo, ApiKey=keys["ESMS_API_KEY"], SecretKey=keys["ESMS_SECRET_KEY"]).json()
    second = speedsms(zalo, token=keys["SPEEDSMS_TOKEN"]).json()
    third = vietguys(zalo, u=keys["VIETGUYS_USER"], pwd=keys["VIETGUYS_PASSWORD"]).json()
    assert (first["CodeResult"], second["code"], third["error"]) == ("100", "00", 0)
