"""docker-compose.yml, checked without an engine: it must say what the program understands."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bidding.api.app import KEEP_ALIVE
from bidding.compose.settings import Settings

ROOT = Path(__file__).parents[2]
PARTS = {"api", "live", "clock"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def test_it_has_database_store_and_the_three_parts(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"postgres", "s3", "proxy", *PARTS}
    for part in PARTS:
        assert compose["services"][part]["command"] == ["serve", part]


def test_every_service_has_a_health_check(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert {"test", "interval", "timeout", "retries"} <= set(service["healthcheck"])


def test_our_parts_wait_for_healthy_stores(compose: dict[str, Any]) -> None:
    for part in PARTS:
        waits = compose["services"][part]["depends_on"]
        assert {name: wait["condition"] for name, wait in waits.items()} == {
            "postgres": "service_healthy",
            "s3": "service_healthy",
        }


def test_every_setting_named_is_one_that_the_program_reads(compose: dict[str, Any]) -> None:
    known = {f"BIDDING_{name.upper()}" for name in Settings.model_fields} | {"FORWARDED_ALLOW_IPS"}
    for part in PARTS:
        assert set(compose["services"][part]["environment"]) <= known


def test_the_proxy_takes_the_gateways_sockets_to_it() -> None:
    """Openings and their pictures alike: all of its addresses begin so."""
    caddy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert "handle /live/* {\n\t\treverse_proxy live:8001\n" in caddy


def test_the_proxy_lets_an_idle_connection_go_before_the_server_does() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    [seconds] = re.findall(r"keepalive (\d+)s", caddy)
    assert int(seconds) < KEEP_ALIVE


def test_foreign_images_are_pinned(compose: dict[str, Any]) -> None:
    for name in ("postgres", "s3", "proxy"):
        image = compose["services"][name]["image"]
        tag = image.rpartition(":")[2]
        assert tag not in ("", "latest")
        assert any(character.isdigit() for character in tag)


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for name in ("POSTGRES_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
        assert f"${{{name}:?" in text
        assert f"${{{name}:-" not in text


def test_the_volumes_used_are_declared(compose: dict[str, Any]) -> None:
    mounts = [mount for service in compose["services"].values() for mount in service["volumes"]]
    used = {mount.partition(":")[0] for mount in mounts}
    assert {name for name in used if not name.startswith("./")} == set(compose["volumes"])
    assert all((ROOT / name).exists() for name in used if name.startswith("./"))


def test_everybody_comes_through_the_tls_proxy(compose: dict[str, Any]) -> None:
    """Keys are made in a secure context only, and forwarded addresses are believed because nobody else comes in."""
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert "handle /live/*" in caddyfile
    for part in ("api:8000", "live:8001"):
        assert f"reverse_proxy {part}" in caddyfile
        assert compose["services"][part.partition(":")[0]]["environment"]["BIDDING_LIVE_URL"] == "/"


def test_the_image_installs_from_the_lock_with_hashes() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes -r requirements.lock" in dockerfile
    assert "USER bidding" in dockerfile


def test_the_image_carries_the_browser_client() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "make web" in dockerfile
    assert "--from=web" in dockerfile
