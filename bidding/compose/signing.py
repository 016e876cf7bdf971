"""The platform's signing keys where they are held elsewhere (R-CRYP-04): an HTTP service before an HSM, a CA or a KMS.

``GET <url>/keys/<name>`` tells the Ed25519 key, ``POST <url>/keys/<name>/signatures`` signs with it; ``bidding signer
serve`` is one such service. What it answers is checked with its own public key: a signature that does not hold is none.
"""

from types import TracebackType
from typing import Self, TypeVar

import httpx2
import msgspec

from bidding.application.ports import Unavailable
from bidding.compose.bounded import NOT_JSON
from bidding.compose.settings import Settings
from bidding.crypto.canonical import Bytes32, Bytes64, b64, unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.provider import KeyName
from bidding.crypto.public_keys import signed_by
from bidding.crypto.suite import key_id

#: Seconds for one signature, for a bid's receipt waits for it; and after which to ask again.
TIMEOUT, RETRY = 5.0, 2
#: What asking over an idle connection comes to that the service was just closing.
CLOSED = (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError)

T = TypeVar("T")


class ToldKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``provider``: who holds the key, as events and records are to name it; ``public``: raw Ed25519, base64url."""

    provider: str
    public: Bytes32


class AskedSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``message``: base64url."""

    message: str


class ToldSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    signature: Bytes64


class RemoteKey:
    """One key of the service. ``sign`` waits for it and raises ``Unavailable``: the act may be asked for again."""

    remote = True

    def __init__(self, client: httpx2.Client, name: KeyName, told: ToldKey) -> None:
        self._client, self._name = client, name
        self.provider, self.public = told.provider, unb64(told.public)

    @property
    def id(self) -> str:
        return key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        asked = msgspec.json.encode(AskedSignature(message=b64(message)))
        answer = _answer(self._client, "POST", f"/keys/{self._name}/signatures", asked, ToldSignature)
        signature = unb64(answer.signature)
        if not signed_by(self.public, message, signature):
            raise Unavailable("the signing service: a signature that does not hold", retry_after=RETRY)
        return signature


class RemoteProvider:
    """``url``: of the service; ``token``: shown to it as a bearer's. Its keys are asked for once, at the start."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client
        try:
            self._keys = {name: self._told(name) for name in KeyName}
        except Unavailable:
            client.close()
            raise

    @classmethod
    def of(cls, url: str, token: str) -> Self:
        """Raises ``Unavailable`` where nobody answers, or not as agreed."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return cls(httpx2.Client(base_url=url.rstrip("/"), timeout=TIMEOUT, headers=headers))

    def key(self, name: KeyName) -> RemoteKey:
        return self._keys[name]

    def _told(self, name: KeyName) -> RemoteKey:
        return RemoteKey(self._client, name, _answer(self._client, "GET", f"/keys/{name}", None, ToldKey))

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _answer(client: httpx2.Client, method: str, path: str, content: bytes | None, kind: type[T]) -> T:
    try:
        try:
            answer = client.request(method, path, content=content)
        except CLOSED:  # once more, on another one: a signature asked for twice is the same
            answer = client.request(method, path, content=content)
        if answer.status_code != 200:
            raise Unavailable(f"the signing service (HTTP {answer.status_code})", retry_after=RETRY)
        return msgspec.json.decode(answer.content, type=kind)
    except (httpx2.HTTPError, *NOT_JSON, CryptoError) as error:
        raise Unavailable(f"the signing service ({type(error).__name__})", retry_after=RETRY) from error


def signing_elsewhere(settings: Settings) -> RemoteProvider | None:
    """The service that ``settings`` name, connected; None: the keys are the data folder's. Raises ``Unavailable``."""
    if not settings.signer:
        return None
    token = settings.signer_token.read_text().strip() if settings.signer_token is not None else ""
    return RemoteProvider.of(settings.signer, token)
