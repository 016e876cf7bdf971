"""A licensed authority as OpenSSL's command makes one: SM2 certificates that share no code with what checks them."""

import subprocess
from pathlib import Path

DAYS = 30
ENCRYPTS, SIGNS = "keyEncipherment,dataEncipherment", "digitalSignature,nonRepudiation"
_SIGNER = ("-sm3", "-sigopt", "distid:1234567812345678")


def openssl(*arguments: object, folder: Path) -> None:
    done = subprocess.run(
        ["openssl", *map(str, arguments)], cwd=folder, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr


def authority(folder: Path, name: str) -> bytes:
    """Its certificate, DER; ``name.pem`` and ``name.key`` lie in the folder."""
    openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", f"{name}.key", folder=folder)
    openssl(
        *("req", "-new", "-x509", "-key", f"{name}.key", "-out", f"{name}.pem", *_SIGNER),
        *("-subj", f"/CN={name}", "-days", DAYS),
        *("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"),
        folder=folder,
    )
    openssl("x509", "-in", f"{name}.pem", "-outform", "DER", "-out", f"{name}.der", folder=folder)
    return (folder / f"{name}.der").read_bytes()


def issued(
    folder: Path,
    by: str = "root",
    holder: str = "bidder",
    curve: str = "SM2",
    usage: str = ENCRYPTS,
    ca: str = "FALSE",
) -> bytes:
    """A certificate, DER, for a new key of ``holder``."""
    openssl("ecparam", "-name", curve, "-genkey", "-noout", "-out", "leaf.key", folder=folder)
    (folder / "leaf.ext").write_text(f"basicConstraints=critical,CA:{ca}\nkeyUsage=critical,{usage}\n")
    subject = ("-utf8", "-subj", f"/CN={holder}")
    openssl("req", "-new", "-key", "leaf.key", "-out", "leaf.csr", *subject, folder=folder)
    openssl(
        *("x509", "-req", "-in", "leaf.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key", *_SIGNER),
        *("-extfile", "leaf.ext", "-days", DAYS, "-outform", "DER", "-out", "leaf.der", "-CAcreateserial"),
        folder=folder,
    )
    return (folder / "leaf.der").read_bytes()
