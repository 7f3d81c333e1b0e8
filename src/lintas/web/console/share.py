# SPDX-License-Identifier: Apache-2.0
"""Share: what is about to leave, who will see it and why not the others; nothing goes out that was not looked at first.

What is chosen is held in memory under a random id, as questions are: a thousand ids stand in no address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from lintas.errors import LintasError, UnknownTerm, WrongUse
from lintas.formats.law import LawProfile
from lintas.model.peer_answers import PeerLine
from lintas.model.share_answers import RefusedLine, Shared
from lintas.web.calls import Call, Sharing
from lintas.web.console.approvals import must_confirm, propose_or_do
from lintas.web.console.page import page, see_other
from lintas.web.rendering import strictest
from lintas.work.access import one_entry
from lintas.work.peering import list_peers
from lintas.work.sharing import chosen, preview, share

LINES_SHOWN: Final = 200  # refusals of one peer on the result page; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the form says."""

    purpose: str
    basis: str
    is_urgent: bool
    to: tuple[str, ...]  # node ids that are ticked

    @property
    def looked_at(self) -> str:
        """What a preview depends on; the form carries it back, so that what was shown is what is done."""
        return f"{self.purpose} {self.basis}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What one peer would get, or got."""

    peer: PeerLine
    goes: int  # messages
    has: int  # messages that it has already
    stays: int  # messages
    reasons: tuple[tuple[str, int], ...]  # why they stay, and for how many messages
    refused: tuple[RefusedLine, ...]
    is_ticked: bool

    @property
    def verdict(self) -> str:
        """In one word."""
        if self.goes:
            return "some" if self.stays else "all"
        if self.has:
            return "rest" if self.stays else "has"
        return "none"


def choose(call: Call) -> Response:
    """Hold what was chosen on another page, and show who would see it."""
    messages = call.form.texts("message")
    if not messages:
        raise WrongUse("No message is ticked.", hint="Go back and tick what is to be shared.")
    key = call.console.sharings.put(call.owner, Sharing(messages=messages), size_bytes=64 * len(messages))
    return see_other(f"/share/{key}")


def show_form(call: Call) -> Response:
    """Show what was chosen, with the usual purpose and basis, and who would see it."""
    profile = _profile(call)
    asked = _Asked(purpose=profile.default_purpose, basis=profile.default_basis, is_urgent=False, to=())
    return _form(call, asked)


def look(call: Call) -> Response:
    """Show who would see it for another purpose or on another basis."""
    asked = _read(call)
    if not call.is_partial:
        return _form(call, asked)
    seen = _preview(call, _held(call), asked)
    return page(call, "share_who.html", title="Share", seen=seen, asked=asked, unsure=_unsure(call, asked))


def send(call: Call) -> Response:
    """Release to those who are ticked, if this is what was looked at."""
    asked = _read(call)
    if call.form.text("looked_at") != asked.looked_at.strip():
        changed = WrongUse(
            "Purpose or basis changed after you looked at who will see it. Nothing was sent.",
            hint="Below stands who will see it now. If that is right, share.",
        )
        return _form(call, asked, problem=changed)
    if not asked.to:
        nobody = WrongUse("No peer is ticked, so nobody gets it.", hint="Tick who is to have it.")
        return _form(call, asked, problem=nobody)
    said = {
        "messages": list(_held(call).messages),
        "to": list(asked.to),
        "purpose": asked.purpose,
        "basis": asked.basis,
        "urgent": asked.is_urgent,
    }
    if (proposed := propose_or_do(call, "share", said)) is not None:
        return proposed
    done = share(
        call.services,
        call.viewer,
        _held(call).messages,
        to=asked.to,
        purpose=asked.purpose,
        basis=asked.basis,
        urgent=asked.is_urgent,
    )
    kept = Sharing(messages=_held(call).messages, done=done)
    size = 400 * (len(done.released) + len(done.refused))
    return see_other(f"/share/{call.console.sharings.put(call.owner, kept, size_bytes=size)}/done")


def show_result(call: Call) -> Response:
    """Say what was released and what was refused."""
    done = _held(call).done
    if done is None:
        return see_other(f"/share/{call.path('sharing')}")
    what = chosen(call.services, call.viewer, _held(call).messages)
    peers = list_peers(call.services, call.viewer).peers
    profile = _profile(call)
    return page(
        call,
        "shared.html",
        title="Shared",
        section="outbox",
        tlp=strictest([what.marking] if what.marking else []),
        done=done,
        groups=_seen(peers, done, set()),
        count=what.count,
        lines_shown=LINES_SHOWN,
        purpose_label=profile.purposes[done.purpose].label if done.purpose in profile.purposes else done.purpose,
        basis_label=profile.bases[done.basis].label if done.basis in profile.bases else done.basis,
    )


def _read(call: Call) -> _Asked:
    form = call.form
    return _Asked(
        purpose=form.text("for")[:64],
        basis=form.text("basis")[:64],
        is_urgent=form.has("urgent"),
        to=form.texts("to"),
    )


def _form(call: Call, asked: _Asked, problem: LintasError | None = None) -> Response:
    sharing = _held(call)
    with one_entry(call.services, call.viewer, "preview"):
        what = chosen(call.services, call.viewer, sharing.messages)
        seen = _preview(call, sharing, asked)
    profile = _profile(call)
    return page(
        call,
        "share.html",
        title="Share",
        section="outbox",
        tlp=strictest([what.marking] if what.marking else []),
        status=400 if problem else 200,
        problem=problem,
        sharing_id=call.path("sharing"),
        what=what,
        profile=profile,
        asked=asked,
        seen=seen,
        unsure=_unsure(call, asked),
        is_ordered=must_confirm(call, "share"),
    )


def _preview(call: Call, sharing: Sharing, asked: _Asked) -> list[_Seen]:
    peers = [one for one in list_peers(call.services, call.viewer).peers if one.standing != "removed"]
    if not peers:
        return []
    shared = preview(
        call.services,
        call.viewer,
        sharing.messages,
        to=[one.node for one in peers],
        purpose=asked.purpose,
        basis=asked.basis,
    )
    return _seen(peers, shared, set(asked.to))


def _seen(peers: Sequence[PeerLine], shared: Shared, ticked: set[str]) -> list[_Seen]:
    """Put what was decided for each message together by peer, those left out of whom nothing was asked."""
    goes: dict[str, list[bool]] = {}
    stays: dict[str, list[RefusedLine]] = {}
    for line in shared.released:
        goes.setdefault(line.to, []).append(line.already)
    for refusal in shared.refused:
        stays.setdefault(refusal.to, []).append(refusal)
    return [
        _Seen(
            peer=peer,
            goes=goes.get(peer.node, []).count(False),
            has=goes.get(peer.node, []).count(True),
            stays=len(stays.get(peer.node, [])),
            reasons=_counted(stays.get(peer.node, [])),
            refused=tuple(stays.get(peer.node, [])[:LINES_SHOWN]),
            is_ticked=peer.node in ticked,
        )
        for peer in peers
        if peer.node in goes or peer.node in stays
    ]


def _counted(refused: Sequence[RefusedLine]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for line in refused:
        counts[line.reason] = counts.get(line.reason, 0) + 1
    return tuple(sorted(counts.items(), key=lambda pair: -pair[1]))


def _unsure(call: Call, asked: _Asked) -> list[str]:
    """What of the law that decides was not confirmed by a source."""
    profile = _profile(call)
    named = call.language.sentence
    told = [] if profile.confirmed else [call.say("the law profile (%(name)s)", name=named(profile.label))]
    purpose, basis = profile.purposes.get(asked.purpose), profile.bases.get(asked.basis)
    if purpose is not None and not purpose.confirmed:
        told.append(call.say("the purpose “%(name)s”", name=named(purpose.label)))
    if basis is not None and not basis.confirmed:
        told.append(call.say("the basis “%(name)s”", name=named(basis.label)))
    return told


def _profile(call: Call) -> LawProfile:
    return call.services.packs.law.of(call.services.config.country)


def _held(call: Call) -> Sharing:
    held = call.console.sharings.get(call.owner, call.path("sharing"))
    if held is None:
        raise UnknownTerm(
            "What you chose to share is no longer held.",
            hint="It stands in memory for half an hour. Choose the messages again; the Outbox shows what was released.",
        )
    return held
