"""docker-compose.yml read as data: there is no Docker here to prove it with, so its promises are proved one by one."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from frontdoor.orchestration.compose_secrets import write_compose_secrets
from frontdoor.settings import REPOSITORY, Settings

COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
service = pytest.mark.parametrize("name", sorted(SERVICES))


def test_the_services_are_these() -> None:
    assert set(SERVICES) == {
        "warehouse-db",
        "airflow-db",
        "prepare",
        "airflow-api-server",
        "airflow-scheduler",
        "airflow-dag-processor",
        "airflow-triggerer",
        "mailpit",
    }


@service
def test_a_service_has_no_more_rights_than_it_needs(name: str) -> None:
    told = SERVICES[name]
    assert not re.match(r"^(0|root)\b", str(told["user"]))
    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert "cap_add" not in told
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in told
    assert told.get("network_mode") is None
    assert told["pids_limit"] <= 512
    assert re.fullmatch(r"\d+[mg]", told["mem_limit"])
    assert told["cpus"] <= 2


@service
def test_a_service_writes_only_to_named_volumes_and_memory(name: str) -> None:
    for mount in SERVICES[name].get("volumes", []):
        assert mount.partition(":")[0] in COMPOSE["volumes"]
    for mount in SERVICES[name]["tmpfs"]:
        assert {"noexec", "nosuid", "nodev"} <= set(mount.split(":")[1].split(","))


@service
def test_a_service_publishes_on_loopback_or_not_at_all(name: str) -> None:
    assert all(str(port).startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))
    if "edge" in SERVICES[name]["networks"]:
        assert SERVICES[name]["ports"]


def test_networks_that_hold_data_reach_nowhere_else() -> None:
    assert COMPOSE["networks"]["data"]["internal"]
    assert COMPOSE["networks"]["mail"]["internal"]
    assert not {"warehouse-db", "airflow-db", "airflow-scheduler"} & {
        name for name, told in SERVICES.items() if "edge" in told["networks"]
    }


@service
def test_a_service_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"].get("test") or (name == "prepare" and SERVICES[name]["healthcheck"]["disable"])


@service
def test_an_image_is_pinned(name: str) -> None:
    tag = SERVICES[name]["image"].rpartition(":")[2]
    assert re.match(r"^v?\d", tag)


def test_no_password_is_written_anywhere_in_it() -> None:
    for told in SERVICES.values():
        for variable, value in told.get("environment", {}).items():
            if re.search(r"password|secret|token|_key|url", variable, re.IGNORECASE):
                assert variable.endswith("_FILE") or "@" not in str(value)
    assert all(".frontdoor/compose/" in told["file"] for told in COMPOSE["secrets"].values())


def test_every_secret_it_mounts_is_generated(tmp_path: Path) -> None:
    written = {path.name: path.read_text() for path in write_compose_secrets(tmp_path / "compose")}
    assert set(written) == {Path(told["file"]).name for told in COMPOSE["secrets"].values()}
    assert written["warehouse_db_password"] in written["frontdoor_database_url"]
    again = {path.name: path.read_text() for path in write_compose_secrets(tmp_path / "compose")}
    assert again == written


def test_each_settings_variable_is_explained_in_the_example_environment() -> None:
    text = (REPOSITORY / ".env.example").read_text()
    explained = set(re.findall(r"^#?(FRONTDOOR_[A-Z_]+)=", text, re.MULTILINE))
    assert explained == {f"FRONTDOOR_{field.upper()}" for field in Settings.model_fields}


def test_the_example_environment_holds_no_secret() -> None:
    for line in (REPOSITORY / ".env.example").read_text().splitlines():
        assert "@" not in line.partition("=")[2]


def test_the_image_runs_as_an_ordinary_user_from_locked_requirements() -> None:
    text = (REPOSITORY / "Dockerfile").read_text()
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE)[-1] == "10001:10001"
    assert "--require-hashes requirements/runtime.txt" in text
    assert not re.search(r"^FROM \S+:latest|^ADD ", text, re.MULTILINE)
