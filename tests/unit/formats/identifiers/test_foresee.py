# SPDX-License-Identifier: Apache-2.0
"""Many wallets at once give what each alone gives."""

from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.identifiers import foresee, guess
from lintas.formats.identifiers.keccak import keccak256, keccak256_many
from lintas.formats.packs import Packs

ADDRESSES = 600  # enough that they are worked out together


@given(st.lists(st.binary(max_size=135), min_size=1, max_size=5))
def test_digests_side_by_side_are_those_of_each_alone(texts: list[bytes]) -> None:
    assert keccak256_many(texts) == [keccak256(text) for text in texts]


def mixed(number: int) -> str:
    """An address in the case that EIP-55 gives it."""
    lower = keccak256(number.to_bytes(4, "big")).hex()[:40]
    digest = keccak256(lower.encode()).hex()
    return "0x" + "".join(c.upper() if nibble > "7" else c for c, nibble in zip(lower, digest, strict=False))


def test_foreseen_addresses_are_read_as_before_and_a_wrong_case_is_still_refused(packs: Packs) -> None:
    every = [mixed(number) for number in range(ADDRESSES)]
    written = [address for address in every if not address[2:].islower() and not address[2:].isupper()]
    assert len(written) > ADDRESSES - 10, "few addresses have letters of one case only"
    wrong = [address[:2] + address[2:].swapcase() for address in written]
    foresee([*written, *wrong, "0x", "0xzz", ""])
    for address, other in zip(written, wrong, strict=True):
        assert [found.value for found in guess(address, packs=packs)] == [address.lower()]
        assert [found.strength.value for found in guess(address, packs=packs)] == ["checked"]
        assert guess(other, packs=packs) == ()


def test_few_terms_and_none_are_no_error() -> None:
    foresee([])
    foresee([mixed(1), "x" * 42, "0x" + "g" * 40])
