# SPDX-License-Identifier: Apache-2.0
"""Read server-sent events as they arrive, in whatever pieces the network cuts them into.

Source: WHATWG HTML, "Server-sent events", sections 9.2.5 and 9.2.6. What we never send (a byte order mark, `retry`) is
read as that text says; a field name of more bytes than any has, or an event beyond the limit, ends the stream.
"""

from typing import Final, NamedTuple

from lintas.errors import OverLimit
from lintas.limits import BATCH_BYTES_MAX

_OVERHEAD_BYTES: Final = 4096  # of an event's other fields, beside its data
_IDLE_LINES_MAX: Final = 1_000  # lines of one piece that say nothing: they cost whoever reads them, and all beside it


class Event(NamedTuple):
    """One event. `id` is the newest that the stream gave, which an event without one keeps."""

    name: str
    data: bytes
    id: str


class EventParser:
    """Bytes in, events out. Comments count as life but are no events."""

    def __init__(self, *, bytes_max: int = BATCH_BYTES_MAX + _OVERHEAD_BYTES) -> None:
        """Start at the beginning of a stream.

        Args:
            bytes_max: Bytes of one event, its field names included.
        """
        self._bytes_max = bytes_max
        self._line = bytearray()  # what came of a line that has not ended
        self._data: list[bytes] = []
        self._size = 0  # bytes of the event so far, its unfinished line left out
        self._name = ""
        self._id = ""
        self._after_cr = False  # the last line ended in CR: a LF that follows belongs to it
        self._is_first_line = True

    def feed(self, piece: bytes) -> list[Event]:
        """Take a piece of the stream and return the events that it completes.

        Raises:
            OverLimit: An event is larger than it may be, or nothing is said in far too many words; the parser is of no
                more use.
        """
        events: list[Event] = []
        start, idle = 0, 0
        if self._after_cr and piece:
            self._after_cr = False
            start = 1 if piece[:1] == b"\n" else 0
        while start < len(piece):
            end, after = _line_end(piece, start)
            if end < 0:
                self._keep(piece[start:])
                break
            self._keep(piece[start:end])
            line, self._line = bytes(self._line), bytearray()
            if (event := self._take(line)) is not None:
                events.append(event)
            elif not line or line[:1] == b":":
                idle += 1
                if idle > _IDLE_LINES_MAX:
                    raise OverLimit("The feed is full of lines that say nothing.")
            self._after_cr = after == len(piece) and piece[end] == 0x0D
            start = after
        return events

    def _keep(self, part: bytes) -> None:
        if self._size + len(self._line) + len(part) > self._bytes_max:
            raise OverLimit(f"An event of the feed has more than {self._bytes_max:,} bytes.")
        self._line += part

    def _take(self, line: bytes) -> Event | None:
        """Take one whole line; an empty one ends the event."""
        if self._is_first_line:
            self._is_first_line = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            return self._end()
        if line.startswith(b":"):
            return None
        self._size += len(line) + 1
        field, _, value = line.partition(b":")
        value = value[1:] if value.startswith(b" ") else value
        if field == b"data":
            self._data.append(value)
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        elif field == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        return None

    def _end(self) -> Event | None:
        data, name = self._data, self._name
        self._data, self._name, self._size = [], "", 0
        return Event(name or "message", b"\n".join(data), self._id) if data else None


def _line_end(piece: bytes, start: int) -> tuple[int, int]:
    """Where the next line ends and where the one after it starts; (-1, -1) when it does not end here."""
    feed = piece.find(b"\n", start)
    back = piece.find(b"\r", start, feed if feed >= 0 else len(piece))
    if back >= 0:
        return back, back + 2 if piece[back + 1 : back + 2] == b"\n" else back + 1
    return (feed, feed + 1) if feed >= 0 else (-1, -1)
