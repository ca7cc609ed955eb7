"""The files by which the house is installed: units, container, script, and what it is made of."""

import configparser
import json
import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import load_settings, names, secret_names
from scripts.sbom import bill_of
from tests.house.test_requirements import ALLOWED, COPYLEFT, runtime_distributions
from tests.rig.tree import CHECKOUT

DEPLOY = CHECKOUT / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
BEGINS = "# --- The sandbox"
# What a level-3 auditor looks for first; the whole score is `systemd-analyze security`.
SHUT = (
    "User=motcua",
    "UMask=0077",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectProc=invisible",
    "MemoryDenyWriteExecute=yes",
    "RestrictNamespaces=yes",
    "SystemCallFilter=~@privileged",
)


def compose() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())
    return told


def unit(path: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(path.read_text().replace("\\\n", ""))
    return read


# systemd


def test_every_unit_of_ours_is_shut_into_the_same_sandbox() -> None:
    assert len(SERVICES) == 4
    boxes = set()
    for path in SERVICES:
        _, _, box = path.read_text().partition(BEGINS)
        boxes.add(box.partition("[Install]")[0].strip())
    [box] = boxes
    assert [line for line in SHUT if line not in box.splitlines()] == []


def test_what_units_start_is_there_and_knows_their_words(tmp_path: Path) -> None:
    for path in SERVICES:
        command = unit(path)["Service"]["ExecStart"].split()
        program = command[0].removeprefix("/opt/motcua/current/")
        assert (CHECKOUT / program).exists(), path
    wanted = unit(DEPLOY / "systemd" / "motcua.target")["Unit"]["Wants"].split()
    for name in wanted:
        assert (DEPLOY / "systemd" / name.replace("@1", "@")).exists()


def test_the_credentials_of_the_example_are_secrets_of_ours() -> None:
    text = (DEPLOY / "systemd" / "credentials.conf.example").read_text()
    pairs = re.findall(r"^Environment=(\w+)_FILE=%d/(\w+)$", text, re.MULTILINE)
    assert pairs
    assert all(one == other and one in secret_names() for one, other in pairs)


# The container


def test_nothing_of_the_house_listens_outside_this_machine() -> None:
    ports = {name: one["ports"] for name, one in compose()["services"].items() if "ports" in one}
    assert list(ports) == ["nginx"]
    assert all(port.startswith("127.0.0.1:") for port in ports["nginx"])
    assert compose()["networks"]["inside"] == {"internal": True}


def test_containers_run_without_rights_on_a_root_that_cannot_be_written() -> None:
    for name, one in compose()["services"].items():
        assert one["security_opt"] == ["no-new-privileges:true"], name
        if name != "postgres":  # its own start-up changes the account
            assert one["read_only"] is True, name
            assert one["cap_drop"] == ["ALL"], name


def test_web_and_worker_wait_for_the_schema_and_are_many() -> None:
    services = compose()["services"]
    for name in ("web", "worker"):
        waits = services[name]["depends_on"]["migrate"]
        assert waits == {"condition": "service_completed_successfully"}
        assert services[name]["deploy"]["replicas"] >= 2
    assert "--appendonly" in services["redis"]["command"]


def test_every_setting_of_the_containers_is_ours_and_secrets_come_as_files() -> None:
    given = compose()["services"]["web"]["environment"]
    secrets = set(compose()["secrets"])
    for name, value in given.items():
        plain = name.removesuffix("_FILE")
        assert plain in names(), name
        assert (plain in secret_names() and plain != "REDIS_URL") == name.endswith("_FILE"), name
        if name.endswith("_FILE"):
            assert value == f"/run/secrets/{plain}"
            assert plain in secrets


def test_made_up_secrets_are_kept_and_read_well(tmp_path: Path) -> None:
    script = tmp_path / "make-secrets"
    script.write_text((DEPLOY / "container" / "make-secrets").read_text())
    script.chmod(0o700)
    for _ in range(2):
        subprocess.run([script], check=True, capture_output=True)
    before = {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run([script], check=True, capture_output=True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()} == before
    assert set(before) == set(compose()["secrets"])
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o400}
    environ = {f"{name}_FILE": str(tmp_path / "secrets" / name) for name in before}
    del environ["POSTGRES_PASSWORD_FILE"]
    for name in ("ZALO_APP_SECRET", "ZALO_OA_SECRET_KEY"):  # the operator fills these in
        del environ[f"{name}_FILE"]
    settings = load_settings(environ, ("SECRET_KEY", "FIELD_KEYS", "BACKUP_KEYS"))
    assert settings.database_url.endswith("@postgres/motcua")


def test_the_image_is_built_of_pins_without_compilers_for_an_account_without_rights() -> None:
    text = (DEPLOY / "container" / "Dockerfile").read_text()
    build, final = text.split("FROM ${BASE}\n")
    assert "-r requirements.txt -c constraints.txt" in build
    assert "--only-binary=:all:" in build
    assert "build-essential" not in text
    assert "gcc" not in text
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert "HEALTHCHECK" in final
    sent = (DEPLOY / "container" / "Dockerfile.dockerignore").read_text().splitlines()
    assert "*" in sent  # nothing but what is named
    taken = {line[1:] for line in sent if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", build, re.MULTILINE)
    assert {word for line in copied for word in line.split()} == taken
    assert all((CHECKOUT / one).exists() for one in taken)


# The script


def test_a_dry_run_names_every_step_and_does_none(tmp_path: Path) -> None:
    environ = {**os.environ, "ROOT": str(tmp_path)}
    script = DEPLOY / "install.sh"
    done = subprocess.run([script, "--dry-run"], env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    for step in ("packages of the machine", "folders", "release", "settings", "schema", "done"):
        assert f"install: {step}" in done.stdout
    assert list(tmp_path.iterdir()) == []
    wrong = subprocess.run([script, "--fast"], env=environ, capture_output=True, text=True)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)


def test_what_the_script_copies_is_what_the_house_runs_on() -> None:
    text = (DEPLOY / "install.sh").read_text().replace("\\\n", " ")
    [line] = re.findall(r"do_ cp -R (.+) \"\$release/\"", text)
    ignored = (DEPLOY / "container" / "Dockerfile.dockerignore").read_text()
    image = {one[1:] for one in ignored.splitlines() if one.startswith("!")}
    assert set(line.split()) == image - {"scripts/sbom.py"}


# What it is made of


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(bill_of(datetime(2026, 11, 27, tzinfo=UTC))))
    return told


def test_the_bill_names_every_library_the_product_runs_with(bill: dict[str, Any]) -> None:
    named = {one["name"]: one["version"] for one in bill["components"]}
    assert {name: named.get(name) for name in runtime_distributions()} == {
        name: one.version for name, one in runtime_distributions().items()
    }
    refs = {one["bom-ref"] for one in bill["components"]}
    told = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    assert {ref for others in told.values() for ref in others} <= refs
    assert refs < set(told)


def test_the_bill_names_no_licence_that_binds_the_product(bill: dict[str, Any]) -> None:
    licences = {one["name"]: json.dumps(one["licenses"]) for one in bill["components"]}
    assert [name for name, told in licences.items() if told == "[]"] == []
    binding = {name for name, told in licences.items() if COPYLEFT.search(told)}
    assert binding <= set(ALLOWED)


def test_the_same_libraries_give_the_same_bill(bill: dict[str, Any]) -> None:
    again = bill_of(datetime(2026, 11, 28, tzinfo=UTC))
    assert again["serialNumber"] == bill["serialNumber"]
    assert again["components"] == bill["components"]
