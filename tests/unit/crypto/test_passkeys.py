# SPDX-License-Identifier: Apache-2.0
"""Passkeys: what counts as an answer, and what does not."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import cbor2
import pytest
import webauthn
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from lintas.crypto.passkeys import (
    CLIENT_BYTES_MAX,
    EDDSA,
    ES256,
    RS256,
    Assertion,
    SoftPasskey,
    algorithm_of,
    asked_of,
    check_assertion,
    from_base64url,
    read_assertion,
    to_base64url,
)
from lintas.errors import BadInput, BadSignature, LintasError, MalformedKey, WrongUse

HOST, ORIGIN = "node.example", "https://node.example:8443"
CHALLENGE = sha256(b"asked").digest()
NAMES = ["rawId", "response", "authenticatorData", "clientDataJSON", "signature"]


def draw(seed: bytes) -> Callable[[int], bytes]:
    """Bytes that look random and are the same each time."""
    state = [seed]

    def more(count: int) -> bytes:
        state[0] = sha256(state[0]).digest()
        return (state[0] * (count // 32 + 1))[:count]

    return more


def passkey(seed: bytes = b"a", algorithm: int = ES256) -> SoftPasskey:
    return SoftPasskey(draw(seed), HOST, ORIGIN, algorithm=algorithm)


def check(public: bytes, assertion: Assertion, **changed: Any) -> int:
    asked: dict[str, Any] = {"challenge": CHALLENGE, "rp_id": HOST, "origins": {ORIGIN}}
    return check_assertion(public, assertion, **(asked | changed))


class Talking(SoftPasskey):
    """An authenticator whose browser and chip say what a test wants, and sign it."""

    def __init__(self, *, client: bytes | None = None, data: bytes | None = None) -> None:
        super().__init__(draw(b"a"), HOST, ORIGIN)
        self._said, self._held = client, data

    def _client(self, what: str, challenge: bytes) -> bytes:
        return super()._client(what, challenge) if self._said is None else self._said

    def _data(self, flags: int) -> bytes:
        return super()._data(flags) if self._held is None else self._held


def client_data(**changed: object) -> bytes:
    usual = {"type": "webauthn.get", "challenge": to_base64url(CHALLENGE), "origin": ORIGIN, "crossOrigin": False}
    return json.dumps(usual | changed).encode()


def chip_data(*, rp_id: str = HOST, flags: int = 0x05, rest: bytes = b"") -> bytes:
    return sha256(rp_id.encode()).digest() + bytes([flags]) + (7).to_bytes(4, "big") + rest


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_an_answer_is_checked_and_tells_its_counter(algorithm: int) -> None:
    key = passkey(algorithm=algorithm)
    assert algorithm_of(key.public) == algorithm
    assert [check(key.public, key.answer(CHALLENGE)) for _ in range(3)] == [1, 2, 3]


def test_an_answer_by_rsa_is_checked() -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    n = private.public_key().public_numbers().n.to_bytes(256, "big")
    public = cbor2.dumps({1: 3, 3: RS256, -1: n, -2: b"\x01\x00\x01"}, canonical=True)
    signed = chip_data() + sha256(client_data()).digest()
    answer = Assertion(
        credential=b"r",
        authenticator=chip_data(),
        client=client_data(),
        signature=private.sign(signed, padding.PKCS1v15(), SHA256()),
    )
    assert algorithm_of(public) == RS256
    assert check(public, answer) == 7
    with pytest.raises(BadSignature):
        check(public, replace(answer, signature=bytes(256)))


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_another_implementation_takes_what_we_sign(algorithm: int) -> None:
    key = passkey(algorithm=algorithm)
    options = webauthn.generate_registration_options(rp_id=HOST, rp_name="Node", user_name="somebody")
    enrolled = webauthn.verify_registration_response(
        credential=key.register(options_to_json_dict(options)),
        expected_challenge=options.challenge,
        expected_rp_id=HOST,
        expected_origin=ORIGIN,
        require_user_verification=True,
    )
    assert enrolled.credential_public_key == key.public
    assert enrolled.credential_id == key.credential
    asked = webauthn.generate_authentication_options(rp_id=HOST, challenge=CHALLENGE)
    given_json = key.answer_json(options_to_json_dict(asked))
    checked = webauthn.verify_authentication_response(
        credential=given_json,
        expected_challenge=CHALLENGE,
        expected_rp_id=HOST,
        expected_origin=ORIGIN,
        credential_public_key=enrolled.credential_public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    assert checked.new_sign_count == check(enrolled.credential_public_key, read_assertion(given_json)) == 1


def test_a_browser_gives_nothing_to_another_host() -> None:
    options = options_to_json_dict(
        webauthn.generate_registration_options(rp_id="else.example", rp_name="N", user_name="s")
    )
    with pytest.raises(WrongUse):
        passkey().register(options)
    with pytest.raises(WrongUse):
        passkey().answer({"challenge": to_base64url(CHALLENGE), "rpId": "else.example"})
    with pytest.raises(WrongUse):
        passkey().answer({"challenge": to_base64url(CHALLENGE), "allowCredentials": [{"id": "AAAA"}]})


def test_an_authenticator_is_not_enrolled_twice() -> None:
    key = passkey()
    options = webauthn.generate_registration_options(
        rp_id=HOST,
        rp_name="N",
        user_name="s",
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential)],
    )
    with pytest.raises(WrongUse):
        key.register(options_to_json_dict(options))


@pytest.mark.parametrize(
    "changed",
    [{"challenge": sha256(b"else").digest()}, {"rp_id": "else.example"}, {"origins": {"https://else.example"}}],
)
def test_an_answer_to_something_else_is_refused(changed: dict[str, Any]) -> None:
    key = passkey()
    with pytest.raises(BadSignature):
        check(key.public, key.answer(CHALLENGE), **changed)


@pytest.mark.parametrize(
    "client",
    [
        client_data(type="webauthn.create"),
        client_data(challenge=to_base64url(CHALLENGE) + "="),
        client_data(challenge=None),
        client_data(origin=ORIGIN + "/"),
        client_data(origin=None),
        client_data(challenge="\ud800"),
        client_data(origin="\ud800"),
        client_data(origin=[ORIGIN]),
        client_data(crossOrigin=True),
        b'{"type":"webauthn.create",' + client_data()[1:],
        b"[]",
        b"",
        b"\xff",
        b"[" * 2000,
        client_data(more="x" * CLIENT_BYTES_MAX),
    ],
)
def test_what_another_page_asked_is_refused_though_it_is_signed(client: bytes) -> None:
    key = Talking(client=client)
    with pytest.raises(BadSignature):
        check(key.public, key.answer(CHALLENGE))


@pytest.mark.parametrize(
    "data",
    [
        chip_data(flags=0x04),
        chip_data(flags=0x01),
        chip_data(flags=0),
        chip_data(rp_id="else.example"),
        chip_data(rest=b"more"),
        chip_data()[:36],
        b"",
        chip_data(flags=0x85, rest=bytes(CLIENT_BYTES_MAX)),
    ],
)
def test_an_authenticator_that_did_not_look_is_refused_though_it_signed(data: bytes) -> None:
    key = Talking(data=data)
    with pytest.raises(BadSignature):
        check(key.public, key.answer(CHALLENGE))


def test_what_a_chip_adds_by_an_extension_is_taken() -> None:
    key = Talking(data=chip_data(flags=0x85, rest=b"\xa0"))
    assert check(key.public, key.answer(CHALLENGE)) == 7


@pytest.mark.parametrize("algorithm", [ES256, EDDSA])
def test_a_flipped_bit_fails(algorithm: int) -> None:
    key = passkey(algorithm=algorithm)
    good = key.answer(CHALLENGE)
    for name in ("authenticator", "client", "signature"):
        whole = getattr(good, name)
        for at in range(0, len(whole) * 8, 13):
            flipped = bytearray(whole)
            flipped[at // 8] ^= 1 << at % 8
            with pytest.raises(BadSignature):
                check(key.public, replace(good, **{name: bytes(flipped)}))


def test_another_passkey_does_not_verify() -> None:
    with pytest.raises(BadSignature):
        check(passkey(b"b").public, passkey(b"a").answer(CHALLENGE))
    with pytest.raises(BadSignature):
        check(passkey(b"a", EDDSA).public, passkey(b"a", ES256).answer(CHALLENGE))


@pytest.mark.parametrize(
    "changed",
    [{3: -35}, {3: -8}, {1: 1}, {-1: 2}, {-2: b"x"}, {-2: bytes(32), -3: bytes(32)}, {-3: True}, {-3: "text"}],
)
def test_a_key_that_cannot_be_used_is_refused(changed: dict[int, object]) -> None:
    fields: dict[int, object] = cbor2.loads(passkey().public)
    with pytest.raises(MalformedKey):
        algorithm_of(cbor2.dumps(fields | changed, canonical=True))


def test_a_key_with_something_after_it_or_twice_in_it_is_refused() -> None:
    public = passkey().public
    for bad in (public + b"\x00", public[:-1], b"", b"\xa2\x01\x02\x01\x02", b"\xbf\xff", public + bytes(2000)):
        with pytest.raises(MalformedKey):
            algorithm_of(bad)


def test_a_short_rsa_key_is_refused() -> None:
    for n, e in ((bytes([255]) * 128, b"\x01\x00\x01"), (bytes([255]) * 256, b"\x03"), (b"", b"")):
        with pytest.raises(MalformedKey):
            algorithm_of(cbor2.dumps({1: 3, 3: RS256, -1: n, -2: e}))


def test_an_ed25519_key_of_small_order_is_refused() -> None:
    with pytest.raises(MalformedKey):
        algorithm_of(cbor2.dumps({1: 1, 3: EDDSA, -1: 6, -2: bytes(32)}))


def test_an_authenticator_in_software_signs_with_what_it_can() -> None:
    with pytest.raises(WrongUse):
        passkey(algorithm=RS256)


@given(st.binary(max_size=300))
def test_any_bytes_as_a_key_raise_nothing_foreign(data: bytes) -> None:
    with contextlib.suppress(LintasError):
        assert algorithm_of(data) in {ES256, EDDSA, RS256}


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=100))
def test_any_bytes_as_an_answer_are_refused(data: bytes, client: bytes, signature: bytes) -> None:
    answer = Assertion(credential=b"", authenticator=data, client=client, signature=signature)
    with pytest.raises(BadInput):
        check(passkey().public, answer)


@given(st.binary(max_size=120))
def test_any_signature_is_refused_after_everything_else_was_right(signature: bytes) -> None:
    for algorithm in (ES256, EDDSA):
        key = passkey(algorithm=algorithm)
        with pytest.raises(BadSignature):
            check(key.public, replace(key.answer(CHALLENGE), signature=signature))


@given(st.recursive(st.none() | st.text() | st.integers(), lambda s: st.dictionaries(st.sampled_from(NAMES), s)))
def test_any_json_is_an_answer_or_refused(value: object) -> None:
    with contextlib.suppress(BadSignature):
        assert isinstance(read_assertion(value), Assertion)


@given(st.binary(max_size=200) | st.text(max_size=50).map(lambda text: json.dumps({"challenge": text}).encode()))
def test_any_bytes_name_a_challenge_or_are_refused(client: bytes) -> None:
    with contextlib.suppress(BadSignature):
        assert isinstance(asked_of(client), bytes)


def test_an_answer_names_its_challenge() -> None:
    assert asked_of(passkey().answer(CHALLENGE).client) == CHALLENGE


@given(st.binary(max_size=64))
def test_base64url_has_one_spelling(data: bytes) -> None:
    text = to_base64url(data)
    assert from_base64url(text) == data
    for bad in (text + "=", text + "\n", text + "*", text + " "):
        with pytest.raises(BadSignature):
            from_base64url(bad)


@given(st.text(max_size=20))
def test_any_text_as_base64url_raises_nothing_foreign(text: str) -> None:
    with contextlib.suppress(BadSignature):
        assert to_base64url(from_base64url(text)) == text
