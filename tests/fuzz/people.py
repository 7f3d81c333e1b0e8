# SPDX-License-Identifier: Apache-2.0
"""What people and their providers send, as functions of bytes: passkeys' answers, tokens, and files to be judged."""

import json
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import Final

from joserfc import jws
from joserfc.jwk import ECKey

from lintas.crypto.passkeys import SoftPasskey, algorithm_of, asked_of, check_assertion, read_assertion
from lintas.errors import Malformed
from lintas.formats.suspicion import suspicion_of
from lintas.ports.identity import ProviderMetadata, ProviderSettings
from lintas.work.accounts.oidc_tokens import check_id_token, check_logout_token

NOW: Final = datetime(2026, 3, 1, tzinfo=UTC)
SETTINGS: Final = ProviderSettings(
    issuer="https://id.example", client_id="lintas", console_url="https://console.example"
)
CHALLENGE: Final = sha256(b"a challenge").digest()
HOST: Final = "console.example"
ORIGIN: Final = "https://console.example"


class _Fixed:
    """A provider that answers the same always."""

    def metadata(self) -> ProviderMetadata:
        return ProviderMetadata(authorization_endpoint="", token_endpoint="", jwks_uri="")

    def keys(self, *, afresh: bool = False) -> bytes:
        return json.dumps({"keys": [_key().as_dict(private=False)]}).encode()

    def exchange(self, code: str, *, verifier: str) -> str:
        return ""


@cache
def _key() -> ECKey:
    return ECKey.import_key({"kty": "EC", "crv": "P-256", "kid": "a", "x": _X, "y": _Y, "d": _D})


_X: Final = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"  # RFC 7515, appendix A.3
_Y: Final = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
_D: Final = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"


@cache
def _passkey() -> SoftPasskey:
    return SoftPasskey(lambda size: sha256(b"seed").digest().ljust(size, b"s")[:size], HOST, ORIGIN)


def read_answer(raw: bytes) -> None:
    """A passkey's answer as a browser sends it."""
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError) as exc:
        raise Malformed from exc
    answer = read_assertion(said)
    asked_of(answer.client)
    check_assertion(_passkey().public, answer, challenge=CHALLENGE, rp_id=HOST, origins=[ORIGIN])


def read_public(raw: bytes) -> None:
    """A public key as an authenticator gives it."""
    assert algorithm_of(raw)


def read_token(raw: bytes) -> None:
    """A token as it comes, mostly signed by nobody."""
    check_id_token(raw.decode("utf-8", "replace"), provider=_Fixed(), settings=SETTINGS, nonce="n", now=NOW)


def read_claims(raw: bytes) -> None:
    """Claims that the provider signed, whatever they are."""
    token = jws.serialize_compact({"alg": "ES256", "kid": "a"}, raw, _key(), algorithms=["ES256"])
    check_logout_token(token, provider=_Fixed(), settings=SETTINGS, now=NOW)


def judge(raw: bytes) -> None:
    """A file whose name is its first line."""
    name, _, data = raw.partition(b"\n")
    found = suspicion_of(data, name.decode("utf-8", "replace"))
    assert found is None or found.reason
