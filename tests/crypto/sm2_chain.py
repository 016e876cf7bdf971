"""Chains made anew with SM2 keys: the same names, days and uses, other keys and signatures (GM/T 0015)."""

import hashlib

from asn1crypto import algos, keys, x509

from bidding.crypto import sm2
from bidding.crypto.sm2_certificate import SM2_WITH_SM3

_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")


def in_sm2(public: bytes, *chain: bytes) -> list[bytes]:
    """``chain``: DER, the holder's certificate first; ``public``: the holder's raw SM2 key."""
    signers = [sm2.SM2Signer(hashlib.sha256(one).digest()) for one in chain[1:]]
    publics = [public, *(one.public for one in signers)]
    above = [*signers, signers[-1]]
    return [_signed(*one) for one in zip(chain, publics, above, strict=True)]


def _signed(certificate: bytes, public: bytes, by: sm2.SM2Signer) -> bytes:
    body = x509.Certificate.load(certificate)["tbs_certificate"]
    algorithm = algos.SignedDigestAlgorithm({"algorithm": SM2_WITH_SM3.dotted_string})
    body["signature"] = algorithm
    body["subject_public_key_info"] = keys.PublicKeyInfo.load(_SPKI + public)
    signature = sm2.as_der(by.sign(body.dump(force=True)))
    made = {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": signature}
    return bytes(x509.Certificate(made).dump())
