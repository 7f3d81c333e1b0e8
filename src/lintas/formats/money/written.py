# SPDX-License-Identifier: Apache-2.0
"""A column of a table as the bytes that stand in the file: read in place where it is uniform, else as texts."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, overload

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]
WIDE: Final = 40  # bytes of a text that is looked up by its bytes: an account's, with its bank's code
_JOINED: Final = 64  # bytes of a column's longest text, up to which its texts are made at once
_MARGIN: Final = _JOINED  # zeros before and behind what is written: a window never leaves it
_KNOWN_MAX: Final = 1_000_000  # texts that are remembered by their bytes
_MIXED: Final = np.uint64(0x9E3779B97F4A7C15)
_UNKNOWN: Final = -(2**31)


class Written(Sequence[str]):
    """Cells of one column. A sequence of texts, which are made when the first one is asked for."""

    __slots__ = ("_bytes", "_lengths", "_starts", "_texts")

    def __init__(self, padded: Bytes, starts: Whole, lengths: Whole) -> None:
        """Hold them.

        Args:
            padded: What is written, UTF-8, as `with_margin` gives it; no NUL and no line feed in a cell.
            starts: Where each cell starts in `padded`.
            lengths: Its bytes.
        """
        self._bytes, self._starts, self._lengths = padded, starts, lengths
        self._texts: list[str] | None = None

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        return self.texts()[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts())

    @property
    def lengths(self) -> Whole:
        """Bytes of each cell."""
        return self._lengths

    def between(self, start: int, end: int) -> "Written":
        """Some of the cells."""
        return Written(self._bytes, self._starts[start:end], self._lengths[start:end])

    def texts(self) -> list[str]:
        """All cells as texts."""
        if self._texts is None:
            if len(self) and int(self._lengths.max()) < _JOINED:
                lines = np.full((len(self), int(self._lengths.max()) + 1), ord("\n"), dtype=np.uint8)
                lines[:, :-1] = self.from_start(lines.shape[1] - 1)
                joined = lines.tobytes().replace(b"\0", b"").decode("utf-8")
                self._texts = joined.split("\n")[:-1]
            else:
                whole = self._bytes.tobytes()
                ends = self._starts + self._lengths
                bounds = zip(self._starts.tolist(), ends.tolist(), strict=True)
                self._texts = [whole[start:end].decode("utf-8") for start, end in bounds]
        return self._texts

    def from_start(self, width: int) -> Bytes:
        """The first bytes of each cell, zeros behind them; no cell is longer than `width`, which is at most WIDE."""
        found: Bytes = sliding_window_view(self._bytes, width)[self._starts]
        if int(self._lengths.min()) < width:
            found[np.arange(width) >= self._lengths[:, None]] = 0
        return found

    def to_end(self, width: int, fill: int) -> Bytes:
        """The last bytes of each cell, `fill` before them; no cell is longer than `width`, which is at most WIDE."""
        found: Bytes = sliding_window_view(self._bytes, width)[self._starts + self._lengths - width]
        if int(self._lengths.min()) < width:
            found[np.arange(width - 1, -1, -1) >= self._lengths[:, None]] = fill
        return found


def with_margin(written: bytes) -> Bytes:
    """Bytes with zeros on both sides; what stood at 0 stands at `MARGIN`."""
    padded = np.zeros(len(written) + 2 * _MARGIN, dtype=np.uint8)
    padded[_MARGIN : _MARGIN + len(written)] = np.frombuffer(written, dtype=np.uint8)
    return padded


MARGIN: Final = _MARGIN


class KnownTexts:
    """Texts that were met, by their bytes: what each stands for, for a whole column at once. A cache."""

    def __init__(self) -> None:
        self._by_width: dict[int, _Known] = {}

    def read(self, column: Written, meaning: Callable[[str], int]) -> Whole | None:
        """Give what each text means; None where one is too long.

        Args:
            meaning: Of a text that was not met before; any number but -2^31.
        """
        longest = int(column.lengths.max()) if len(column) else WIDE + 1
        if longest > WIDE:
            return None
        width = max(1, -(-longest // 8))
        words = column.from_start(8 * width).view(np.uint64)
        marks = _mark(words)
        known = self._by_width.get(width, _Known(np.zeros(0, np.uint64), words[:0], np.zeros(0, np.int64)))
        found = known.look(words, marks)
        new = np.flatnonzero(found == _UNKNOWN)
        if new.size:
            texts = column.texts()
            found[new] = np.fromiter((meaning(texts[at]) for at in new.tolist()), dtype=np.int64, count=len(new))
            self._by_width[width] = known.grown(words[new], marks[new], found[new])
        return found


class _Known(NamedTuple):
    """Texts of as many bytes, by their marks in ascending order."""

    marks: NDArray[np.uint64]
    words: NDArray[np.uint64]
    means: Whole

    def look(self, words: NDArray[np.uint64], marks: NDArray[np.uint64]) -> Whole:
        """What texts mean; of two with one mark the second stays unknown."""
        if not len(self.marks):
            return np.full(len(marks), _UNKNOWN, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.marks, marks), len(self.marks) - 1)
        found: Whole = np.where((self.words[at] == words).all(axis=1), self.means[at], _UNKNOWN)
        return found

    def grown(self, words: NDArray[np.uint64], marks: NDArray[np.uint64], means: Whole) -> "_Known":
        """The same with more; begun anew when it is too large."""
        before = self if len(self.marks) <= _KNOWN_MAX else _Known(self.marks[:0], self.words[:0], self.means[:0])
        kept, first = np.unique(np.concatenate((before.marks, marks)), return_index=True)
        joined = np.concatenate((before.words, words))[first], np.concatenate((before.means, means))[first]
        return _Known(kept, *joined)


def _mark(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number for each text: equal for equal ones, nearly always another for others."""
    mark = np.zeros(len(words), dtype=np.uint64)
    for place in range(words.shape[1]):
        mark = (mark ^ words[:, place]) * _MIXED
        mark ^= mark >> np.uint64(29)
    return mark
