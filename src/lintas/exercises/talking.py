# SPDX-License-Identifier: Apache-2.0
"""What desks may talk about after an exercise, and what its score cannot say.

Each sentence is a constant or one f-string: pages recognise it by its fixed parts and say it in the reader's language.
"""

from typing import Any, Final

from lintas.formats.currencies import said_amount

LIMITS: Final = (
    "Money of several victims and clean money mix in one account; whose it is follows the rule that the oldest goes "
    "first (FIFO), in the truth as in the score. Another rule gives other amounts. Reachable is what could have been "
    "held if every desk and bank had done at once, at each report, what can be done; money under way in that second "
    "is not in it, so that a desk that looks again may hold more. Amounts in several currencies are put together by "
    "the exercise's own rates."
)


def questions(score: dict[str, Any]) -> list[str]:
    """What the desks may ask themselves."""
    found = []
    if score["share_of_reachable"] is not None and score["share_of_reachable"] < 1:
        found.append(_went_on(1 - score["share_of_reachable"], score["minutes_per_hop"]))
    found += [
        f"{one['hold']} at {one['account']} took {said_amount(one['minor'], one['currency'])} that was not "
        f"{one['report']}'s money. What did the desk know then, and who frees it?"
        for one in score["wrong_holds"]
    ]
    if score["missed_expiries"]:
        found.append(f"{len(score['missed_expiries'])} holds ran out and nobody decided. Who watches the clocks?")
    if score["basis_errors"]:
        found.append(f"{len(score['basis_errors'])} requests named no basis that covers them. Who chooses it?")
    if score["protected"]["wanted"] > score["protected"]["done"]:
        found.append("A holder who was trafficked was treated as a mule. Who read the shelter's note?")
    return found or ["Everything that could be reached was held, and nothing else."]


def _went_on(share: float, hops: list[dict[str, Any]]) -> str:
    slow = max(hops, key=lambda one: one["more"], default=None)
    if slow is None:
        return f"{share:.0%} of what could be reached went on before a hold."
    return (
        f"{share:.0%} of what could be reached went on before a hold. "
        f"The longest step was to hop {slow['hop']}: {slow['more']} minutes."
    )
