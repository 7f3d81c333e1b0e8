# SPDX-License-Identifier: Apache-2.0
"""The drills of docs/howto/keys.md: what counts after a key was stolen or lost, at home and at a peer."""

import json
import shutil
from pathlib import Path

import pytest

from lintas.crypto.canonical import canonical_json
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey
from lintas.errors import BadInput, NodeDamaged, PeerRefused
from lintas.model.header import Mode
from lintas.model.marking import Marking, Tlp
from lintas.node.keys import new_key
from lintas.node.node import Node
from lintas.node.rotating import rotate
from lintas.testing import OFFICER, FakeClock, carry, shared_readers, two_nodes
from lintas.work.exchange import next_batch, our_cursor, receive_batch
from lintas.work.intake import TakeOptions
from lintas.work.keeping import keys_and_health
from lintas.work.peering import describe, learn_descriptor
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.sharing import share
from tests.scenario.giving import take_text
from tests.scenario.heads import cosign
from tests.scenario.introducing import introduce, person


def id_of(node: Node) -> str:
    return node.services.keys.node


def released(here: Node, there: Node, text: str) -> None:
    marking = TakeOptions(marking=Marking(tlp=Tlp.GREEN, purposes=frozenset({"investigation"})))
    taken = take_text(here.services, text, options=marking)
    to, basis = [id_of(there)], "police_cooperation"
    done = share(here.services, OFFICER, taken.messages, to=to, purpose="investigation", basis=basis)
    assert done.released, done


@pytest.fixture
def pair(tmp_path: Path, clock: FakeClock) -> Path:
    """Two nodes that exchanged; the first has an operator. At rest."""
    with two_nodes(tmp_path, clock=clock, mode=Mode.LIVE) as (here, there):
        introduce(here, there)
        introduce(there, here)
        person(here, "Contoh Kunci", role="operator")
        released(here, there, "call +60123456789")
        assert carry(here, there) > 0
        cosign(there, here)
    return tmp_path


def forged(node: Node, thief: SigningKey, **changes: object) -> int:
    """Put an entry into a log that the thief signed; dated long before."""
    entry = node.services.store.read(lambda snapshot: next(snapshot.entries(1, 2)))
    header = json.loads(entry.header) | {"created_at": "2020-01-01T00:00:00.000Z"} | changes
    signed = sign_header(canonical_json(header), thief)
    return node.services.store.write(lambda tx: tx.append(signed, None, ""))


def problems(node: Node) -> list[str]:
    return verify(node.services, progress=no_progress).problems


def test_a_stolen_key_counts_before_its_revocation_and_for_nothing_after(pair: Path, clock: FakeClock) -> None:
    with Node.open(pair / "my", clock=clock, readers=shared_readers()) as here:
        thief = here.services.keys.signing
    shutil.copytree(pair / "my", pair / "stolen")
    rotate(pair / "my", by="Contoh Kunci", revoke=True)
    with (
        Node.open(pair / "stolen", clock=clock, readers=shared_readers()) as copy,
        two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there),
    ):
        released(copy, there, "call +60199999999: the thief says so")
        cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
        batch = next_batch(copy.services, id_of(there), cursor)
        assert batch is not None
        assert problems(here) == []  # all that the stolen key signed before stands
        assert learn_descriptor(there.services, id_of(here), describe(here.services))
        with pytest.raises(PeerRefused):  # the thief's own batch, at a peer that has heard
            receive_batch(there.services, id_of(here), batch.document)
        assert problems(there) == []
        released(here, there, "call +60123456780")
        assert carry(here, there) > 0  # and the node itself goes on
        seq = forged(here, thief)
        assert any(f"entry {seq}: " in one for one in problems(here))
        states = {key.id: key.state for key in keys_and_health(here.services, OFFICER).keys}
        assert states[thief.key_id] == "revoked"


def test_an_entry_that_a_thief_dates_before_the_revocation_is_named(pair: Path, clock: FakeClock) -> None:
    """Clocks prove nothing: the place in the log decides."""
    with Node.open(pair / "my", clock=clock, readers=shared_readers()) as here:
        thief = here.services.keys.signing
    rotate(pair / "my", by="Contoh Kunci", revoke=True)
    with Node.open(pair / "my", clock=clock, readers=shared_readers()) as here:
        seq = forged(here, thief, created_at="2019-01-01T00:00:00.000Z")
        assert any(f"entry {seq}: " in one for one in problems(here)), problems(here)


def test_lost_operational_keys_are_made_anew_by_a_root_kept_elsewhere(
    pair: Path, clock: FakeClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    safe = tmp_path_factory.mktemp("safe") / "root.pem"
    shutil.move(pair / "my" / "keys" / "root.pem", safe)
    with pytest.raises(NodeDamaged):
        rotate(pair / "my", by="Contoh Kunci")
    done = rotate(pair / "my", by="Contoh Kunci", root_file=safe)
    assert done.serial == 1
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        assert learn_descriptor(there.services, id_of(here), describe(here.services))
        carry(here, there)
        assert (problems(here), problems(there)) == ([], [])


def test_without_its_root_a_node_works_and_can_never_change_keys(pair: Path, clock: FakeClock) -> None:
    (pair / "my" / "keys" / "root.pem").unlink()
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        released(here, there, "call +60123456781")
        assert carry(here, there) > 0
        assert problems(here) == []
    with pytest.raises(NodeDamaged):
        rotate(pair / "my", by="Contoh Kunci")
    other = pair / "other.pem"
    other.write_bytes(new_key().to_pem())
    with pytest.raises(BadInput):
        rotate(pair / "my", by="Contoh Kunci", root_file=other)
