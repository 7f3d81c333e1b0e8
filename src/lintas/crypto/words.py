# SPDX-License-Identifier: Apache-2.0
"""A node's fingerprint as twelve English words, to be read out on a call.

128 bits of the digest of the root key, and 4 that catch a slip. Somebody who wants another key with the same words
must try 2^128 keys: they attack one given node, so no birthday halves that.

Source: BIP-39 (English word list).
"""

from functools import cache
from hashlib import sha256
from typing import Final

from mnemonic import Mnemonic

_DIGEST_BYTES: Final = 16


def words_of(root_public: bytes) -> str:
    """Return the words of a node, lower case, one space between them.

    Args:
        root_public: The raw root public key, 32 bytes.
    """
    return _list().to_mnemonic(sha256(root_public).digest()[:_DIGEST_BYTES])


def same_words(typed: str, root_public: bytes) -> bool:
    """Say whether a person typed the words of a node: any case, any spaces, the exact words in their order."""
    return typed.casefold().split() == words_of(root_public).split()


def two_words(drawn: bytes) -> tuple[str, str]:
    """Return two words for one call, of 22 bits: they are heard once, within minutes, and nobody guesses again.

    Args:
        drawn: 4 bytes at least, random.
    """
    number, words = int.from_bytes(drawn[:4], "big"), _list().wordlist
    return words[number % len(words)], words[number // len(words) % len(words)]


@cache
def _list() -> Mnemonic:
    return Mnemonic("english")  # reads the list from its package once
