"""Settings, from environment variables that begin with ``BIDDING_``.

Everything has a default that runs on one machine: an embedded PostgreSQL and a directory of objects, all
under one folder.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bidding.crypto.errors import MalformedKeyError
from bidding.crypto.log.note import COSIGNATURES, parse_vkey
from bidding.crypto.log.policy import LogPolicy
from bidding.domain.operation import Operation


class Settings(BaseSettings):
    """``data``: the folder of everything embedded. Ports: 0 or taken → a free one, printed at start."""

    model_config = SettingsConfigDict(env_prefix="BIDDING_", frozen=True, extra="ignore")

    data: Path = Field(default=Path(".bidding"), description="folder of database, objects and keys")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="HTTP API")
    live_port: int = Field(default=8001, ge=0, le=65535, description="websocket gateway")
    database_url: SecretStr | None = Field(default=None, description="PostgreSQL 15 to 18; else embedded")
    s3_endpoint: str | None = Field(default=None, description="host:port of an S3 server; else a directory")
    s3_access_key: SecretStr = SecretStr("")
    s3_secret_key: SecretStr = SecretStr("")
    s3_bucket: str = "bidding"
    s3_region: str = "us-east-1"
    s3_secure: bool = True
    region_code: str = Field(default="420902", description="administrative division of the trading centre")
    live_url: str = Field(
        default="", description="the live gateway's public origin, or / behind the same proxy"
    )
    demo: bool = Field(default=False, description="what is shown was played for show")
    tls: bool = Field(default=False, description="HTTPS and WSS; a certificate is made if none is named")
    tls_cert: Path | None = Field(default=None, description="PEM: certificate with its chain")
    tls_key: Path | None = Field(default=None, description="PEM: its private key, without a password")
    media: dict[str, str] = Field(
        default={},
        description="media that repeat every notice, JSON: name → address or folder; else a folder under data",
    )
    public_services: dict[str, str] = Field(
        default={},
        description="public service platforms, JSON: name → address or folder; else a folder under data",
    )
    holidays: Path | None = Field(
        default=None, description="TOML: yearly holiday notices that the installed calendar does not have yet"
    )
    time_authorities: dict[str, str] = Field(
        default={}, description="RFC 3161 time-stamp authorities, JSON: name → address; none by default"
    )
    time_roots: Path | None = Field(
        default=None, description="PEM: roots under which their tokens must be signed"
    )
    sm2_authorities: Path | None = Field(
        default=None, description="PEM: licensed authorities whose SM2 certificates count here"
    )
    licensed_authorities: Path | None = Field(
        default=None, description="folder of licensed authorities whose certificates sign here"
    )
    seal: Path | None = Field(default=None, description="folder of the electronic seal for OFD papers")
    signer: str = Field(
        default="",
        description="http(s) address of the service that holds the signing keys; else in the data folder",
    )
    signer_token: Path | None = Field(default=None, description="file with the token that it wants")
    credit_sources: dict[str, str] = Field(
        default={}, description="credit sources outside, JSON: name → address; none by default"
    )
    credit_secrets: dict[str, SecretStr] = Field(
        default={}, description="secrets shared with them, JSON: name → secret"
    )
    credit_timeout: float = Field(default=5.0, gt=0, le=60, description="seconds for one question to them")
    credit_attempts: int = Field(
        default=3, ge=1, le=10, description="how often each is asked before it is silent"
    )
    licence_bodies: dict[str, str] = Field(
        default={},
        description="makers of seals and certificate authorities that changed licences are told to, JSON",
    )
    licence_secrets: dict[str, SecretStr] = Field(
        default={}, description="secrets shared with them, JSON: name → secret"
    )
    licence_timeout: float = Field(default=10.0, gt=0, le=60, description="seconds for one notice to them")
    bids_at_once: int = Field(
        default=16, ge=1, le=200, description="submissions that are worked on at the same time; others wait"
    )
    uploads_at_once: int = Field(
        default=64, ge=1, le=10_000, description="bodies of uploads that are taken in at the same time"
    )
    queue_length: int = Field(
        default=2000, ge=0, le=100_000, description="how many wait for either; beyond: 503, not yet received"
    )
    broadcast_kbits: int = Field(
        default=2000, ge=100, le=20_000, description="kilobits a second that one broadcast may send"
    )
    broadcast_reserve: int = Field(
        default=5, ge=0, description="GiB of the objects' disk that no broadcast may fill: they are the bids'"
    )
    viewers: int = Field(
        default=1000, ge=0, description="viewers of broadcasts at each live gateway; others follow the text"
    )
    production: bool = Field(
        default=False, description="live tenders are real: none begins without certification and place"
    )
    certificate_number: str = Field(default="", description="number of the platform's 检测认证")
    certificate_body: str = Field(default="", description="who certified it")
    certificate_until: date | None = Field(default=None, description="last day of the certificate")
    operation_place: str = Field(default="", description="where the servers stand, as it is published")
    operation_region: str = Field(
        default="",
        pattern="^((1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])[0-9]{4})?$",
        description="its administrative division in mainland China, six digits",
    )
    platform_code: str = Field(default="420902-100", description="PLATFORM_CODE of exchanged records")
    public_service_code: str = Field(
        default="420900", description="PUB_SERVICE_PLAT_CODE of exchanged records"
    )
    platform_uscc: str = Field(
        default="12420902MA0000015T",
        pattern="^[0-9A-Z]{18}$",
        description="credit code of whoever runs the platform, in unified deal codes",
    )
    log_origin: str = Field(
        default="",
        pattern="^[^\\s+]*$",
        description="the verifiable log's name, never changed once it has begun; else made of PLATFORM_CODE",
    )
    log_pace: int = Field(
        default=8, ge=1, le=256, description="leaves that the log adds at each beat of 0.8 s, events or not"
    )
    witnesses: dict[str, str] = Field(
        default={}, description="witnesses of the log, JSON: verifier key → address; none by default"
    )
    witness_quorum: int = Field(
        default=0, ge=0, description="how many must cosign a checkpoint; 0: more than half of them"
    )
    session_hours: int = Field(default=12, ge=1, le=72)
    workers: int = Field(default=2, ge=1, description="processes that open and verify bids")

    @property
    def operation(self) -> Operation:
        """R-PLAT-05."""
        return Operation(
            production=self.production,
            certificate=self.certificate_number,
            body=self.certificate_body,
            until=self.certificate_until,
            place=self.operation_place,
            region=self.operation_region,
        )

    @field_validator("production")
    @classmethod
    def _no_show(cls, production: bool, info: ValidationInfo) -> bool:
        if production and info.data.get("demo"):
            raise ValueError("a demonstration is no production")
        return production

    @property
    def postgres_folder(self) -> Path:
        return self.data / "postgres"

    @property
    def objects_folder(self) -> Path:
        return self.data / "objects"

    @property
    def tls_folder(self) -> Path:
        return self.data / "tls"

    @property
    def exports_folder(self) -> Path:
        """What demonstrations export to be verified again."""
        return self.data / "exports"

    @property
    def keys_folder(self) -> Path:
        return self.data / "keys"

    @property
    def log_name(self) -> str:
        """The origin of the verifiable log's checkpoints."""
        return self.log_origin or f"bidding/{self.platform_code}/log"

    def log_policy(self, vkey: str) -> LogPolicy:
        """What the platform promises of its log's checkpoints. ``vkey``: the log's."""
        names = _names(self.witnesses)
        quorum = self.witness_quorum or (len(names) // 2 + 1 if names else 0)
        return LogPolicy(log=vkey, witnesses=tuple(self.witnesses), quorum=quorum)

    @field_validator("witnesses")
    @classmethod
    def _verifier_keys(cls, found: dict[str, str]) -> dict[str, str]:
        for vkey in found:
            try:
                key = parse_vkey(vkey)
            except MalformedKeyError as error:
                raise ValueError(f"no verifier key: {vkey[:40]} ({error.what})") from error
            if key.kind not in COSIGNATURES:
                raise ValueError(f"the verifier key of a log, not of a witness: {vkey[:40]}")
        return found

    @field_validator("credit_sources", "licence_bodies")
    @classmethod
    def _over_http(cls, found: dict[str, str]) -> dict[str, str]:
        for name, address in found.items():
            if not address.startswith(("http://", "https://")) or "?" in address:
                raise ValueError(f"no address of a service: {name}")
        return found

    @field_validator("licence_secrets")
    @classmethod
    def _of_known_bodies(cls, found: dict[str, SecretStr], info: ValidationInfo) -> dict[str, SecretStr]:
        strangers = found.keys() - info.data.get("licence_bodies", {}).keys()
        if strangers:
            raise ValueError(f"not in BIDDING_LICENCE_BODIES: {'、'.join(sorted(strangers))}")
        return found

    @field_validator("credit_secrets")
    @classmethod
    def _of_known_sources(cls, found: dict[str, SecretStr], info: ValidationInfo) -> dict[str, SecretStr]:
        strangers = found.keys() - info.data.get("credit_sources", {}).keys()
        if strangers:
            raise ValueError(f"not in BIDDING_CREDIT_SOURCES: {'、'.join(sorted(strangers))}")
        return found

    @field_validator("witness_quorum")
    @classmethod
    def _enough_witnesses(cls, quorum: int, info: ValidationInfo) -> int:
        if quorum > len(_names(info.data.get("witnesses", {}))):
            raise ValueError("more than there are in BIDDING_WITNESSES")
        return quorum

    @property
    def media_places(self) -> dict[str, str]:
        """Where to repeat notices: a folder where no medium is named."""
        return self.media or {"outbox": str(self.data / "exchange" / "media")}

    @property
    def service_places(self) -> dict[str, str]:
        """Where to push records: a folder where no public service platform is named."""
        return self.public_services or {"outbox": str(self.data / "exchange" / "public-service")}


def _names(witnesses: Iterable[str]) -> set[str]:
    """Whoever is asked under two keys, of two algorithms, is one witness."""
    return {parse_vkey(vkey).name for vkey in witnesses}
