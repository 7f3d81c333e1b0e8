# SPDX-License-Identifier: Apache-2.0
"""Who the tool is to the node that it tests: one honest peer, and one throw-away peer for each lie.

A node suspends who lies to it, so each lie needs somebody of its own. All keys follow from one secret in the tool's
folder, and so does all that is ever said with them: a second run needs no memory of the first.
"""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from lintas.conformance.sample import Speaker
from lintas.crypto.encoding import length_prefixed
from lintas.crypto.signing import SEED_BYTES, SigningKey
from lintas.errors import BadInput, StorageFailed
from lintas.formats.peer import PROTOCOL_VERSION, Profile
from lintas.formats.peer.descriptor import make_descriptor

HONEST: Final = "honest"
SEED_FILE: Final = "seed.hex"
PEERS: Final = "peers"  # folder of the descriptors that the operator adds
COUNTRY: Final = "ZZ"  # ISO 3166-1 leaves it to its users: this is nobody's agency
_DOMAIN: Final = b"lintas conformance v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """All peers that the tool can be, from one secret."""

    seed: bytes

    def of(self, name: str) -> Speaker:
        """The peer of a name; the same each time."""

        def key(role: str) -> SigningKey:
            return SigningKey.from_seed(self.secret(name, role))

        return Speaker(
            name=name,
            country=COUNTRY,
            incarnation=self.secret(name, "incarnation").hex()[:16],
            root=key("root"),
            signing=key("signing"),
            log=key("log"),
            tls=key("tls"),
            cosign=key("cosign"),
        )

    def secret(self, name: str, role: str) -> bytes:
        """32 bytes that nobody can guess who does not have the seed."""
        return sha256(length_prefixed(_DOMAIN, self.seed, name.encode(), role.encode())).digest()


def open_identities(folder: Path) -> Identities:
    """Read the tool's secret, made at the first run.

    Raises:
        BadInput: The file does not hold one.
        StorageFailed: The disk refuses.
    """
    path = folder / SEED_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            # If we die in between, the file is short and the next run says so: nothing was added anywhere yet.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_bytes(SEED_BYTES).hex() + "\n")
        seed = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError as exc:
        raise BadInput(f"{path} holds no secret of this tool.", hint="Name a new folder.") from exc
    except OSError as exc:
        raise StorageFailed(f"{path} cannot be read or written: {exc.strerror}.") from exc
    if len(seed) != SEED_BYTES:
        raise BadInput(f"{path} holds no secret of this tool.", hint="Name a new folder.")
    return Identities(seed=seed)


def write_descriptors(folder: Path, identities: Identities, names: Sequence[str]) -> list[Path]:
    """Write one descriptor for each name, to be added at the node.

    Raises:
        StorageFailed: The disk refuses.
    """
    paths = []
    try:
        (folder / PEERS).mkdir(exist_ok=True)
        for number, name in enumerate(names):
            path = folder / PEERS / f"{number:02}-{name}.json"
            path.write_bytes(descriptor_of(identities.of(name)) + b"\n")
            paths.append(path)
    except OSError as exc:
        raise StorageFailed(f"{folder} cannot be written: {exc.strerror}.") from exc
    return paths


def descriptor_of(speaker: Speaker) -> bytes:
    """The descriptor of one of the tool's peers: it accepts no connections."""
    profile = Profile(
        organisation=f"Conformance test: {speaker.name.replace('_', ' ')}",
        country=speaker.country,
        mode="exercise",
        endpoints=(),
        versions=(PROTOCOL_VERSION,),
        desks=(),
    )
    return make_descriptor(speaker.key_message(), profile, 0, speaker.signing)
