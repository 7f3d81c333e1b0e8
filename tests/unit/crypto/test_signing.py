# SPDX-License-Identifier: Apache-2.0
"""Keys, their ids and their signatures."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.signing import (
    Algorithm,
    SigningKey,
    check_public,
    key_id,
    node_id,
    open_private,
    seal_private,
    verify,
)
from lintas.errors import BadSignature, LintasError, MalformedKey, SealBroken

KEY = SigningKey.from_seed(bytes(range(32)))
P = 2**255 - 19

# Source: RFC 8032 section 7.1, TEST 2.
RFC_SEED = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
RFC_PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
RFC_SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)

# Source: the list that libsodium refuses (ref10, has_small_order), top bit clear.
SMALL_ORDER = [
    bytes(32),
    (1).to_bytes(32, "little"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    (P - 1).to_bytes(32, "little"),
    P.to_bytes(32, "little"),
    (P + 1).to_bytes(32, "little"),
]


def test_the_example_of_the_standard_comes_out() -> None:
    key = SigningKey.from_seed(bytes.fromhex(RFC_SEED))
    assert key.public.hex() == RFC_PUBLIC
    assert key.sign(b"\x72").hex() == RFC_SIGNATURE
    verify(key.public, b"\x72", bytes.fromhex(RFC_SIGNATURE))


@given(st.binary(), st.data())
def test_a_flipped_bit_of_text_or_signature_fails(text: bytes, data: st.DataObject) -> None:
    signature = KEY.sign(text)
    verify(KEY.public, text, signature)
    bit = data.draw(st.integers(0, 8 * len(signature + text) - 1))
    whole = bytearray(signature + text)
    whole[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignature):
        verify(KEY.public, bytes(whole[64:]), bytes(whole[:64]))


@given(st.binary(max_size=80))
def test_any_bytes_as_a_signature_are_refused(signature: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(KEY.public, b"text", signature)


def test_another_key_does_not_verify() -> None:
    other = SigningKey.from_seed(bytes(32))
    with pytest.raises(BadSignature):
        verify(other.public, b"text", KEY.sign(b"text"))


def test_a_signature_with_a_larger_scalar_is_refused() -> None:
    """Else whoever saw a signature could make a second one, and with it a second leaf, for the same header."""
    order = 2**252 + 27742317777372353535851937790883648493
    signature = KEY.sign(b"text")
    scalar = int.from_bytes(signature[32:], "little") + order
    with pytest.raises(BadSignature):
        verify(KEY.public, b"text", signature[:32] + scalar.to_bytes(32, "little"))


def test_a_key_of_small_order_would_sign_everything() -> None:
    """The reason for the next test, shown on the library itself."""
    identity = SMALL_ORDER[1]
    signature = identity + bytes(32)
    for text in (b"this", b"that"):
        Ed25519PublicKey.from_public_bytes(identity).verify(signature, text)


@pytest.mark.parametrize("sign_of_x", [0, 0x80])
@pytest.mark.parametrize("public", SMALL_ORDER)
def test_a_key_of_small_order_is_refused(public: bytes, sign_of_x: int) -> None:
    key = public[:31] + bytes([public[31] | sign_of_x])
    with pytest.raises(MalformedKey):
        check_public(key)
    with pytest.raises(MalformedKey):
        verify(key, b"this", SMALL_ORDER[1] + bytes(32))


@given(st.binary(max_size=64))
def test_any_bytes_as_a_key_are_used_or_refused_in_our_own_words(raw: bytes) -> None:
    for read in (check_public, SigningKey.from_seed, SigningKey.from_pem):
        try:
            read(raw)
        except LintasError as exc:
            assert isinstance(exc, MalformedKey)  # noqa: PT017  # either outcome is right


def test_a_private_key_is_read_back_and_never_printed() -> None:
    pem = KEY.to_pem()
    again = SigningKey.from_pem(pem)
    assert (again.public, again.key_id, again.sign(b"x")) == (KEY.public, KEY.key_id, KEY.sign(b"x"))
    shown = f"{KEY} {KEY!r} {[KEY]}"
    assert bytes(range(32)).hex() not in shown
    assert KEY.key_id in shown
    assert not hasattr(KEY, "__dict__")


def test_other_private_keys_are_refused() -> None:
    elliptic = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    locked = KEY._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    for pem in (elliptic, locked, KEY.to_pem()[:-40]):
        with pytest.raises(MalformedKey):
            SigningKey.from_pem(pem)


def test_ids_are_digests_of_key_and_algorithm() -> None:
    public = bytes.fromhex(RFC_PUBLIC)
    assert key_id(public, Algorithm.ED25519) == key_id(public)
    assert key_id(public) != key_id(KEY.public)
    assert node_id(public).startswith("lintas:")
    assert len(node_id(public)) == len("lintas:") + 52
    assert node_id(public) == node_id(public).lower()


@pytest.mark.slow
def test_a_sealed_private_key_opens_with_its_passphrase_only() -> None:
    sealed = seal_private(KEY, "correct horse")
    assert KEY.to_pem() not in sealed
    assert open_private(sealed, "correct horse").key_id == KEY.key_id
    with pytest.raises(SealBroken):
        open_private(sealed, "correct horses")
    with pytest.raises(SealBroken):
        open_private(KEY.to_pem(), "correct horse")
