# SPDX-License-Identifier: Apache-2.0
"""All errors that leave a package of Lintas.

LintasError
├── WrongUse                 the caller asked for something that cannot be (exit 2)
│   ├── UnknownTerm          a name that no pack, view or log holds
│   ├── OverLimit            an input is larger than a stated limit
│   ├── NotInstalled         an optional part is not there
│   └── NotAllowed           the policy refuses; carries rule and reason
├── BadInput                 bytes that cannot be what they claim to be (exit 2)
│   ├── Malformed            a container that cannot be read at all
│   │   └── SetAside         a file that is not read, but kept apart for a named person to look at
│   ├── NotCanonical         JSON that is not in its one canonical form
│   ├── BadSignature         a signature that does not verify
│   ├── BadProof             a Merkle proof that does not verify
│   ├── MalformedNote        a signed note, checkpoint or receipt that cannot be read
│   ├── MalformedEnvelope    a signed header that cannot be read
│   ├── MalformedHeader      a header with fields or values that its format does not have
│   ├── MalformedKey         a public or private key that cannot be used
│   ├── SealBroken           a sealed file that the given key or passphrase does not open
│   ├── BadPack              a data pack that does not hold to its schema
│   ├── PeerRefused          what a peer sent breaks the protocol; carries a code
│   └── HeadConflict         a head that does not follow the one that is held; carries its size
├── NodeBusy                 another process holds the node (exit 3)
├── NodeDamaged              the node's own state does not hold together (exit 3)
│   ├── LedgerDamaged        payments that cannot be read from the ledger; carries their messages
│   ├── DamagedTree          stored tree hashes that do not fit the tree's size
│   ├── Quarantined          a restored node that has not yet shown that it is current
│   └── StorageFailed        the disk refused: full, read-only, wrong permissions
├── SandboxLimit             a reader was stopped at a limit
├── LinkFailed               a connection to a peer failed: refused, cut, silent
│   ├── PinMismatch          whoever answers there does not have the peer's key
│   └── PeerAnswered         the peer answered with an error; carries its status and code
├── ProviderFailed           the identity provider does not answer as it should
└── Fatal                    stop the process: the log may be broken (exit 3)
"""


class LintasError(Exception):
    """Something went wrong in Lintas."""

    exit_code = 2

    def __init__(self, message: str | None = None, *, hint: str = "") -> None:
        self.message = message or (self.__class__.__doc__ or "").strip()
        self.hint = hint
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class WrongUse(LintasError):
    """That request cannot be carried out as it was made."""


class UnknownTerm(WrongUse):
    """Nothing of that name is known here."""


class OverLimit(WrongUse):
    """The input is larger than a stated limit."""


class NotInstalled(WrongUse):
    """What this needs is not installed here."""


class NotAllowed(WrongUse):
    """The policy does not allow this."""

    def __init__(self, message: str | None = None, *, rule: str = "", hint: str = "") -> None:
        self.rule = rule
        super().__init__(message, hint=hint)


class BadInput(LintasError):
    """The input is not what it claims to be."""


class Malformed(BadInput):
    """The file cannot be read at all; nothing of it was taken."""


class SetAside(Malformed):
    """The file was set aside and not read."""


class NotCanonical(BadInput):
    """The JSON is not in its one canonical form (RFC 8785)."""


class BadSignature(BadInput):
    """The signature does not verify."""


class BadProof(BadInput):
    """The Merkle proof does not verify."""


class MalformedNote(BadInput):
    """The signed note cannot be read."""


class MalformedEnvelope(BadInput):
    """The signed header cannot be read."""


class MalformedHeader(BadInput):
    """The header does not hold to its format."""


class MalformedKey(BadInput):
    """The key cannot be read or must not be used."""


class SealBroken(BadInput):
    """The sealed file does not open: another key or passphrase, or altered bytes."""


class BadPack(BadInput):
    """The data pack does not hold to its schema."""


class PeerRefused(BadInput):
    """What the peer sent breaks the protocol."""

    def __init__(self, message: str | None = None, *, what: str, hint: str = "") -> None:
        self.what = what  # code: signature, altered, gap, chain, fork, rollback, mode, incarnation, size, malformed ...
        super().__init__(message, hint=hint)


class HeadConflict(BadInput):
    """The head does not follow the one that is held."""

    def __init__(self, message: str | None = None, *, size: int, hint: str = "") -> None:
        self.size = size  # entries of the head that is held
        super().__init__(message, hint=hint)


class NodeBusy(LintasError):
    """Another process holds this node."""

    exit_code = 3


class NodeDamaged(LintasError):
    """The node's own state does not hold together."""

    exit_code = 3


class LedgerDamaged(NodeDamaged):
    """Payments of some messages cannot be read from the ledger; they are made again from the messages."""

    def __init__(self, message: str | None = None, *, hint: str = "", messages: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.messages = messages


class DamagedTree(NodeDamaged):
    """The stored hashes of the log's tree do not fit its size."""


class Quarantined(NodeDamaged):
    """This node was restored from a backup and has not yet shown that it is current."""


class StorageFailed(NodeDamaged):
    """The disk refused a read or a write; nothing was acknowledged."""


class SandboxLimit(LintasError):
    """The reader was stopped because it reached a limit."""

    def __init__(self, message: str | None = None, *, limit: str = "", hint: str = "") -> None:
        self.limit = limit
        super().__init__(message, hint=hint)


class LinkFailed(LintasError):
    """The connection to the peer failed."""


class PinMismatch(LinkFailed):
    """Whoever answers at the peer's address does not have the peer's key; nothing was sent."""


class PeerAnswered(LinkFailed):
    """The peer answered with an error."""

    def __init__(
        self, message: str | None = None, *, status: int, code: str, body: bytes = b"", hint: str = ""
    ) -> None:
        self.status = status  # of HTTP
        self.code = code  # as it named it, cut to what a code can be
        self.body = body  # bounded
        super().__init__(message, hint=hint)


class ProviderFailed(LintasError):
    """The identity provider does not answer as it should."""


class Fatal(LintasError):
    """The log may be broken; the process stops so that nothing more is written."""

    exit_code = 3
