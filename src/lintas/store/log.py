# SPDX-License-Identifier: Apache-2.0
"""The log proper: entries, payloads, tiles, checkpoints, packs."""

from collections.abc import Iterable, Iterator

from lintas.crypto.merkle import tiles_after
from lintas.errors import UnknownTerm
from lintas.model.found import CheckpointRow, EntryHead, StoredPayload
from lintas.model.header import Payload, Signed
from lintas.model.ids import MessageId
from lintas.store.rows import Rows


class LogTables(Rows):
    """Reads of the log."""

    def size(self) -> int:
        """How many entries the log has."""
        return self._number("log_size")

    def entries(self, start: int, stop: int) -> Iterator[EntryHead]:
        """Entries with start <= seq < stop, in order."""
        for row in self._each("log_entries", {"start": start, "stop": stop}):
            yield _entry(row)

    def entry_by_id(self, message: MessageId) -> EntryHead | None:
        """The entry of one message."""
        row = self._one("log_entry_by_id", {"id": bytes.fromhex(message)})
        return None if row is None else _entry(row)

    def payload(self, seq: int) -> StoredPayload | None:
        """The payload row of one entry; None when it has none or it was erased."""
        row = self._one("log_payload", {"seq": seq})
        return None if row is None else StoredPayload(*row)

    def payload_rows(self, start: int, stop: int) -> dict[int, StoredPayload]:
        """Payload rows with start <= seq < stop."""
        rows = self._all("log_payloads", {"start": start, "stop": stop})
        return {row[0]: StoredPayload(*row) for row in rows}

    def sharing(self, seq: int) -> list[tuple[int, MessageId]]:
        """(place, id) of entries whose payloads have their bytes from one entry's, and are erased with it."""
        return [(one, MessageId(id_.hex())) for one, id_ in self._all("log_sharing", {"seq": seq})]

    def lost_payloads(self, originator: str) -> list[int]:
        """Where content of a peer stands whose payload is missing though no erasure took it, in order."""
        return [seq for (seq,) in self._all("log_lost_payloads", {"originator": originator})]

    def blob_names(self) -> Iterator[str]:
        """Names of all blobs that some payload row needs."""
        for (name,) in self._each("log_blob_names"):
            yield name

    def tile(self, level: int, number: int) -> bytes:
        """Hashes of one tile, full or partial; empty when there is none."""
        row = self._one("log_tile", {"level": level, "number": number})
        return b"" if row is None else row[0]

    def tiles(self) -> Iterator[tuple[int, int, bytes]]:
        """All tiles, in order of level and number."""
        yield from self._each("log_tiles")

    def checkpoint(self) -> CheckpointRow | None:
        """The newest checkpoint."""
        row = self._one("log_checkpoint")
        return None if row is None else CheckpointRow(*row)

    def checkpoint_at(self, size: int) -> CheckpointRow | None:
        """The checkpoint of one size."""
        row = self._one("log_checkpoint_at", {"size": size})
        return None if row is None else CheckpointRow(*row)

    def checkpoints(self) -> Iterator[CheckpointRow]:
        """All checkpoints, oldest first."""
        for row in self._each("log_checkpoints"):
            yield CheckpointRow(*row)

    def pack(self, digest: str) -> bytes | None:
        """A pack, option set or recipe by the SHA-256 of its bytes."""
        row = self._one("log_pack", {"digest": digest})
        return None if row is None else row[0]

    def packs(self) -> Iterator[tuple[str, bytes]]:
        """All of them: (digest, bytes)."""
        yield from self._each("log_packs")

    def taken(self, tag: bytes) -> int | None:
        """The entry that already holds the same bytes from the same source under the same marking."""
        row = self._one("log_taken", {"tag": tag})
        return None if row is None else row[0]

    def meta(self, name: str) -> str | None:
        """One value of the node's own state."""
        row = self._one("meta_get", {"name": name})
        return None if row is None else row[0]


class LogWrites(LogTables):
    """Writes to the log; part of one transaction. Leaves wait in memory until `grow_tree`, just before the commit."""

    def start_log(self) -> None:
        """Forget leaves of a transaction that did not commit."""
        self._size = self.size()
        self._size_in_tiles = self._size
        self._leaves: list[bytes] = []

    def append(self, signed: Signed, payload: Payload | None, blob: str, same_as: int | None = None) -> int:
        """Add an entry and its payload; returns its seq.

        Args:
            blob: Names the file when the payload's bytes are one.
            same_as: The entry whose payload has the same bytes: they stand once, and are erased from both together.

        Raises:
            UnknownTerm: The payload of `same_as` was erased.
        """
        seq = self._size
        self._run(
            "log_append",
            {
                "seq": seq,
                "id": bytes.fromhex(signed.id),
                "header": signed.header_bytes,
                "key_id": signed.key_id,
                "algorithm": signed.algorithm,
                "signature": signed.signature,
            },
        )
        if payload is not None:
            home = None if same_as is None else self._home_of(same_as)
            is_shared = home is not None
            self._run(
                "log_put_payload",
                {
                    "seq": seq,
                    "salt": payload.salt,
                    "openings": payload.openings,
                    "data": None if blob or is_shared else payload.data,
                    "blob": "" if is_shared else blob,
                    "same_as": home,
                },
            )
        self._size += 1
        self._leaves.append(signed.leaf)
        return seq

    def restore_payload(self, seq: int, payload: Payload, blob: str) -> None:
        """Put the payload of an entry back that was lost, not erased."""
        data = None if blob else payload.data
        values = {"seq": seq, "salt": payload.salt, "openings": payload.openings, "data": data, "blob": blob}
        self._run("log_put_payload", values | {"same_as": None})

    def _home_of(self, seq: int) -> int:
        row = self._one("log_payload_home", {"seq": seq})
        if row is None:
            raise UnknownTerm("What was to be released was erased meanwhile.")
        return int(row[0])

    def undo_to(self, size: int) -> None:
        """Forget leaves of a job that was rolled back to its savepoint."""
        del self._leaves[size - self._size_in_tiles :]
        self._size = size

    def grow_tree(self) -> None:
        """Write the tiles of the leaves that this transaction added."""
        for level, number, hashes in tiles_after(self._size_in_tiles, self._leaves, self.tile):
            self._run("log_put_tile", {"level": level, "number": number, "hashes": hashes})
        self._size_in_tiles += len(self._leaves)
        self._leaves = []

    def remember_taken(self, tag: bytes, seq: int) -> None:
        """Notice the same bytes next time; erased with the payload."""
        self._run("log_remember_taken", {"tag": tag, "seq": seq})

    def put_pack(self, digest: str, data: bytes) -> None:
        """Keep a pack, option set or recipe; the same digest twice is one row."""
        self._run("log_put_pack", {"digest": digest, "data": data})

    def remove_pack(self, digest: str) -> None:
        """Forget a recipe."""
        self._run("log_remove_pack", {"digest": digest})

    def put_checkpoint(self, row: CheckpointRow) -> None:
        """Keep a signed head."""
        self._run("log_put_checkpoint", row._asdict())

    def put_meta(self, name: str, value: str) -> None:
        """Set one value of the node's own state."""
        self._run("meta_put", {"name": name, "value": value})

    def erase_payloads(self, seqs: Iterable[int]) -> list[str]:
        """Remove payloads, what shares their bytes, and taken tags; returns the blobs that no row needs any more."""
        blobs = set[str]()
        for seq in seqs:
            row = self._one("log_blob_of", {"seq": seq})
            if row is not None:
                blobs.add(row[0])
            for one in (seq, *(sharing for sharing, _ in self.sharing(seq))):
                self._run("log_erase_payload", {"seq": one})
                self._run("log_forget_taken", {"seq": one})
        return [blob for blob in sorted(blobs) if self._one("log_blob_needed", {"blob": blob}) is None]


def _entry(row: tuple[int, bytes, bytes, str, str, bytes]) -> EntryHead:
    seq, id_, header, key_id, algorithm, signature = row
    return EntryHead(seq, MessageId(id_.hex()), header, key_id, algorithm, signature)
