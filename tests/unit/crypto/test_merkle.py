# SPDX-License-Identifier: Apache-2.0
"""The tree, its tiles and its proofs, against the recursive definition of RFC 6962."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    TILE_WIDTH,
    Frontier,
    consistency_proof,
    consistency_proofs,
    frontier_at,
    inclusion_proof,
    inclusion_proofs,
    leaf_hash,
    node_hash,
    root_at,
    root_of,
    tile_path,
    tiles_after,
    verify_consistency,
    verify_inclusion,
)
from lintas.errors import BadProof, DamagedTree

SMALL = 34  # every size and place below this is tried
LEAVES = [leaf_hash(str(number).encode()) for number in range(70_000)]

# Source: the test data of Google's certificate-transparency, which implements RFC 6962.
KNOWN_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Tiles:
    """A store of tiles that holds one row for each tile, as a node does."""

    def __init__(self, leaves: list[bytes], batch: int = 1_000_000) -> None:
        self.rows: dict[tuple[int, int], bytes] = {}
        self.size = 0
        for start in range(0, len(leaves), batch):
            self.append(leaves[start : start + batch])

    def append(self, leaves: list[bytes]) -> None:
        for level, index, row in tiles_after(self.size, leaves, self.read):
            before = self.rows.get((level, index), b"")
            assert row.startswith(before), "a row only grows"
            self.rows[level, index] = row
        self.size += len(leaves)

    def read(self, level: int, index: int) -> bytes:
        return self.rows.get((level, index), b"")


@pytest.fixture(scope="module")
def large() -> Tiles:
    """70,000 leaves: three levels of tiles, as in the example of C2SP tlog-tiles."""
    return Tiles(LEAVES)


@pytest.fixture(scope="module")
def small() -> Tiles:
    return Tiles(LEAVES[:SMALL])


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH, as RFC 6962 section 2.1 defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    k = split(len(leaves))
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH, as RFC 6962 section 2.1.1 defines it."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(m: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """SUBPROOF, as RFC 6962 section 2.1.2 defines it."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_proof(m, leaves[:k], whole=whole), naive_root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], whole=False), naive_root(leaves[:k])]


def split(count: int) -> int:
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def flip(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data, "big") ^ 1 << bit).to_bytes(len(data), "big")


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_come_out(size: int) -> None:
    assert root_of([leaf_hash(bytes.fromhex(text)) for text in KNOWN_LEAVES[:size]]).hex() == KNOWN_ROOTS[size]


@pytest.mark.parametrize("size", range(SMALL))
def test_every_way_to_a_root_agrees_with_the_definition(size: int, small: Tiles) -> None:
    root = naive_root(LEAVES[:size])
    assert root_of(LEAVES[:size]) == root
    assert root_at(size, small.read) == root
    one_by_one = Frontier()
    for leaf in LEAVES[:size]:
        one_by_one = one_by_one.append(leaf)
    assert one_by_one.root() == root
    assert one_by_one == frontier_at(size, small.read) == Frontier().extend(LEAVES[:size])


def test_an_odd_last_node_is_never_doubled() -> None:
    assert root_of(LEAVES[:3]) != root_of([*LEAVES[:3], LEAVES[2]])


@pytest.mark.parametrize("size", range(1, SMALL))
def test_inclusion_is_proven_for_every_leaf_and_for_no_other(size: int, small: Tiles) -> None:
    root = root_of(LEAVES[:size])
    for index, proof in enumerate(inclusion_proofs(range(size), size, small.read)):
        assert list(proof) == naive_path(index, LEAVES[:size])
        assert proof == inclusion_proof(index, size, small.read)
        for claimed in range(size + 1):
            if claimed == index:
                verify_inclusion(LEAVES[index], claimed, size, proof, root)
                continue
            with pytest.raises(BadProof):
                verify_inclusion(LEAVES[index], claimed, size, proof, root)


@pytest.mark.parametrize("size", range(SMALL))
def test_consistency_is_proven_with_every_earlier_tree_and_no_other(size: int, small: Tiles) -> None:
    roots = [root_of(LEAVES[:before]) for before in range(size + 1)]
    for before, proof in enumerate(consistency_proofs(range(size + 1), size, small.read)):
        if before:
            assert list(proof) == naive_proof(before, LEAVES[:size])
        assert proof == consistency_proof(before, size, small.read)
        verify_consistency(before, roots[before], size, roots[size], proof)
        for other in range(1, size):
            if other != before:
                with pytest.raises(BadProof):
                    verify_consistency(other, roots[before], size, roots[size], proof)
                with pytest.raises(BadProof):
                    verify_consistency(before, roots[other], size, roots[size], proof)


@given(st.integers(1, 70_000), st.data())
def test_proofs_hold_across_tiles(large: Tiles, size: int, data: st.DataObject) -> None:
    root, index = root_at(size, large.read), data.draw(st.integers(0, size - 1))
    verify_inclusion(LEAVES[index], index, size, inclusion_proof(index, size, large.read), root)
    before = data.draw(st.integers(0, size))
    proof = consistency_proof(before, size, large.read)
    verify_consistency(before, root_at(before, large.read), size, root, proof)


@given(st.integers(2, 70_000), st.data())
def test_a_flipped_bit_fails(large: Tiles, size: int, data: st.DataObject) -> None:
    root, index = root_at(size, large.read), data.draw(st.integers(0, size - 1))
    before = data.draw(st.integers(1, size - 1))
    bit = data.draw(st.integers(0, 255))
    path = inclusion_proof(index, size, large.read)
    at = data.draw(st.integers(0, len(path) - 1))
    damaged = [flip(h, bit) if place == at else h for place, h in enumerate(path)]
    for leaf, proof, claimed_root in (
        (flip(LEAVES[index], bit), path, root),
        (LEAVES[index], damaged, root),
        (LEAVES[index], path, flip(root, bit)),
        (LEAVES[index], path[:-1], root),
        (LEAVES[index], [*path, path[0]], root),
        (LEAVES[index], [*path[:-1], path[-1] + b"\x00"], root),
    ):
        with pytest.raises(BadProof):
            verify_inclusion(leaf, index, size, proof, claimed_root)
    earlier, links = root_at(before, large.read), consistency_proof(before, size, large.read)
    at = data.draw(st.integers(0, len(links) - 1))
    damaged = [flip(h, bit) if place == at else h for place, h in enumerate(links)]
    for first, second, proof in (
        (flip(earlier, bit), root, links),
        (earlier, flip(root, bit), links),
        (earlier, root, damaged),
        (earlier, root, links[:-1]),
        (earlier, root, [*links, links[0]]),
        (earlier, root, [*links, b"short"]),
        (earlier, root, ()),
    ):
        with pytest.raises(BadProof):
            verify_consistency(before, first, size, second, proof)


@given(st.integers(-2, 40), st.integers(-2, 40), st.lists(st.binary(min_size=30, max_size=34), max_size=8))
def test_any_numbers_and_hashes_are_refused_in_our_own_words(first: int, second: int, proof: list[bytes]) -> None:
    with pytest.raises(BadProof):
        verify_inclusion(LEAVES[0], first, second, [*proof, LEAVES[1]], LEAVES[2])
    with pytest.raises(BadProof):
        verify_consistency(first, LEAVES[0], second, LEAVES[1], [*proof, LEAVES[2]])


def test_trees_that_need_no_proof_refuse_one() -> None:
    root = root_of(LEAVES[:5])
    verify_consistency(0, EMPTY_ROOT, 5, root, ())
    verify_consistency(5, root, 5, root, ())
    for first, first_root, second, second_root, proof in (
        (0, EMPTY_ROOT, 5, root, (root,)),
        (0, root, 5, root, ()),
        (5, root, 5, LEAVES[0], ()),
        (5, root, 5, root, (root,)),
        (0, root, 0, root, ()),
        (5, root, 4, root_of(LEAVES[:4]), ()),
        (-1, root, 5, root, ()),
    ):
        with pytest.raises(BadProof):
            verify_consistency(first, first_root, second, second_root, proof)


def test_a_node_of_the_tree_is_not_taken_for_a_leaf(small: Tiles) -> None:
    """The two prefixes keep leaves and nodes apart: else a node could be shown as an entry."""
    inner = node_hash(LEAVES[0], LEAVES[1])
    with pytest.raises(BadProof):
        verify_inclusion(inner, 0, 4, inclusion_proof(0, 4, small.read)[1:], root_of(LEAVES[:4]))
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != inner


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_tiles_made_in_any_batches_are_the_same(batches: list[int]) -> None:
    piecewise = Tiles([])
    frontier = Frontier()
    for count in batches:
        new = LEAVES[piecewise.size : piecewise.size + count]
        piecewise.append(new)
        frontier = frontier.extend(new)
    assert piecewise.rows == Tiles(LEAVES[: piecewise.size]).rows
    assert frontier.root() == root_at(piecewise.size, piecewise.read)


def test_the_tiles_are_those_of_the_specifications_example(large: Tiles) -> None:
    """Source: C2SP tlog-tiles, "Partial Tiles": a tree of 70,000."""
    widths = {place: len(row) // HASH_BYTES for place, row in large.rows.items()}
    assert [widths[0, index] for index in range(274)] == [256] * 273 + [112]
    assert (widths[1, 0], widths[1, 1], widths[2, 0]) == (256, 17, 1)
    assert len(widths) == 277


def test_a_full_tile_has_its_hash_in_the_level_above() -> None:
    rows = Tiles(LEAVES[:TILE_WIDTH]).rows
    assert rows == {(0, 0): b"".join(LEAVES[:TILE_WIDTH]), (1, 0): naive_root(LEAVES[:TILE_WIDTH])}


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 513, 65_535, 65_536, 65_537, 70_000])
def test_the_frontier_is_found_again_from_tiles(size: int, large: Tiles) -> None:
    assert frontier_at(size, large.read) == Frontier().extend(LEAVES[:size])


def test_no_leaves_make_no_tiles() -> None:
    assert tiles_after(5, [], Tiles(LEAVES[:5]).read) == []


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 273, 112, "tile/0/273.p/112"),
        (2, 1234067, 256, "tile/2/x001/x234/067"),
        (1, 1000, 1, "tile/1/x001/000.p/1"),
        (63, 999, 255, "tile/63/999.p/255"),
    ],
)
def test_tiles_stand_where_the_specification_puts_them(level: int, index: int, width: int, path: str) -> None:
    assert tile_path(level, index, width) == path


@pytest.mark.parametrize("row", [b"", LEAVES[0][:31], LEAVES[0], b"".join(LEAVES[:257]), b"".join(LEAVES[:5]) + b"x"])
def test_a_stored_row_that_does_not_fit_is_told_as_damage(row: bytes) -> None:
    def read(_level: int, _index: int) -> bytes:
        return row

    with pytest.raises(DamagedTree):
        inclusion_proof(1, 6, read)
    with pytest.raises(DamagedTree):
        root_at(300, read)
    with pytest.raises(DamagedTree):
        tiles_after(6, LEAVES[:1], read)


@pytest.mark.parametrize(
    ("size", "hashes"), [(1, ()), (3, (LEAVES[0],)), (-1, ()), (1, (b"x",)), (2**63, (LEAVES[0],))]
)
def test_a_frontier_that_does_not_fit_its_size_is_told_as_damage(size: int, hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(DamagedTree):
        Frontier(size=size, hashes=hashes)


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 0), (0, 2**63)])
def test_no_proof_is_made_for_what_is_not_there(index: int, size: int, small: Tiles) -> None:
    with pytest.raises(BadProof):
        inclusion_proof(index, size, small.read)
    with pytest.raises(BadProof):
        consistency_proof(size + 1, size, small.read)


def test_a_proof_across_three_levels_reads_few_tiles(large: Tiles) -> None:
    read: list[tuple[int, int]] = []

    def counting(level: int, index: int) -> bytes:
        read.append((level, index))
        return large.read(level, index)

    inclusion_proof(34_567, 70_000, counting)
    assert sorted(read) == [(0, 135), (0, 273), (1, 0), (1, 1)]
