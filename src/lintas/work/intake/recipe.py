# SPDX-License-Identifier: Apache-2.0
"""The recipe of a reading: which reader, packs and options made statements of a message.

Its digest stands in each item's header, so a rebuild derives the same statements years later, and an operator who
replaces a pack changes nothing that was read before.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import SALT_BYTES
from lintas.errors import NodeDamaged
from lintas.formats.packs import GOAML_PREFIX, Packs
from lintas.model.reading import ReadOptions
from lintas.ports.keys import Keys
from lintas.ports.store import Transaction

# An operator's benign lists weigh hits, areas mark, law releases: none of them changes what is derived.
_UNREAD = ("access", "areas", "benign/", "doors", "forms", "law", "recovery", "tipping")

_SCHEMA_OF = "payments/"  # the readers that hold reports against a schema
_SALTED = "lintas recipe v1"  # in the place of a source: no file that is taken has this tag, since its marking is empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one message is read."""

    reader: str
    options: ReadOptions
    packs: Mapping[str, bytes]
    salt: str = ""  # hex; only beside a mapping, see `recipe_for`

    @property
    def raw(self) -> bytes:
        """The recipe's canonical bytes."""
        options = {"region": self.options.region, "mapping": self.options.mapping}
        return canonical_json(
            {
                "reader": self.reader,
                "options": options | ({"salt": self.salt} if self.salt else {}),
                "packs": {name: sha256(data).hexdigest() for name, data in self.packs.items()},
            }
        )

    @property
    def digest(self) -> str:
        """What headers name it by."""
        return sha256(self.raw).hexdigest()

    def keep(self, tx: Transaction) -> None:
        """Keep the recipe and all its packs, part of the transaction that first uses it."""
        for data in self.packs.values():
            tx.put_pack(sha256(data).hexdigest(), data)
        tx.put_pack(self.digest, self.raw)


def recipe_for(keys: Keys, reader: str, options: ReadOptions, packs: Mapping[str, bytes]) -> Recipe:
    """The recipe of a reading that is about to be recorded.

    A mapping repeats the headers of a table, which may be names of people where a table has none; its digest would
    stand in a header for good, for all to try their guesses on. So it is salted, by a keyed digest rather than at
    random: the same mapping given again is the same recipe.
    """
    salt = keys.taken_tag(options.mapping.encode(), source=_SALTED, marking=b"") if options.mapping else b""
    return Recipe(reader=reader, options=options, packs=packs_for(reader, packs), salt=salt[:SALT_BYTES].hex())


def packs_for(reader: str, packs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of the readers' packs that one of them looks at: another schema of reports changes no other reading."""
    return {
        name: data for name, data in packs.items() if reader.startswith(_SCHEMA_OF) or not name.startswith(GOAML_PREFIX)
    }


def reader_packs(packs: Packs) -> dict[str, bytes]:
    """The packs that readers get."""
    return {name: data for name, data in packs.raw.items() if not name.startswith(_UNREAD)}


def open_recipe(digest: str, pack: Callable[[str], bytes | None]) -> Recipe:
    """Read a kept recipe with its packs.

    Raises:
        NodeDamaged: The recipe or one of its packs is missing or altered.
    """
    said: dict[str, Any] = json.loads(_kept(digest, pack))
    return Recipe(
        reader=said["reader"],
        options=ReadOptions(region=said["options"]["region"], mapping=said["options"]["mapping"]),
        packs={name: _kept(one, pack) for name, one in said["packs"].items()},
        salt=said["options"].get("salt", ""),
    )


def repeats_content(digest: str, pack: Callable[[str], bytes | None]) -> bool:
    """Say whether a kept recipe holds a mapping, which repeats what a file said."""
    data = pack(digest)
    return data is not None and bool(json.loads(data)["options"]["mapping"])


def _kept(digest: str, pack: Callable[[str], bytes | None]) -> bytes:
    data = pack(digest)
    if data is None or sha256(data).hexdigest() != digest:
        raise NodeDamaged(
            f"The pack or recipe {digest[:16]}… is missing or altered.", hint="Restore the node from a backup."
        )
    return data
