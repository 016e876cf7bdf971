"""R-CRED-04: licensed authorities as the centre enters them, and how their lists and answers are fetched."""

from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from bidding.application.licensed import NoStatus
from bidding.compose.authorities import NoAuthority, StatusByFileAndHttp, recognised
from tests.crypto.licensed import Authority


async def test_a_folder_of_authorities_is_read_and_asked_by_file_and_http(tmp_path: Path) -> None:
    root, lists = Authority(), {"n": 0}
    folder = tmp_path / "hubei"
    folder.mkdir()
    (folder / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    told = 'name = "湖北CA"\nkinds = ["USBKEY"]\nlevel = "HIGH"\nroots = "root.pem"\n'
    (folder / "authority.toml").write_text(told)
    with pytest.raises(NoAuthority, match="neither lists nor responder"):
        recognised(tmp_path)
    (folder / "authority.toml").write_text(told + 'lists = ["revoked.crl", "http://ca.example/1.crl"]\n')
    [found] = recognised(tmp_path)
    assert found.roots == (root.der,)
    local, remote = found.lists
    up = True

    def serve(request: httpx2.Request) -> httpx2.Response:
        lists["n"] += 1
        return httpx2.Response(200, content=request.content or b"list") if up else httpx2.Response(500)

    now = 0.0
    source = StatusByFileAndHttp(httpx2.AsyncClient(transport=httpx2.MockTransport(serve)), lambda: now)
    with pytest.raises(NoStatus):
        await source.revocation_list(local)
    (folder / "revoked.crl").write_bytes(b"local")
    assert await source.revocation_list(local) == b"local"
    assert [await source.revocation_list(remote) for _ in range(2)] == [b"list", b"list"]
    assert lists["n"] == 1
    assert await source.status("http://ca.example/ocsp", b"query") == b"query"
    up, now = False, 301.0
    assert await source.revocation_list(remote) == b"list"  # the last word, while its term lasts
    with pytest.raises(NoStatus):
        await source.revocation_list("http://ca.example/2.crl")
    await source.close()


@pytest.mark.parametrize("spoilt", ['roots = "none.pem"', "level = 3", 'more = "x"'])
def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, spoilt: str) -> None:
    folder = tmp_path / "hubei"
    folder.mkdir()
    (folder / "authority.toml").write_text(f'name = "x"\nkinds = []\nlists = ["x"]\n{spoilt}\n')
    with pytest.raises(NoAuthority, match="hubei"):
        recognised(tmp_path)
    with pytest.raises(NoAuthority, match="no"):
        recognised(folder)
