"""R-CRYP-04, F-46 (GB/T 39786): one contract for whoever holds the platform's keys, and what says who signed."""

import hashlib
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from bidding.application.keyring import Keyring, beside, signed
from bidding.application.ports import Unavailable
from bidding.application.receipts import issuing
from bidding.compose.keyring import FILE, OtherKeys, forget, hand_over, load_keyring
from bidding.compose.signing import RemoteProvider
from bidding.crypto.authority import EnrolmentCA
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.credentials import SigningKey
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from bidding.crypto.log.note import NoteKey
from bidding.crypto.provider import CryptoProvider, KeyName, SoftProvider
from bidding.crypto.public_keys import signed_by
from bidding.crypto.receipt import verify_refusal
from bidding.crypto.signing import Signed, verify_bytes
from bidding.domain.bid.receipts import RefusalContent
from bidding.signer.journal import Entry, Journal, broken_at

NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)
SERVE = "from bidding.cli.main import main; main()"


class Elsewhere:
    """`bidding signer serve` in a process of its own, on ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "signer", "serve", "--data", str(folder), "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": "", "LANG": "en_US.UTF-8", "COLUMNS": "200"},
        )
        assert self._process.stdout is not None
        found = re.search(r"http://\S+", self._process.stdout.readline())
        assert found is not None
        self.url = found[0]
        self._process.stdout.readline()
        self._process.stdout.readline()
        self.token = (folder / "token").read_text()

    def provider(self, token: str = "") -> RemoteProvider:
        return RemoteProvider.of(self.url, token or self.token)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    made = Elsewhere(tmp_path_factory.mktemp("signer"))
    yield made
    made.end()


@pytest.fixture(params=["soft", "signer"])
def provider(request: pytest.FixtureRequest, elsewhere: Elsewhere) -> Iterator[CryptoProvider]:
    if request.param == "soft":
        yield SoftProvider(SigningKey.generate(), secrets.token_bytes(32))
        return
    with elsewhere.provider() as found:
        yield found


def keyring_of(provider: CryptoProvider) -> Keyring:
    return Keyring(EnrolmentCA.create("测试注册中心", NOW), provider, secrets.token_bytes(32))


# the contract


@pytest.mark.parametrize("name", list(KeyName))
def test_a_key_signs_what_its_public_half_verifies(provider: CryptoProvider, name: KeyName) -> None:
    key = provider.key(name)
    for message in (b"", b"said", secrets.token_bytes(100_000)):
        assert signed_by(key.public, message, key.sign(message))
    assert not signed_by(key.public, b"sa1d", key.sign(b"said"))
    assert key.id == hashlib.sha256(key.public).hexdigest()


def test_each_purpose_has_a_key_of_its_own_that_stays(provider: CryptoProvider) -> None:
    assert len({provider.key(name).public for name in KeyName}) == len(KeyName)
    assert all(provider.key(name).public == provider.key(name).public for name in KeyName)


def test_the_provider_is_named(provider: CryptoProvider) -> None:
    assert {provider.key(name).provider for name in KeyName} in ({"soft"}, {"signer"})


async def test_receipts_records_and_checkpoints_are_signed_and_say_by_whom(provider: CryptoProvider) -> None:
    keyring = keyring_of(provider)
    key = keyring.receipt_key("live")
    content = RefusalContent(number="A" * 26, lot="lot", bidder="b", code="late", refused_at=NOW)
    issued = await beside(key, lambda: issuing(key, "91420902MA4900002B")(content))
    refusal = verify_refusal(Signed(issued.text.encode(), unb64(issued.signature)), key.public)
    assert (refusal.platform_key, issued.provider) == (key.id, key.provider)
    verify_bytes("bidding/record/v1", await signed("bidding/record/v1", {"a": 1}, key), key.public)
    log = keyring.log_key
    note = sign_checkpoint(Checkpoint("log.example", 3, bytes(32)), log)
    assert open_checkpoint(note.encoded, NoteKey("log.example", log.public))[0].size == 3


# what only a service has


def test_who_does_not_show_the_token_gets_nothing(elsewhere: Elsewhere) -> None:
    with pytest.raises(Unavailable, match="HTTP 401"):
        elsewhere.provider("a-guess")
    for method, path in (("GET", "/keys/receipt"), ("POST", "/keys/receipt/signatures")):
        answer = httpx2.request(method, elsewhere.url + path, json={"message": "AA"}, timeout=60)
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/keys/other", {"message": "AA"}, 404),
        ("/keys/receipt", {"message": 3}, 422),
        ("/keys/receipt", {"message": "*"}, 422),
        ("/keys/receipt", {"message": "AA", "more": 1}, 422),
        ("/keys/receipt", {"message": "A" * 1_400_100}, 422),
    ],
)
def test_what_is_no_request_is_refused(elsewhere: Elsewhere, path: str, body: object, status: int) -> None:
    headers = {"Authorization": f"Bearer {elsewhere.token}"}
    answer = httpx2.post(f"{elsewhere.url}{path}/signatures", json=body, headers=headers, timeout=60)
    assert answer.status_code == status


def test_each_signature_is_a_line_of_the_signers_own_journal(elsewhere: Elsewhere) -> None:
    file = elsewhere.folder / "signatures.jsonl"
    with elsewhere.provider() as provider:
        key = provider.key(KeyName.RECEIPT)
        key.sign(b"one")
        key.sign(b"two")
    lines = [msgspec.json.decode(line, type=Entry) for line in file.read_bytes().splitlines()]
    assert [one.message for one in lines[-2:]] == [
        hashlib.sha256(said).hexdigest() for said in (b"one", b"two")
    ]
    assert {one.key for one in lines[-2:]} == {key.id}
    assert broken_at(file) is None


def test_a_journal_with_a_line_left_out_is_found(tmp_path: Path) -> None:
    file = tmp_path / "signatures.jsonl"
    for _ in range(2):  # goes on after a restart
        journal = Journal(file, lambda: NOW)
        journal.add("k", b"1")
        journal.add("k", b"2")
    assert broken_at(file) is None
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:1] + lines[2:]))
    assert broken_at(file) == 2
    file.write_bytes(b"".join(lines[:1]) + b"{}\n")
    assert broken_at(file) == 2


def test_its_keys_stay_over_a_restart_and_are_its_owners_alone(tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        found = Elsewhere(tmp_path)
        with found.provider() as provider:
            ids.append(provider.key(KeyName.RECEIPT).id)
        found.end()
    assert ids[0] == ids[1]
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("signer.json", "token")} == {0o600}


@pytest.mark.parametrize(
    "reply",
    [
        {"status_code": 500},
        {"text": "no JSON"},
        {"json": {"signature": "A" * 86}},
        {"json": {}},
        {"content": '{"signature":"签名"}'.encode("gbk")},
    ],
)
def test_a_signer_that_fails_or_lies_is_unavailable(reply: dict[str, Any]) -> None:
    own = SigningKey.generate()

    def answers(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json={"provider": "hsm", "public": b64(own.public)})
        return httpx2.Response(**{"status_code": 200, **reply})

    transport = httpx2.MockTransport(answers)
    with RemoteProvider(httpx2.Client(transport=transport, base_url="http://x")) as found:
        assert found.key(KeyName.LOG).provider == "hsm"
        with pytest.raises(Unavailable):
            found.key(KeyName.LOG).sign(b"said")


@pytest.mark.parametrize("error", [httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError])
@pytest.mark.parametrize("closed", [1, 2])
def test_a_connection_that_was_just_closing_costs_no_signature(
    error: type[httpx2.TransportError], closed: int
) -> None:
    own, left = SigningKey.generate(), [closed]

    def answers(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json={"provider": "hsm", "public": b64(own.public)})
        if left[0]:
            left[0] -= 1
            raise error("the peer let go")
        message = unb64(msgspec.json.decode(request.content)["message"])
        return httpx2.Response(200, json={"signature": b64(own.sign(message))})

    with RemoteProvider(httpx2.Client(transport=httpx2.MockTransport(answers), base_url="http://x")) as found:
        key = found.key(KeyName.RECEIPT)
        if closed == 1:
            assert signed_by(own.public, b"said", key.sign(b"said"))
        else:
            with pytest.raises(Unavailable):
                key.sign(b"said")


def test_a_signer_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        RemoteProvider.of("http://127.0.0.1:9", "t")


# which keys a platform goes on with


def test_a_new_platform_has_no_signing_key_on_its_own_disk(elsewhere: Elsewhere, tmp_path: Path) -> None:
    with elsewhere.provider() as provider:
        keyring = load_keyring(tmp_path, NOW, secrets.token_bytes, provider)
        assert keyring.receipt.id == provider.key(KeyName.RECEIPT).id
        assert msgspec.json.decode((tmp_path / FILE).read_bytes())["receipt_key"] == ""
        assert load_keyring(tmp_path, NOW, secrets.token_bytes, provider).receipt.id == keyring.receipt.id
    with pytest.raises(OtherKeys, match="BIDDING_SIGNER"):
        load_keyring(tmp_path, NOW, secrets.token_bytes)


def test_another_signers_keys_do_not_sign_for_a_platform(elsewhere: Elsewhere, tmp_path: Path) -> None:
    load_keyring(tmp_path, NOW, secrets.token_bytes)
    with elsewhere.provider() as provider, pytest.raises(OtherKeys, match="name key"):
        load_keyring(tmp_path, NOW, secrets.token_bytes, provider)


def test_keys_move_into_the_signer_and_receipts_stay_valid(tmp_path: Path) -> None:
    keys, data = tmp_path / "keys", tmp_path / "signer"
    before = load_keyring(keys, NOW, secrets.token_bytes)
    done = subprocess.run(
        [sys.executable, "-c", SERVE, "signer", "import", str(keys), "--data", str(data)], check=False
    )
    assert done.returncode == 0
    found = Elsewhere(data)
    with found.provider() as provider:
        after = load_keyring(keys, NOW, secrets.token_bytes, provider)
        for mode in ("live", "test"):
            assert after.receipt_key(mode).id == before.receipt_key(mode).id
        assert after.log_key.id == before.log_key.id
        assert after.evaluation_key("lot").private == before.evaluation_key("lot").private
    found.end()
    with pytest.raises(OtherKeys):
        hand_over(keys)
    with pytest.raises(OtherKeys):
        forget(keys)
