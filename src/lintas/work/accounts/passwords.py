# SPDX-License-Identifier: Apache-2.0
"""Passwords: what is accepted, and Argon2id over it.

Sources: RFC 9106 section 4, second recommended option (64 MiB, 3 passes, 4 lanes); NIST SP 800-63B-4 section 3.1.1 for
what may be asked of a password: length and a comparison with what is easily guessed, never a mix of characters.
"""

import functools
import threading
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from lintas.errors import NodeDamaged, WrongUse
from lintas.limits import PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN
from lintas.ports.keys import Keys

HASHES_AT_ONCE_MAX: Final = 2  # each takes 64 MiB and a core for about 0.1 s
_DISTINCT_CHARS_MIN: Final = 5
_SALT_BYTES: Final = 16

_HASHER: Final = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_AT_ONCE: Final = threading.BoundedSemaphore(HASHES_AT_ONCE_MAX)


def check_new_password(password: str, *, name: str) -> None:
    """Refuse a password that is too short, too long or easily guessed.

    Raises:
        WrongUse: It is refused; the message says why.
    """
    plain = _normal(password)
    if len(plain) < PASSWORD_CHARS_MIN:
        raise WrongUse(
            f"The password is shorter than {PASSWORD_CHARS_MIN} characters.",
            hint="Several words in any language make a good one.",
        )
    if len(plain) > PASSWORD_CHARS_MAX:
        raise WrongUse(f"The password is longer than {PASSWORD_CHARS_MAX} characters.")
    folded = plain.casefold()
    rest = folded.replace(name.casefold(), "").replace("password", "").replace("lintas", "")
    if len(set(rest)) < _DISTINCT_CHARS_MIN:
        raise WrongUse(
            "The password is too easy to guess.",
            hint="It repeats a few characters, or little more than the name.",
        )


def hash_password(password: str, keys: Keys) -> str:
    """Return the Argon2id string of a password, with a fresh salt."""
    with _AT_ONCE:
        return _HASHER.hash(_normal(password), salt=keys.random(_SALT_BYTES))


def is_password(password: str, stored: str) -> bool:
    """Say whether a password fits a stored string; does the same work when there is none.

    Raises:
        NodeDamaged: The stored string is no Argon2 string.
    """
    decoy = _decoy()  # made before the branch, so that the first unknown name takes no longer than a known one
    with _AT_ONCE:
        try:
            _HASHER.verify(stored or decoy, _normal(password))
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError) as exc:
            raise NodeDamaged(
                "A stored password cannot be read.", hint="Set it anew: lintas account password."
            ) from exc
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Say whether a stored string was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


@functools.cache
def _decoy() -> str:
    return _HASHER.hash("", salt=bytes(_SALT_BYTES))  # opens nothing: a match with it counts as none


def _normal(password: str) -> str:
    """Bring what different keyboards send for the same characters into one form (NIST SP 800-63B-4: NFKC or NFC)."""
    return unicodedata.normalize("NFKC", password[: PASSWORD_CHARS_MAX * 4])
