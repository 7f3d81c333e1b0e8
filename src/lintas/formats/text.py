# SPDX-License-Identifier: Apache-2.0
"""The reader of free text: one message, whose words are searched and whose identifiers are posted."""

import re
from hashlib import sha256
from typing import Final

from lintas.errors import Malformed, OverLimit
from lintas.formats.packs import Packs
from lintas.formats.reader_draft import Draft
from lintas.formats.stix.container import looks_like_json
from lintas.formats.text_encoding import decode_text
from lintas.limits import FILE_BYTES_MAX, STATEMENTS_PER_ITEM_MAX, TEXT_CHARS_MAX
from lintas.model.reading import Container, Derived, ReaderName, ReadOptions, Slice

_MEDIA_TYPE: Final = re.compile(r"text/plain;charset=([a-z0-9-]+)")


class TextReader:
    """Reads free text. Pure: the same bytes, options and packs give the same values."""

    name = ReaderName("text/1")

    def read(self, raw: bytes, options: ReadOptions, packs: Packs) -> Container:
        """Read a text as one message.

        Raises:
            Malformed: It is no text, is empty, or its encoding is not certain.
            OverLimit: It is longer than one text may be.
        """
        if len(raw) > FILE_BYTES_MAX:
            raise OverLimit(
                f"The file has {len(raw):,} bytes; {FILE_BYTES_MAX:,} may be taken.", hint="Split the file."
            )
        decoded = decode_text(raw)
        media_type = f"text/plain;charset={decoded.encoding}"
        derived = self.derive(raw, media_type, options, packs)
        notes = [decoded.note] if decoded.note else []
        if looks_like_json(raw):
            notes.append("It is JSON of a kind that is not read as such; it was taken as a text.")
        whole = Slice(((0, len(raw)),), media_type, "", derived)
        return Container(self.name, f"text in {decoded.encoding}", (whole,), (), 1, tuple(notes))

    def derive(self, raw: bytes, media_type: str, options: ReadOptions, packs: Packs) -> Derived:
        """Say again what a text says.

        Raises:
            Malformed: It is no text of that encoding, or empty.
            OverLimit: It is longer than one text may be.
        """
        found = _MEDIA_TYPE.fullmatch(media_type)
        if found is None:
            raise Malformed(f"The media type {media_type[:80]!r} is not that of a text.")
        text = decode_text(raw, found[1]).text
        if len(text) > TEXT_CHARS_MAX:
            raise OverLimit(
                f"The text has {len(text):,} characters; {TEXT_CHARS_MAX:,} may be taken.", hint="Split it."
            )
        caption = next((line for line in text.splitlines() if line.strip()), "")
        if not caption:
            raise Malformed("The text is empty.")
        draft = Draft(options=options, packs=packs, statements_max=STATEMENTS_PER_ITEM_MAX)
        note = draft.entity(f"{sha256(raw).hexdigest()[:16]}-text", "Note", caption)
        draft.say(note, "bodyText", text, "text")
        draft.mention(note, "bodyText", text)
        return draft.derived()
