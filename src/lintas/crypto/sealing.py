# SPDX-License-Identifier: Apache-2.0
"""Sealing bytes and streams in age files, which the `age` program opens too.

What travels or rests for long (bundles, backups) is sealed to recipients' public keys and streams in constant memory.
A passphrase seals what is small: the age format wants it as the only recipient, and its library takes whole bytes.
For a large backup under a passphrase, seal the backup to a recipient and that recipient's identity under a passphrase.

Source: C2SP age; the randomness of each file comes from the age library.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import pyrage

from lintas.errors import LintasError, MalformedKey, OverLimit, SealBroken
from lintas.limits import PASSPHRASE_SEALED_BYTES_MAX

_TOO_MUCH_WORK: Final = "excessive work"
_TRIES_MAX: Final = 5
"""age measures how fast this moment is, and refuses a seal that would take sixteen times its second. On a busy machine
one measurement in some is far off, and a node must start there too."""


class Readable(Protocol):
    """A binary stream to read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end."""


class Writable(Protocol):
    """A binary stream to write to."""

    def write(self, data: bytes, /) -> int:
        """Take some of the bytes and say how many."""

    def flush(self) -> None:
        """Hand on what was taken."""


def seal(data: bytes, recipients: Sequence[str]) -> bytes:
    """Seal bytes to one or more recipients; each can open them alone.

    Args:
        recipients: age public keys (`age1...`).

    Raises:
        MalformedKey: A recipient cannot be read, or there is none.
    """
    sealed: bytes = pyrage.encrypt(data, _recipients(recipients))
    return sealed


def open_sealed(sealed: bytes, identities: Sequence[str]) -> bytes:
    """Open sealed bytes with one of the identities.

    Args:
        identities: age private keys (`AGE-SECRET-KEY-1...`).

    Raises:
        MalformedKey: An identity cannot be read, or there is none.
        SealBroken: No identity fits, or the bytes were altered or cut.
    """
    try:
        data: bytes = pyrage.decrypt(sealed, _identities(identities))
    except pyrage.DecryptError as exc:
        raise SealBroken from exc
    return data


def seal_with_passphrase(data: bytes, passphrase: str) -> bytes:
    """Seal bytes under a passphrase. Takes about a second by design.

    Raises:
        OverLimit: More than PASSPHRASE_SEALED_BYTES_MAX.
    """
    if len(data) > PASSPHRASE_SEALED_BYTES_MAX:
        raise OverLimit(hint="Seal it to a recipient's key, and that key under a passphrase.")
    sealed: bytes = pyrage.passphrase.encrypt(data, passphrase)
    return sealed


def open_with_passphrase(sealed: bytes, passphrase: str) -> bytes:
    """Open bytes sealed under a passphrase. Takes about a second by design.

    Raises:
        SealBroken: Another passphrase, or altered bytes.
    """
    for _ in range(_TRIES_MAX):
        try:
            data: bytes = pyrage.passphrase.decrypt(sealed, passphrase)
        except pyrage.DecryptError as exc:
            if _TOO_MUCH_WORK in str(exc).casefold():
                continue
            raise SealBroken from exc
        return data
    raise SealBroken(
        "The seal asks for more work than this machine would do in some seconds at this moment.",
        hint="Try again when it is less busy, or seal it anew on a machine like this one.",
    )


def seal_stream(source: Readable, target: Writable, recipients: Sequence[str]) -> None:
    """Seal a stream to recipients, in constant memory.

    Raises:
        MalformedKey: A recipient cannot be read, or there is none.
        OSError: A stream failed; this is the stream's own error, and `target` holds a useless part.
    """
    read_from, write_to = _Witness(source=source), _Witness(target=target)
    try:
        pyrage.encrypt_io(read_from, write_to, _recipients(recipients))
    except (pyrage.EncryptError, OSError) as exc:
        raise (read_from.failure or write_to.failure or exc) from None


def open_stream(source: Readable, target: Writable, identities: Sequence[str]) -> None:
    """Open a sealed stream, in constant memory.

    Each chunk is authenticated before it is written, but a cut shows only at the end: use nothing of `target`
    before this returns, and discard it if this raises.

    Raises:
        MalformedKey: An identity cannot be read, or there is none.
        SealBroken: No identity fits, or the bytes were altered or cut.
        OSError: A stream failed; this is the stream's own error.
    """
    read_from, write_to = _Witness(source=source), _Witness(target=target)
    try:
        pyrage.decrypt_io(read_from, write_to, _identities(identities))
    except (pyrage.DecryptError, OSError) as exc:  # the library reports an altered chunk as an OSError
        raise (read_from.failure or write_to.failure or SealBroken()) from exc


def recipient_of(identity: str) -> str:
    """Return the public key that belongs to a private one.

    Raises:
        MalformedKey: The identity cannot be read.
    """
    return str(_identities([identity])[0].to_public())


class _Witness:
    """A stream that remembers its own failure, which the age library would report as its own."""

    def __init__(self, *, source: Readable | None = None, target: Writable | None = None) -> None:
        self._source, self._target = source, target
        self.failure: OSError | LintasError | None = None

    def read(self, size: int = -1) -> bytes:
        assert self._source is not None
        try:
            return self._source.read(size)
        except (OSError, LintasError) as exc:
            self.failure = exc
            raise

    def write(self, data: bytes) -> int:
        assert self._target is not None
        try:
            return self._target.write(data)
        except (OSError, LintasError) as exc:
            self.failure = exc
            raise

    def flush(self) -> None:
        assert self._target is not None
        self._target.flush()


def _recipients(texts: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    try:
        keys = [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError as exc:
        raise MalformedKey("a recipient is no age public key") from exc
    if not keys:
        raise MalformedKey("nobody could open what is sealed to no recipient")
    return keys


def _identities(texts: Sequence[str]) -> list[pyrage.x25519.Identity]:
    try:
        keys = [pyrage.x25519.Identity.from_str(text) for text in texts]
    except pyrage.IdentityError as exc:
        raise MalformedKey("an identity is no age private key") from exc
    if not keys:
        raise MalformedKey("no identity was given")
    return keys
