# SPDX-License-Identifier: Apache-2.0
"""docs/spec/peer.md: its vectors are made by their script, read by our code, each bad one refused for its defect."""

import base64
import json
import re
import ssl
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from lintas import limits
from lintas.crypto.checkpoint import open_checkpoint
from lintas.crypto.merkle import verify_consistency
from lintas.crypto.note import Note, format_note, parse_note, parse_vkey, verify_note
from lintas.crypto.proof import parse_receipt, verify_receipt
from lintas.crypto.requests import verify_request
from lintas.crypto.signing import key_id, node_id
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.crypto.tls import public_of
from lintas.crypto.witness import parse_cosignatures, parse_offer
from lintas.crypto.words import same_words, words_of
from lintas.errors import BadInput, BadSignature, OverLimit, PeerRefused
from lintas.formats.peer import (
    Ack,
    Batch,
    Hello,
    ProofAnswer,
    Welcome,
    decode,
    open_document,
    opened,
    signed_of,
)
from lintas.formats.peer.descriptor import read_descriptor
from lintas.model.header import Kind
from lintas.model.peering import Action, Cursor, Lane, ReceiptState, Standing
from lintas.web.routes import PEER_ROUTES
from lintas.work.exchange.opening import Expected, open_batch

ROOT = Path(__file__).resolve().parents[2]
SPEC = (ROOT / "docs" / "spec" / "peer.md").read_text(encoding="utf-8")
VECTORS = ROOT / "docs" / "spec" / "vectors" / "peer"


def loaded(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def raw(name: str) -> bytes:
    return (VECTORS / name).read_bytes()


KEYS, CHAIN, REQUESTS, REFUSED = (loaded(f"{name}.json") for name in ("keys", "chain", "requests", "refused"))
MY, SG = KEYS["MY"], KEYS["SG"]


def signing(node: dict[str, Any]) -> dict[str, bytes]:
    key = node["keys"]["signing"]
    return {key["id"]: bytes.fromhex(key["public"])}


EXPECTED = Expected(node=MY["node"], me=SG["node"], mode="exercise", channel=CHAIN["channel"], keys=signing(MY))


def test_the_script_makes_what_is_committed(tmp_path: Path) -> None:
    made_by = [sys.executable, "-m", "tools.make_peer_vectors", str(tmp_path)]
    subprocess.run(made_by, check=True, cwd=ROOT, timeout=250)
    made = {str(file.relative_to(tmp_path)): file.read_bytes() for file in tmp_path.rglob("*.*")}
    assert made == {str(file.relative_to(VECTORS)): file.read_bytes() for file in VECTORS.rglob("*.*")}


@pytest.mark.parametrize("node", [MY, SG], ids=["MY", "SG"])
def test_ids_and_words_follow_from_the_keys(node: dict[str, Any]) -> None:
    root = bytes.fromhex(node["keys"]["root"]["public"])
    assert node_id(root) == node["node"]
    assert words_of(root) == node["words"]
    assert same_words(node["words"].upper(), root)
    for key in node["keys"].values():
        assert key_id(bytes.fromhex(key["public"])) == key["id"]


def test_the_descriptor_is_read() -> None:
    opened_ = read_descriptor(raw("descriptor.json"))
    assert opened_.node == MY["node"]
    assert list(opened_.tls) == [MY["keys"]["tls"]["id"]]
    assert list(opened_.cosign) == [MY["keys"]["cosign"]["id"]]


def test_greeting_and_answer_belong_together() -> None:
    hello = decode(Hello, open_document("hello", raw("hello.json"), keys=signing(SG), bytes_max=limits.HELLO_BYTES_MAX))
    answer = open_document("welcome", raw("welcome.json"), keys=signing(MY), bytes_max=limits.HELLO_BYTES_MAX)
    welcome = decode(Welcome, answer)
    assert welcome.challenge == hello.challenge
    assert (welcome.sender, welcome.to) == (hello.to, hello.sender)
    assert [tip.chain for tip in welcome.tips] == [CHAIN["chain_after_each"][-1], CHAIN["starts"]["bulk"]]


def test_the_batch_is_taken_and_the_ack_says_so() -> None:
    batch = open_batch(raw("batch.json"), EXPECTED)
    assert [None if one is None else one.kind for one in batch.places] == [Kind.ITEM, Kind.RECEIPT, None]
    assert batch.digests == tuple(CHAIN["places"])
    ack = decode(Ack, open_document("ack", raw("ack.json"), keys=signing(SG), bytes_max=limits.HELLO_BYTES_MAX))
    assert Cursor.from_text(ack.cursor) == Cursor(incarnation=batch.incarnation, alert=batch.last)


def test_the_chain_follows_from_the_messages() -> None:
    for lane, start in CHAIN["starts"].items():
        assert chain_start(CHAIN["channel"], CHAIN["incarnation"], lane) == start
    assert [place_digest(message) for message in CHAIN["messages"]] == CHAIN["places"]
    for count, chain in enumerate(CHAIN["chain_after_each"], start=1):
        assert chain_after(CHAIN["starts"]["alert"], CHAIN["places"][:count]) == chain


def verified(said: dict[str, Any]) -> str:
    fields = {name: said[name] for name in ("method", "path", "query", "headers")}
    return verify_request(signing(SG), **fields, body=said["body"].encode()).nonce


@pytest.mark.parametrize("said", REQUESTS, ids=lambda said: said["name"])
def test_a_request_verifies_and_its_base_is_the_one_that_is_shown(said: dict[str, Any]) -> None:
    assert verified(said) in said["headers"]["signature-input"]
    digest = base64.b64encode(sha256(said["body"].encode()).digest()).decode()
    lines = said["signature_base"].split("\n")
    assert lines[3] == f'"content-digest": sha-256=:{digest}:'
    assert lines[:3] == [f'"@method": {said["method"]}', f'"@path": {said["path"]}', f'"@query": ?{said["query"]}']


def test_the_release_is_proven_under_the_head_of_the_batch() -> None:
    answer = decode(ProofAnswer, raw("proof.json"))
    entry = signed_of(answer.entry)
    receipt = parse_receipt(answer.receipt.encode())
    verify_receipt(receipt, entry.leaf, parse_vkey(MY["log"]))
    assert json.loads(entry.header_bytes)["body"]["chain"] == CHAIN["chain_after_each"][-1]
    assert open_batch(raw("batch.json"), EXPECTED).head.encode() == receipt.checkpoint


def test_the_offer_continues_the_older_head_and_is_cosigned() -> None:
    offer = parse_offer(raw("offer.txt"))
    head = open_checkpoint(offer.note, parse_vkey(MY["log"])).checkpoint
    first = signed_of_keys().leaf
    verify_consistency(1, first, head.size, head.root, offer.proof)
    lines = parse_cosignatures(raw("cosignature.txt"))
    note = Note(text=parse_note(offer.note).text, signatures=(*parse_note(offer.note).signatures, *lines))
    assert format_note(note) == raw("cosigned.note")
    (by_log, by_peer) = verify_note(note, [parse_vkey(MY["log"]), parse_vkey(SG["cosigner"])])
    assert (by_log.at_s, by_peer.at_s) == (None, 1_767_225_600)


def signed_of_keys() -> Any:
    return read_descriptor(raw("descriptor.json")).key_message


def test_the_feed_carries_the_batch_and_the_head() -> None:
    batch, head = raw("feed.txt").decode().removesuffix("\n\n").split("\n\n", 1)
    assert batch == f"event: batch\nid: {CHAIN['incarnation']}.3.0\ndata: {raw('batch.json').decode()}"
    name, *lines = head.split("\n")
    assert name == "event: head"
    note = "\n".join(line.removeprefix("data: ").removeprefix("data:") for line in lines)
    assert note.encode() == open_batch(raw("batch.json"), EXPECTED).head.encode()


def test_the_certificate_shows_the_tls_key() -> None:
    der = ssl.PEM_cert_to_DER_cert(raw("certificate.pem").decode())
    assert public_of(der).hex() == MY["keys"]["tls"]["public"]


def refusal(name: str) -> str:
    """Read one bad file as what its name says, and return the code of the refusal."""
    what = name.partition("_")[0]
    given = raw(f"bad/{name}.json")
    try:
        if what == "batch":
            open_batch(given, EXPECTED)
        elif what == "request":
            verified(json.loads(given))
        elif what == "descriptor":
            read_descriptor(given)
        else:
            kinds: dict[str, type[Ack | Hello | Welcome]] = {"ack": Ack, "hello": Hello, "welcome": Welcome}
            keys = signing(MY if what == "welcome" else SG)
            decode(kinds[what], open_document(what, given, keys=keys, bytes_max=limits.HELLO_BYTES_MAX))
    except PeerRefused as exc:
        return exc.what
    except BadSignature:
        return "signature"
    except (BadInput, OverLimit):
        return "malformed"
    return "taken"


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_bad_vector_is_refused_with_its_code(name: str) -> None:
    assert refusal(name) == REFUSED[name]


def test_every_bad_vector_is_tried_and_no_two_are_the_same() -> None:
    files = {file.stem: file.read_bytes() for file in (VECTORS / "bad").iterdir()}
    assert files.keys() == REFUSED.keys()
    assert len(set(files.values())) == len(files) >= 80
    assert not set(files.values()) & {file.read_bytes() for file in VECTORS.glob("*.*")}


def test_the_places_of_the_batch_are_what_the_bad_ones_are_made_of() -> None:
    """A vector that fails for a second reason would prove nothing: changed back, it is the good one."""
    good = json.loads(raw("batch.json"))["signed"]
    for name in ("batch_payload_changed", "batch_salt_changed", "batch_recipient_not_opened"):
        bad = loaded(f"bad/{name}.json")["signed"]
        bad["places"][0]["payload"] = good["places"][0]["payload"]
        assert bad == good
    found = [
        opened(place)
        for place in decode(
            Batch, json.dumps(good, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        ).places
    ]
    assert found[2] is None


def table(heading: str) -> list[str]:
    """First cells of the table below a heading."""
    section = SPEC.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    return [
        name for row in re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    ]


def test_the_page_lists_every_route() -> None:
    listed = {row.split(" ")[1].partition("?")[0] + " " + row.split(" ")[0] for row in table("## Routes")}
    assert listed == {f"{spec.path} {spec.method}" for spec in PEER_ROUTES}


@pytest.mark.parametrize("words", [Action, Standing, Lane, ReceiptState], ids=lambda words: words.__name__)
def test_the_page_names_every_word_of_peering(words: Any) -> None:
    for word in words:
        assert f"`{word.value}`" in SPEC


def test_the_page_names_the_code_of_each_refusal() -> None:
    named = set(table("## Errors"))
    assert set(REFUSED.values()) <= named


@pytest.mark.parametrize(
    "name",
    [
        "BATCH_BYTES_MAX",
        "BATCH_MESSAGES_MAX",
        "DESCRIPTOR_BYTES_MAX",
        "GOSSIP_NOTES_MAX",
        "HELLO_BYTES_MAX",
        "PEER_REQUESTS_BURST",
        "PEER_REQUESTS_S_MAX",
        "RELEASE_BYTES_MAX",
    ],
)
def test_the_limits_on_the_page_are_those_of_the_code(name: str) -> None:
    assert f"{getattr(limits, name):,}" in SPEC.partition("\n## Limits\n")[2]
