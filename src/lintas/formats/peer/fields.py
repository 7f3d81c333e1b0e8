# SPDX-License-Identifier: Apache-2.0
r"""The forms of single fields, checked while the JSON is decoded: ids, digests, codes, short texts for people.

`\Z` and not `$`, which would let a newline pass.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta

from lintas.limits import NOTE_BYTES_MAX
from lintas.model.header_rules import INTEGER_MAX

PROTOCOL_VERSION: Final = 1

Version = Literal[1]
Mode = Literal["live", "exercise"]
LaneCode = Literal["alert", "bulk"]
StandingCode = Literal["unverified", "live", "suspended", "removed"]

NodeText = Annotated[str, Meta(pattern=r"\Alintas:[a-z2-7]{52}\Z")]
KeyText = Annotated[str, Meta(pattern=r"\Aed25519:[0-9a-f]{64}\Z")]  # algorithm and key id
Hex64 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]  # a digest or a chain
Hex32 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]  # 16 random bytes: salt, challenge, session
IncarnationText = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\Z")]
ChannelText = Annotated[str, Meta(pattern=r"\Apair\.[0-9a-f]{32}\Z")]
CursorText = Annotated[str, Meta(pattern=r"\A[0-9a-f]{16}\.(?:0|[1-9][0-9]{0,15})\.(?:0|[1-9][0-9]{0,15})\Z")]
CursorOrNone = Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{16}\.(?:0|[1-9][0-9]{0,15})\.(?:0|[1-9][0-9]{0,15}))?\Z")]
NoteText = Annotated[str, Meta(max_length=NOTE_BYTES_MAX)]  # a signed note, or empty; its own reader checks it
Code = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9_.-]{0,63}\Z")]
RefField = Annotated[str, Meta(pattern=r"\A[a-z][a-z_]{0,31}\Z")]
Count = Annotated[int, Meta(ge=0, le=INTEGER_MAX)]
Counter = Annotated[int, Meta(ge=1, le=INTEGER_MAX)]  # of a place in a stream, from 1

# For people. Control characters, line separators and marks that turn the direction of writing are no part of a name:
# with them one desk could look like another.
PlainText = Annotated[
    str, Meta(pattern="\\A[^\\x00-\\x1f\\x7f-\\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]{1,200}\\Z")
]
ShortText = Annotated[
    str, Meta(pattern="\\A[^\\x00-\\x1f\\x7f-\\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]{0,200}\\Z")
]
Sentence = Annotated[str, Meta(max_length=2_000)]
Country = Annotated[str, Meta(pattern=r"\A[A-Z]{2}\Z")]  # ISO 3166-1 alpha-2
Zone = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_+/-]{1,64}\Z")]  # of the IANA time zone database
Language = Annotated[str, Meta(pattern=r"\A[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}\Z")]  # BCP 47
PhoneNumber = Annotated[str, Meta(pattern=r"\A\+?[0-9][0-9 ()./-]{1,38}\Z")]
Endpoint = Annotated[  # scheme, host, port; no path, so that an address cannot be aimed at another service's page
    str,
    Meta(pattern=r"\Ahttps://(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::[1-9][0-9]{0,4})?\Z"),
]
