# SPDX-License-Identifier: Apache-2.0
"""The certificate under which a node serves its peers, and the key in another's.

Peers pin the key that the `key` message names and believe nothing else of a certificate, so it is a bare envelope of
the key: made again from the same key it has the same bytes, and its dates never make a link fail.

Source: RFC 5280; RFC 8410 for Ed25519. RFC 5280 section 4.1.2.5 for 9999-12-31T23:59:59Z: no expiry is known.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from lintas.crypto.signing import SigningKey, check_public
from lintas.errors import MalformedKey

CERTIFICATE_BYTES_MAX: Final = 16 * 1024  # bytes of a DER certificate; ours have some 300

_FROM: Final = datetime(2000, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_SERIAL_BYTES: Final = 16


def make_certificate(key: SigningKey, name: str) -> tuple[bytes, bytes]:
    """Make the self-signed certificate of a TLS key; the same key and name give the same bytes.

    Args:
        name: Subject and issuer, 1 to 64 characters: the node's id.

    Returns:
        Certificate and private key, both PEM, the key unencrypted.
    """
    assert 1 <= len(name) <= 64
    pem = key.to_pem()
    private = load_pem_private_key(pem, password=None)
    assert isinstance(private, Ed25519PrivateKey)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    serial = int.from_bytes(sha256(key.public).digest()[:_SERIAL_BYTES], "big") >> 1 | 1  # positive, never 0
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(serial)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, algorithm=None)
    )
    return certificate.public_bytes(Encoding.PEM), pem


def public_of(certificate_der: bytes) -> bytes:
    """Return the raw Ed25519 key of a certificate. Dates, names and signature are not looked at: the key is pinned.

    Raises:
        MalformedKey: No certificate, one of another kind of key, or a key that must not be used.
    """
    if len(certificate_der) > CERTIFICATE_BYTES_MAX:
        raise MalformedKey(f"The certificate has {len(certificate_der):,} bytes.")
    try:
        public = x509.load_der_x509_certificate(certificate_der).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, UserWarning) as exc:
        # a serial number below 1 is only warned of, which raises where warnings are errors
        raise MalformedKey("That is no certificate of a key known here.") from exc
    if not isinstance(public, Ed25519PublicKey):
        raise MalformedKey("The certificate's key is not for Ed25519.")
    raw = public.public_bytes_raw()
    check_public(raw)
    return raw
