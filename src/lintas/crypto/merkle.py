# SPDX-License-Identifier: Apache-2.0
"""The log's Merkle tree: roots, tiles, and proofs of inclusion and consistency.

A tree is defined by its leaf hashes alone. A node keeps its frontier (to append) and its tiles (to prove); both are
values here, and reading a stored tile is a callback. An odd last node is carried up, never doubled: with doubling, two
different lists of leaves would have the same root.

Source: RFC 6962 section 2.1 (hashes, proofs), RFC 9162 section 2.1 (verification), C2SP tlog-tiles (tiles).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from lintas.crypto.encoding import INTEGER_MAX
from lintas.errors import BadProof, DamagedTree

HASH_BYTES: Final = 32
TILE_HEIGHT: Final = 8  # levels of the tree that one tile spans
TILE_WIDTH: Final = 2**TILE_HEIGHT  # hashes of a full tile
TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES
TREE_SIZE_MAX: Final = INTEGER_MAX  # leaves
PROOF_HASHES_MAX: Final = 63  # the height of a tree of TREE_SIZE_MAX leaves

EMPTY_ROOT: Final = sha256(b"").digest()

ReadTile = Callable[[int, int], bytes]
"""Give the newest row, full or partial, of the tile at (level, index)."""


class TileRow(NamedTuple):
    """A row to store for one tile."""

    level: int
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody asks of a row
    hashes: bytes  # one after the other


def leaf_hash(data: bytes) -> bytes:
    """Hash the data of one leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes, in order; of none, the hash of nothing."""
    return Frontier().extend(leaf_hashes).root()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """What appending needs to know of a tree: its size and the roots of its complete subtrees, largest first.

    There is one hash for each set bit of `size`.

    Raises:
        DamagedTree: The hashes do not fit the size.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        fits = 0 <= self.size <= TREE_SIZE_MAX and len(self.hashes) == self.size.bit_count()
        if not (fits and all(len(h) == HASH_BYTES for h in self.hashes)):
            raise DamagedTree(f"{len(self.hashes)} frontier hashes do not fit a tree of {self.size} leaves")

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier after one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaf_hashes: Iterable[bytes]) -> Frontier:
        """Return the frontier after more leaf hashes, in order. Shape: about one node hash per leaf."""
        size, stack = self.size, list(self.hashes)
        for leaf in leaf_hashes:
            assert len(leaf) == HASH_BYTES
            node, trailing = leaf, size
            while trailing & 1:  # each trailing set bit is a complete subtree that this leaf completes into a larger
                node = sha256(b"\x01" + stack.pop() + node).digest()
                trailing >>= 1
            stack.append(node)
            size += 1
        return Frontier(size=size, hashes=tuple(stack))

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for larger in reversed(self.hashes[:-1]):
            root = node_hash(larger, root)
        return root


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return where a tile is served, below the log's prefix.

    Args:
        level: 0 for leaf hashes, then one per TILE_HEIGHT levels of the tree.
        index: Place of the tile within its level.
        width: Hashes in the row, 1 to TILE_WIDTH.

    Source: C2SP tlog-tiles, "Merkle Tree".
    """
    assert 0 <= level <= PROOF_HASHES_MAX and index >= 0 and 1 <= width <= TILE_WIDTH
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    partial = f".p/{width}" if width < TILE_WIDTH else ""
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def tiles_after(size_before: int, new_leaves: Sequence[bytes], read_tile: ReadTile) -> list[TileRow]:
    """Return the tile rows to store, full and partial, after leaves were appended.

    A row replaces the shorter row of the same tile. A full tile also yields one hash of the level above; a partial
    one is never hashed upwards.

    Args:
        size_before: Leaves before; the rows of that tree are what `read_tile` gives.
        new_leaves: Leaf hashes, in order.

    Raises:
        DamagedTree: A stored row is shorter than `size_before` demands.

    Shape: reads at most one row per level; one node hash per leaf.
    """
    assert size_before >= 0 and all(len(leaf) == HASH_BYTES for leaf in new_leaves)
    rows: list[TileRow] = []
    start, level, hashes = size_before, 0, b"".join(new_leaves)
    while hashes:
        first, offset = divmod(start, TILE_WIDTH)
        if offset:
            hashes = _row(read_tile, level, first, offset)[: offset * HASH_BYTES] + hashes
        parents: list[bytes] = []
        for begin in range(0, len(hashes), TILE_BYTES):
            row = hashes[begin : begin + TILE_BYTES]
            rows.append(TileRow(level, first + begin // TILE_BYTES, row))
            if len(row) == TILE_BYTES:
                parents.append(_tile_root(row))
        start, level, hashes = first, level + 1, b"".join(parents)
    return rows


def frontier_at(size: int, read_tile: ReadTile) -> Frontier:
    """Return the frontier of the first `size` leaves, from stored tiles.

    Raises:
        DamagedTree: The tiles do not reach that size.
    """
    nodes, end, hashes = _Nodes(read_tile), 0, []
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            hashes.append(nodes.complete(height, end >> height))
            end += 1 << height
    return Frontier(size=size, hashes=tuple(hashes))


def root_at(size: int, read_tile: ReadTile) -> bytes:
    """Return the root of the first `size` leaves, from stored tiles.

    Raises:
        DamagedTree: The tiles do not reach that size.
    """
    return frontier_at(size, read_tile).root()


def inclusion_proof(index: int, size: int, read_tile: ReadTile) -> tuple[bytes, ...]:
    """Prove that one leaf is in the tree of the first `size` leaves.

    Returns:
        Hashes from the leaf's sibling up to the root's child.

    Raises:
        BadProof: There is no such leaf.
        DamagedTree: The tiles do not reach that size.
    """
    return inclusion_proofs((index,), size, read_tile)[0]


def inclusion_proofs(indexes: Iterable[int], size: int, read_tile: ReadTile) -> list[tuple[bytes, ...]]:
    """Prove several leaves against one tree size, reading each tile and hashing each node once.

    Made for the receipts of one checkpoint. Raises as `inclusion_proof` does.
    """
    nodes = _Nodes(read_tile)
    return [_inclusion_path(index, size, nodes) for index in indexes]


def consistency_proof(size_before: int, size_after: int, read_tile: ReadTile) -> tuple[bytes, ...]:
    """Prove that the tree of `size_after` leaves begins with the tree of `size_before` leaves.

    Returns:
        Hashes in RFC 6962 order; none where the sizes are equal, or the first is 0, which every tree begins with.

    Raises:
        BadProof: The first size is the larger.
        DamagedTree: The tiles do not reach that size.
    """
    return consistency_proofs((size_before,), size_after, read_tile)[0]


def consistency_proofs(sizes_before: Iterable[int], size_after: int, read_tile: ReadTile) -> list[tuple[bytes, ...]]:
    """Prove several earlier sizes against one later, for peers that saw different checkpoints."""
    nodes = _Nodes(read_tile)
    return [_consistency_path(size, size_after, nodes) for size in sizes_before]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf with this hash stands at `index` of the tree with this size and root.

    Raises:
        BadProof: It is not shown.

    Source: RFC 9162 section 2.1.3.2, whose step numbers stand in the code.
    """
    if not 0 <= index < size <= TREE_SIZE_MAX:  # (1)
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    _check_hashes((leaf, root, *proof))
    place, last, node = index, size - 1, leaf  # (2), (3)
    for sibling in proof:  # (4)
        if last == 0:
            raise BadProof("the inclusion proof is longer than the tree is high")
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:  # the levels where an odd last node is carried up have no sibling
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or node != root:  # (5)
        raise BadProof("the inclusion proof does not lead to the root")


def verify_consistency(
    size_before: int, root_before: bytes, size_after: int, root_after: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the later tree begins with all leaves of the earlier one, in the same order.

    Raises:
        BadProof: It is not shown.

    Source: RFC 9162 section 2.1.4.2, whose step numbers stand in the code.
    """
    if not 0 <= size_before <= size_after <= TREE_SIZE_MAX:
        raise BadProof(f"a tree of {size_after} leaves cannot come after one of {size_before}")
    _check_hashes((root_before, root_after, *proof))
    if size_before in (0, size_after):
        same = root_before == (root_after if size_before == size_after else EMPTY_ROOT)
        if proof or not same or (size_after == 0 and root_after != EMPTY_ROOT):
            raise BadProof("the trees need no proof, and a proof or another root was given")
        return
    path = list(proof)
    if size_before & (size_before - 1) == 0:  # (2) the earlier tree is itself a node of the later one
        path.insert(0, root_before)
    if not path:  # (1)
        raise BadProof("the consistency proof is empty")
    place, last = size_before - 1, size_after - 1  # (3)
    while place & 1:  # (4)
        place, last = place >> 1, last >> 1
    before = after = path[0]  # (5)
    for sibling in path[1:]:  # (6)
        if last == 0:
            raise BadProof("the consistency proof is longer than the tree is high")
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or before != root_before or after != root_after:  # (7)
        raise BadProof("the consistency proof does not lead to both roots")


class _Nodes:
    """Hashes of the tree's nodes, computed from tiles; each tile is read and each node hashed at most once."""

    __slots__ = ("_hashes", "_read_tile", "_rows")

    def __init__(self, read_tile: ReadTile) -> None:
        self._read_tile = read_tile
        self._rows: dict[tuple[int, int], bytes] = {}
        self._hashes: dict[tuple[int, int], bytes] = {}

    def complete(self, height: int, position: int) -> bytes:
        """Return the root of the `position`-th complete subtree of 2^height leaves."""
        level, rest = divmod(height, TILE_HEIGHT)
        if rest == 0:
            return self._in_tile(level, position)
        known = self._hashes.get((height, position))
        if known is None:
            known = node_hash(self.complete(height - 1, 2 * position), self.complete(height - 1, 2 * position + 1))
            self._hashes[height, position] = known
        return known

    def span(self, start: int, end: int) -> bytes:
        """Return the root over leaves start to end, where the tree's own splits put them under one node."""
        count = end - start
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self.complete(height, start >> height)
        middle = start + _split(count)
        return node_hash(self.span(start, middle), self.span(middle, end))

    def _in_tile(self, level: int, position: int) -> bytes:
        index, offset = divmod(position, TILE_WIDTH)
        row = self._rows.get((level, index), b"")
        if len(row) < (offset + 1) * HASH_BYTES:
            row = self._rows[level, index] = _row(self._read_tile, level, index, offset + 1)
        return row[offset * HASH_BYTES : (offset + 1) * HASH_BYTES]


def _inclusion_path(index: int, size: int, nodes: _Nodes) -> tuple[bytes, ...]:
    """PATH(index, D[size]) of RFC 6962 section 2.1.1, walked from the root down."""
    if not 0 <= index < size <= TREE_SIZE_MAX:
        raise BadProof(f"a tree of {size} leaves has no leaf {index}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(nodes.span(middle, end))
            end = middle
        else:
            path.append(nodes.span(start, middle))
            start = middle
    return tuple(reversed(path))


def _consistency_path(size_before: int, size_after: int, nodes: _Nodes) -> tuple[bytes, ...]:
    """PROOF(size_before, D[size_after]) of RFC 6962 section 2.1.2, walked from the root down."""
    if not 0 <= size_before <= size_after <= TREE_SIZE_MAX:
        raise BadProof(f"a tree of {size_after} leaves cannot come after one of {size_before}")
    if size_before in (0, size_after):
        return ()
    start, end, path = 0, size_after, []
    while end != size_before:
        middle = start + _split(end - start)
        if size_before <= middle:
            path.append(nodes.span(middle, end))
            end = middle
        else:
            path.append(nodes.span(start, middle))
            start = middle
    if start:  # a whole earlier tree is known to the verifier by its root; a part of it is not
        path.append(nodes.span(start, end))
    return tuple(reversed(path))


def _split(count: int) -> int:
    """Return the largest power of two below a count of two or more."""
    return 1 << (count - 1).bit_length() - 1


def _tile_root(row: bytes) -> bytes:
    """Hash a full tile into its one hash of the level above."""
    while len(row) > HASH_BYTES:
        row = b"".join([sha256(b"\x01" + row[i : i + 64]).digest() for i in range(0, len(row), 64)])
    return row


def _row(read_tile: ReadTile, level: int, index: int, width: int) -> bytes:
    """Read a stored row and check that it holds at least `width` hashes."""
    row = read_tile(level, index)
    if len(row) % HASH_BYTES or not width * HASH_BYTES <= len(row) <= TILE_BYTES:
        raise DamagedTree(f"{tile_path(level, index)} has {len(row)} bytes, but {width} hashes are needed")
    return row


def _check_hashes(hashes: Iterable[bytes]) -> None:
    if any(len(h) != HASH_BYTES for h in hashes):
        raise BadProof("a hash of the proof has not 32 bytes")
