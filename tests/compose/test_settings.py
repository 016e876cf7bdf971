"""Settings from the environment: defaults that run on one machine, secrets that do not print."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bidding.compose.settings import Settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"BIDDING_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_defaults_are_embedded_under_one_folder() -> None:
    settings = Settings()
    assert settings.database_url is None
    assert settings.s3_endpoint is None
    folders = (settings.postgres_folder, settings.objects_folder, settings.keys_folder)
    assert [folder.parent for folder in folders] == [Path(".bidding")] * 3
    assert len(set(folders)) == 3


def test_the_environment_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDDING_DATA", "/srv/交易中心")
    monkeypatch.setenv("BIDDING_PORT", "0")
    monkeypatch.setenv("BIDDING_S3_SECURE", "false")
    monkeypatch.setenv("BIDDING_DATABASE_URL", "postgresql://centre:geheim@db/bidding")
    settings = Settings()
    assert settings.keys_folder == Path("/srv/交易中心/keys")
    assert (settings.port, settings.s3_secure) == (0, False)
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value().endswith("@db/bidding")


def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDDING_DATABASE_URL", "postgresql://centre:geheim@db/bidding")
    monkeypatch.setenv("BIDDING_S3_SECRET_KEY", "streng-geheim")
    assert "geheim" not in repr(Settings())
    assert "geheim" not in Settings().model_dump_json()


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "70000"), ("SESSION_HOURS", "0"), ("WORKERS", "0"), ("LIVE_PORT", "many")]
)
def test_what_cannot_be_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"BIDDING_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_the_certificate_and_the_place_of_operation_are_said_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R-PLAT-05: on mainland China, and a demonstration is no production."""
    monkeypatch.setenv("BIDDING_PRODUCTION", "1")
    monkeypatch.setenv("BIDDING_CERTIFICATE_NUMBER", "CTS-2026-018")
    monkeypatch.setenv("BIDDING_CERTIFICATE_UNTIL", "2027-12-31")
    assert Settings().operation.missing == ("body", "place", "region")
    monkeypatch.setenv("BIDDING_OPERATION_REGION", "810000")
    with pytest.raises(ValidationError, match="operation_region"):
        Settings()
    monkeypatch.setenv("BIDDING_OPERATION_REGION", "420902")
    monkeypatch.setenv("BIDDING_DEMO", "1")
    with pytest.raises(ValidationError, match="no production"):
        Settings()
