# SPDX-License-Identifier: Apache-2.0
"""Certificates of peers: the same bytes each time, good for TLS 1.3, and any other certificate refused by its key."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.signing import SigningKey, node_id
from lintas.crypto.tls import CERTIFICATE_BYTES_MAX, make_certificate, public_of
from lintas.errors import LintasError, MalformedKey

KEY = SigningKey.from_seed(b"t" * 32)
NAME = node_id(KEY.public)
PEM, KEY_PEM = make_certificate(KEY, NAME)
DER = ssl.PEM_cert_to_DER_cert(PEM.decode())


def test_the_same_key_gives_the_same_certificate() -> None:
    assert make_certificate(SigningKey.from_seed(b"t" * 32), NAME) == (PEM, KEY_PEM)
    assert make_certificate(SigningKey.from_seed(b"u" * 32), NAME)[0] != PEM


def test_it_never_expires_and_is_signed_by_itself() -> None:
    certificate = x509.load_der_x509_certificate(DER)
    assert certificate.not_valid_before_utc == datetime(2000, 1, 1, tzinfo=UTC)
    assert certificate.not_valid_after_utc == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert [part.value for part in certificate.subject] == [NAME]
    assert certificate.serial_number > 0
    certificate.verify_directly_issued_by(certificate)


def test_the_key_comes_back() -> None:
    assert public_of(DER) == KEY.public
    assert SigningKey.from_pem(KEY_PEM).public == KEY.public


def context(purpose: ssl.Purpose, folder: Path) -> ssl.SSLContext:
    made = ssl.create_default_context(purpose)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    if purpose is ssl.Purpose.CLIENT_AUTH:
        for name, pem in (("cert", PEM), ("key", KEY_PEM)):
            (folder / name).write_bytes(pem)
        made.load_cert_chain(folder / "cert", folder / "key")
    else:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def test_a_tls_handshake_shows_the_key(tmp_path: Path) -> None:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context(ssl.Purpose.CLIENT_AUTH, tmp_path).wrap_bio(to_server, to_client, server_side=True)
    client = context(ssl.Purpose.SERVER_AUTH, tmp_path).wrap_bio(to_client, to_server)
    done: set[ssl.SSLObject] = set()
    for _ in range(10):
        for side in (client, server):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
    assert done == {client, server}
    assert client.version() == "TLSv1.3"
    shown = client.getpeercert(binary_form=True)
    assert shown is not None and public_of(shown) == KEY.public


def certificate_of(private: Any, algorithm: SHA256 | None) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "node.example")])
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    builder = builder.serial_number(1).not_valid_before(begin).not_valid_after(begin + timedelta(days=1))
    return builder.sign(private, algorithm).public_bytes(Encoding.DER)


def test_other_kinds_of_key_are_refused() -> None:
    for der in (
        certificate_of(ec.generate_private_key(ec.SECP256R1()), SHA256()),
        certificate_of(ed448.Ed448PrivateKey.generate(), None),
    ):
        with pytest.raises(MalformedKey, match="Ed25519"):
            public_of(der)


def test_a_key_of_small_order_is_refused() -> None:
    with pytest.raises(MalformedKey, match="order"):
        public_of(DER.replace(KEY.public, bytes(32)))


def test_a_certificate_beyond_the_limit_is_refused() -> None:
    with pytest.raises(MalformedKey, match="bytes"):
        public_of(DER + bytes(CERTIFICATE_BYTES_MAX))


@given(st.binary(max_size=400))
def test_any_bytes_raise_only_our_error(raw: bytes) -> None:
    with pytest.raises(MalformedKey):
        public_of(raw)


@given(st.integers(0, len(DER) - 1), st.integers(1, 255))
def test_a_changed_certificate_gives_a_key_or_our_error(place: int, change: int) -> None:
    changed = DER[:place] + bytes([DER[place] ^ change]) + DER[place + 1 :]
    try:
        assert len(public_of(changed)) == 32
    except LintasError:
        return


def test_a_certificate_cut_short_is_refused() -> None:
    for size in range(len(DER)):
        with pytest.raises(MalformedKey):
            public_of(DER[:size])
