# SPDX-License-Identifier: Apache-2.0
"""Every check by its code: what should be so, and the section of docs/spec/peer.md that says it."""

from dataclasses import dataclass
from typing import Final

AREAS: Final = (
    "descriptor",
    "tls",
    "hello",
    "request",
    "route",
    "feed",
    "again",
    "heads",
    "inbox",
    "proof",
    "gossip",
    "lie",
    "errors",
    "busy",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise of the protocol."""

    code: str
    sentence: str
    section: str

    @property
    def area(self) -> str:
        """What the code begins with."""
        return self.code.partition(".")[0]


_KEYS, _HELLO, _REQUESTS, _ROUTES = "Keys and descriptor", "Hello, welcome, freshness", "Requests", "Routes"
_FEED, _INBOX, _RECEIVING, _HEADS = "Feed", "Inbox and ack", "Receiving", "Heads"

# name of the vector under docs/spec/vectors/peer/bad -> code and status of its refusal
BAD_HELLOS: Final = {
    "signed_by_a_stranger": ("signature", 401),
    "challenge_short": ("malformed", 400),
    "challenge_in_capitals": ("malformed", 400),
    "got_no_cursor": ("malformed", 400),
    "tips_three": ("malformed", 400),
    "tip_negative": ("malformed", 400),
    "mode_unknown": ("malformed", 400),
    "version_unknown": ("malformed", 400),
    "mode_live": ("mode", 403),
    "to_another_node": ("address", 400),
}
BAD_REQUESTS: Final = (
    "body_changed",
    "body_and_digest_changed",
    "method_changed",
    "path_changed",
    "query_changed",
    "signature_of_another_request",
    "nonce_changed",
    "nonce_with_a_leading_zero",
    "key_unknown",
    "component_missing",
    "components_in_another_order",
    "algorithm_missing",
    "created_missing",
    "tag_of_something_else",
    "digest_missing",
    "signature_missing",
    "header_twice",
)
BAD_BATCHES: Final = {
    "signature_flipped": "signature",
    "signed_by_the_log_key": "key",
    "signed_by_a_stranger": "key",
    "signed_as_a_welcome": "signature",
    "signed_bytes_changed": "signature",
    "frame_with_a_newline": "malformed",
    "frame_with_another_field": "malformed",
    "spelled_with_a_space": "malformed",
    "field_twice": "malformed",
    "field_unknown": "malformed",
    "field_missing": "malformed",
    "version_unknown": "malformed",
    "place_null": "malformed",
    "place_with_both": "malformed",
    "lane_unknown": "malformed",
    "first_zero": "malformed",
    "places_none": "malformed",
    "places_too_many": "malformed",
    "to_another_node": "address",
    "from_another_node": "address",
    "mode_live": "mode",
    "channel_local": "malformed",
    "message_signed_by_a_stranger": "signature",
    "message_header_changed": "altered",
    "message_of_another_channel": "channel",
    "message_of_another_node": "channel",
    "message_of_another_mode": "mode",
    "message_that_is_local": "channel",
    "message_twice": "replay",
    "payload_changed": "altered",
    "payload_cut_short": "altered",
    "payload_missing": "altered",
    "payload_beside_a_control_message": "altered",
    "salt_changed": "altered",
    "opening_of_something_else": "altered",
    "recipient_not_opened": "recipient",
    "recipient_is_another": "recipient",
    "chain_start_changed": "chain",
    "chain_after_changed": "chain",
    "places_in_another_order": "chain",
    "place_left_out": "chain",
    "withheld_place_changed": "chain",
}
# what no vector can show, because it depends on what came before
STORIES: Final = {
    "gap": "gap",
    "fork": "fork",
    "replay": "replay",
    "receipt": "receipt",
    "channel_changed": "channel",
    "descriptor_of_another_node": "address",
}
STATUS_OF: Final = {"signature": 401, "mode": 403, "gap": 409, "chain": 409, "fork": 409, "incarnation": 409}
"""By code, where a batch is refused; 400 where it is not named."""

FORK_OF_HEADS: Final = "head_fork"
LIARS: Final = (*BAD_BATCHES, *STORIES, FORK_OF_HEADS)

_PLAIN: Final = (
    ("descriptor.public", "Anybody may fetch the descriptor, without a signature.", _ROUTES),
    ("descriptor.holds", "Root, key message and document verify, and agree on node, mode and country.", _KEYS),
    ("descriptor.exercise", "The node is of mode exercise: live nodes are not for tests.", _KEYS),
    ("tls.key", "The server shows one of the tls keys of the descriptor.", _REQUESTS),
    ("tls.version", "TLS 1.2 and older are refused.", _REQUESTS),
    ("hello.answered", "A hello is answered by a welcome of the exact form.", _HELLO),
    ("hello.signature", "The welcome is signed by a signing key of the descriptor.", _HELLO),
    ("hello.address", "The welcome is from this node, to the asker, of the node's mode.", _HELLO),
    ("hello.challenge", "The welcome gives the challenge back.", _HELLO),
    ("hello.fresh", "A second hello gets a welcome and a session of its own, nothing of the first.", _HELLO),
    ("hello.head", "The head in the welcome is signed by the node's log, in the incarnation that it names.", _HELLO),
    ("hello.replayed", "A hello that was sent before is refused (401 replay).", _REQUESTS),
    *(
        (f"hello.bad.{name}", f"Refused with {status} {code}: the vector hello_{name}.", _HELLO)
        for name, (code, status) in BAD_HELLOS.items()
    ),
    ("request.unsigned", "A request without a signature is refused.", _REQUESTS),
    ("request.addressee", "A request to another node is refused (421 addressee).", _REQUESTS),
    ("request.session", "A request of no session is refused (401 session).", _REQUESTS),
    ("request.session_of_another", "A session of another peer cannot be used.", _REQUESTS),
    ("request.replayed", "A nonce counts once (401 replay).", _REQUESTS),
    ("request.overtaking", "Requests may overtake each other, and still count once.", _REQUESTS),
    ("request.sessions", "The fifth session of a peer ends its first (401 session).", _REQUESTS),
    *(
        (f"request.bad.{name}", f"Refused with 400 or 401: the vector request_{name}.", _REQUESTS)
        for name in BAD_REQUESTS
    ),
    ("route.unknown", "An address that is none is answered with 404 unknown.", "Errors"),
    ("route.malformed", "A body that is no JSON is refused (400 malformed).", "Errors"),
    ("route.cursor_malformed", "A cursor that is none is refused (400 malformed).", _FEED),
    ("route.hello_size", "A hello of more than 65,536 bytes is refused (413 size).", "Limits"),
    ("route.batch_size", "A batch of more than 16,777,216 bytes is refused (413 size).", "Limits"),
    ("feed.type", "The feed is text/event-stream in UTF-8.", _FEED),
    ("feed.complete", "The feed brings all that the welcome's tips tell of.", _FEED),
    ("feed.cursor", "The id of a batch is the cursor after it.", _FEED),
    ("feed.signature", "Every batch is signed by a signing key of the node.", "Documents"),
    ("feed.address", "Every batch is from the node, to the asker, of one mode, channel and incarnation.", "Batch"),
    ("feed.counters", "Counters are dense: each batch goes on where the last of its lane ended.", "Streams and chain"),
    ("feed.chain", "The chain follows from the places, from the stream's start to the welcome's tip.", "Batch"),
    ("feed.messages", "Every message verifies, travels, and opens the asker as its recipient.", "Receiving"),
    ("feed.order", "All that waits in the alert lane comes before anything of bulk.", _FEED),
    ("feed.resume", "A cursor brings exactly the rest: nothing twice, nothing left out.", _FEED),
    ("feed.beyond", "A cursor beyond what was sent is refused (4xx).", _FEED),
    ("feed.heartbeat", "A silent feed has a comment at least every 15 seconds (30 are waited).", _FEED),
    ("feed.third", "A third feed of one peer ends the oldest.", _FEED),
    ("again.same", "What was sent is given again, with the same places and chain.", "Again"),
    ("again.beyond", "Places that were never sent are refused (404 unknown).", "Again"),
    ("heads.offer", "The newest head is offered from size 0, signed by the node's log.", _HEADS),
    ("heads.beyond", "A size beyond the newest head is refused (400).", _HEADS),
    ("heads.consistent", "A later head is proven to continue an earlier one.", _HEADS),
    ("heads.cosignature", "A cosignature of the node's head is kept (204).", _HEADS),
    ("heads.cosignature_false", "A cosignature that does not verify is refused (4xx).", _HEADS),
    ("heads.cosigns", "Our head is cosigned under the node's cosign key.", _HEADS),
    ("heads.conflict", "An offer from another size than the one held: 409 with that size.", _HEADS),
    ("heads.continues", "A head that is proven to continue the one held is cosigned.", _HEADS),
    ("heads.stranger", "A head that our log did not sign is refused (4xx).", _HEADS),
    ("heads.malformed", "What is no offer is refused (400 malformed).", _HEADS),
    ("inbox.good", "A good batch is taken; the signed ack has the cursor after it.", _INBOX),
    ("inbox.idempotent", "The same batch again is no error, and the cursor stays.", _INBOX),
    ("inbox.partly_held", "Of a batch of which a part is held, the rest is taken.", _RECEIVING),
    ("inbox.receipt", "A receipt for what was stored comes in the alert lane.", _RECEIVING),
    ("inbox.incarnation", "An incarnation that nobody accepted waits (409 incarnation, with cursor).", _RECEIVING),
    ("proof.release", "The release entry is signed, of this stream, and in the tree of a head of the log.", "Proofs"),
    ("proof.head", "The head of the proof is of one history with the one held.", "Proofs"),
    ("proof.chain", "The chain in the release entry is the one over what was received.", "Proofs"),
    ("proof.beyond", "A place that was never given is answered with 404 unknown.", "Proofs"),
    ("gossip.own", "The addressee's own newest cosigned head is among those told.", _HEADS),
    ("gossip.unknown", "Heads of logs that are not known are passed over.", _HEADS),
    ("gossip.many", "More than 100 heads at once are refused (4xx).", "Limits"),
    *(
        (f"lie.{name}", f"Refused with {code}: the vector batch_{name}.", _RECEIVING)
        for name, code in BAD_BATCHES.items()
    ),
    ("lie.gap", "A batch that leaves places out is refused (409 gap, with cursor).", _RECEIVING),
    ("lie.fork", "Another message at a place that is held is refused (409 fork).", _RECEIVING),
    ("lie.replay", "A message that stands at another place already is refused (replay).", _RECEIVING),
    ("lie.receipt", "A receipt about what the sender was never sent is refused (400 receipt).", _RECEIVING),
    ("lie.channel_changed", "Another channel than before is refused (400 channel).", _RECEIVING),
    ("lie.descriptor_of_another_node", "A descriptor of another node is refused (400 address).", _RECEIVING),
    ("lie.head_fork", "A head that contradicts the one held is refused (422).", _HEADS),
    ("lie.suspends", "Who lied is suspended: nothing is exchanged with it (403 standing).", "Evidence"),
    ("lie.others", "Others feel nothing of it.", "Evidence"),
    ("errors.form", "Every refusal is JSON with error, sentence and hint.", "Errors"),
    ("busy.limit", "Too many requests are refused for a while (429 busy, with Retry-After).", "Limits"),
)
CATALOGUE: Final = {code: Check(code=code, sentence=sentence, section=section) for code, sentence, section in _PLAIN}
