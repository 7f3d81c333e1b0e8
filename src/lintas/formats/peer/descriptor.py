# SPDX-License-Identifier: Apache-2.0
"""A node's descriptor: its keys under its root, and who it says it is. All of it is checked without a log.

What a descriptor cannot show is that the node is who it says: two people hear its words on a call for that.

Source: docs/spec/peer.md, "Keys and descriptor".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lintas.crypto.canonical import parse_canonical
from lintas.crypto.envelope import verify_header
from lintas.crypto.signing import SigningKey, check_public, key_id, node_id
from lintas.errors import BadSignature, Malformed, MalformedHeader
from lintas.formats.peer.documents import decode, open_document, peek_document, sign_document
from lintas.formats.peer.fields import PROTOCOL_VERSION
from lintas.formats.peer.places import envelope_of, signed_of
from lintas.formats.peer.structs import Descriptor, Profile
from lintas.limits import DESCRIPTOR_BYTES_MAX
from lintas.model.header import Header, Kind, Mode, Signed
from lintas.model.ids import NodeId

_WHAT: Final = "descriptor"
_ROLES: Final = ("signing", "log", "tls", "cosign")


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKeys:
    """What a node's `key` message says, verified under the root that it names. Each map: key id → raw public key."""

    node: NodeId
    root: bytes
    signing: dict[str, bytes]
    log: dict[str, bytes]
    tls: dict[str, bytes]  # empty: it serves nobody
    cosign: dict[str, bytes]  # empty: it cosigns for nobody
    serial: int
    revoked: frozenset[str]  # key ids
    country: str
    mode: Mode
    incarnation: str
    signed: Signed

    @property
    def usable(self) -> dict[str, bytes]:
        """The signing keys that are not revoked."""
        return {key: public for key, public in self.signing.items() if key not in self.revoked}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDescriptor:
    """A descriptor with all of it verified that can be verified without a log."""

    node: NodeId
    root: bytes
    signing: dict[str, bytes]  # key id → raw public key, those revoked too
    log: dict[str, bytes]
    tls: dict[str, bytes]
    cosign: dict[str, bytes]
    serial: int  # of the keys
    revoked: frozenset[str]
    country: str
    mode: Mode
    incarnation: str
    profile: Profile
    profile_serial: int
    key_message: Signed
    document: bytes  # as it is kept: one line, without a newline


def make_descriptor(keys: Signed, profile: Profile, serial: int, key: SigningKey) -> bytes:
    """Write and sign a node's own descriptor.

    Args:
        keys: The node's newest `key` message.
        profile: Who it says it is.
        serial: Of the profile; larger than that of every earlier descriptor.
        key: One of the signing keys that `keys` names.

    Raises:
        Malformed: A field of the profile holds what it may not, or contradicts the keys.
        BadSignature: The key is none of those.
        OverLimit: More than DESCRIPTOR_BYTES_MAX.
    """
    node = read_keys(keys).node
    said = Descriptor(v=PROTOCOL_VERSION, node=node, keys=envelope_of(keys), profile=profile, serial=serial)
    document = sign_document(_WHAT, said, key)
    read_descriptor(document)  # a field was filled in by a person: what others would refuse, we do not sign out
    return document


def read_descriptor(raw: bytes) -> OpenedDescriptor:
    """Read a descriptor and verify it: keys under their root, document under a signing key, profile against keys.

    Args:
        raw: Untrusted. Spaces and line ends around it are passed over: it comes as a file from an editor, too.

    Raises:
        OverLimit: More than DESCRIPTOR_BYTES_MAX.
        Malformed: A field is missing, unknown or misformed, or two of them contradict each other.
        NotCanonical: Its signed bytes are not in their one form.
        MalformedEnvelope, MalformedHeader, MalformedKey: The `key` message in it cannot be read or must not be used.
        BadSignature: The root did not sign the keys, or none of these keys that is still good signed the document.
    """
    document = raw.strip(b" \t\r\n")
    _, signed = peek_document(document, bytes_max=DESCRIPTOR_BYTES_MAX)
    said = decode(Descriptor, signed)
    keys = read_keys(signed_of(said.keys))
    open_document(_WHAT, document, keys=keys.usable, bytes_max=DESCRIPTOR_BYTES_MAX)
    for name, is_so in (
        ("node id is not that of its root key", said.node == keys.node),
        ("mode is not the one that its keys are for", said.profile.mode == keys.mode.value),
        ("country is not the one that its keys name", said.profile.country == keys.country),
        (f"versions lack {PROTOCOL_VERSION}, the one that is known here", PROTOCOL_VERSION in said.profile.versions),
        ("addresses have no key that serves them", bool(keys.tls) or not said.profile.endpoints),
    ):
        if not is_so:
            raise Malformed(f"The descriptor's {name}.")
    return OpenedDescriptor(
        node=keys.node,
        root=keys.root,
        signing=keys.signing,
        log=keys.log,
        tls=keys.tls,
        cosign=keys.cosign,
        serial=keys.serial,
        revoked=keys.revoked,
        country=keys.country,
        mode=keys.mode,
        incarnation=keys.incarnation,
        profile=said.profile,
        profile_serial=said.serial,
        key_message=keys.signed,
        document=document,
    )


def read_keys(signed: Signed) -> NodeKeys:
    """Read a `key` message and verify it under the root that it names.

    Raises:
        NotCanonical, MalformedHeader: It is no header of a `key` message.
        MalformedKey: A key must not be used.
        BadSignature: The root did not sign it, or it names keys otherwise than they are.
    """
    header = Header.from_json(parse_canonical(signed.header_bytes))
    if header.kind is not Kind.KEY or header.body is None:
        raise MalformedHeader("The message says nothing of a node's keys.")
    body = header.body
    root = bytes.fromhex(str(body["root"]))
    verify_header(signed, root)
    if node_id(root) != header.originator:
        raise BadSignature("The keys are signed by a root that is not this node's.")
    roles = {role: _named(body.get(role, [])) for role in _ROLES}
    # A head signed by a key that also signs messages or serves TLS could be taken for the other thing.
    if len({key for keys in roles.values() for key in keys} | {key_id(root)}) != 1 + sum(map(len, roles.values())):
        raise Malformed("One key stands under two names; each has one use only.")
    serial, revoked = body.get("serial", 0), body.get("revoked", [])
    assert isinstance(serial, int) and isinstance(revoked, list)  # the header's schema says so
    return NodeKeys(
        node=header.originator,
        root=root,
        **roles,
        serial=serial,
        revoked=frozenset(revoked),
        country=str(body["country"]),
        mode=header.mode,
        incarnation=str(body["incarnation"]),
        signed=signed,
    )


def _named(listed: object) -> dict[str, bytes]:
    assert isinstance(listed, list)  # the header's schema says so
    named: dict[str, bytes] = {}
    for one in listed:
        assert isinstance(one, Mapping)
        public = bytes.fromhex(one["public"])
        check_public(public)
        if key_id(public) != one["id"]:
            raise BadSignature("A key is named by another id than its own.")
        named[one["id"]] = public
    return named
