# SPDX-License-Identifier: Apache-2.0
"""What makes an exercise hard: each inject changes a world that is otherwise made. Source: docs/spec/exercises.md."""

from dataclasses import dataclass, field, replace
from typing import Final

from lintas.errors import BadInput
from lintas.exercises.cast import Cast, luhn, whole
from lintas.exercises.dice import Dice
from lintas.exercises.lands import HOUSES, LANDS
from lintas.exercises.network import MINUTE, Network, run_off, take_in
from lintas.exercises.papers import letter_in_thai, shelter_note
from lintas.exercises.world import Account, Inject, Note, Report, Role
from lintas.model.money import Channel

_SKEW_S: Final = (150, 400)


@dataclass(slots=True)
class Injected:
    """The crimes of a world while it is made, and what was injected so far."""

    wanted: tuple[Inject, ...]
    nodes: tuple[str, ...]
    first_at: int
    networks: list[Network] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    wallets: dict[str, Account] = field(default_factory=dict)  # victim's label -> own account
    further: dict[str, int] = field(default_factory=dict)  # victim's label -> what one would pay more
    skew_s: dict[str, int] = field(default_factory=dict)
    offline: dict[str, tuple[int, int]] = field(default_factory=dict)
    thai_bank: str = ""
    wrong_accounts: list[str] = field(default_factory=list)
    _victims: int = 0
    _reports: int = 0

    def next_victim(self) -> str:
        """The label of one more victim: V1, V2 and so on."""
        self._victims += 1
        return f"V{self._victims}"

    def next_report(self) -> str:
        """The reference of one more report: R1, R2 and so on."""
        self._reports += 1
        return f"R{self._reports}"

    def share(self, number: int) -> Account | None:
        """The account that the second network takes over from the first, where that is wanted."""
        is_shared = Inject.TWO_CASES in self.wanted and number == 2
        return self.networks[0].second[0] if is_shared else None

    def network_of(self, report: Report) -> Network:
        """The one that has a victim's money."""
        keys = {account.key for one in self.networks for account in one.first + one.second}
        assert report.account in keys, "victims pay mules"
        return next(
            one for one in self.networks if report.account in {account.key for account in one.first + one.second}
        )


def inject(cast: Cast, dice: Dice, draft: Injected) -> None:
    """Do what is wanted, in the order of the list.

    Raises:
        BadInput: An inject needs a country that does not play.
    """
    for one in Inject:
        if one in draft.wanted and one in _DO:
            _DO[one](cast, dice.fork(one.value), draft)


def _wrong_digit(cast: Cast, dice: Dice, draft: Injected) -> None:
    """The report's account is another one, of somebody who has nothing to do with it."""
    place = dice.below(len(draft.reports))
    report = draft.reports[place]
    bic, _, number = report.account.partition(":")
    land = LANDS[HOUSES[bic].country]
    if land.code == "CN":
        wrong = luhn(f"{number[:-2]}{(int(number[-2]) + 1) % 10}")
    else:
        wrong = f"{number[:-1]}{(int(number[-1]) + dice.between(1, 9)) % 10}"
    key = f"{bic}:{wrong}"
    if key not in cast.accounts:
        bystander = cast.person(land, Role.INNOCENT)
        opening = whole(land, land.salary[1] * 3)
        cast.add(Account(key=key, holder=bystander.id, country=land.code, currency=land.currency, opening=opening))
    draft.reports[place] = replace(report, account=key, corrected_at=report.at + dice.between(6, 15) * MINUTE)
    draft.wrong_accounts.append(key)


def _innocent_salary(cast: Cast, dice: Dice, draft: Injected) -> None:
    """An account was used without its holder's knowledge; the salary comes while the money is there."""
    mule = draft.networks[0].second[-1]
    land = LANDS[mule.country]
    arrivals = sorted(move.credit_at for move in cast.moves if move.payee == mule.key and move.network)
    at = (arrivals[0] if arrivals else draft.first_at) + dice.between(1, 15)
    cast.holders[mule.holder] = replace(cast.holders[mule.holder], role=Role.INNOCENT)
    employer = next(
        account
        for account in cast.accounts.values()
        if cast.holders[account.holder].role is Role.EMPLOYER and account.country == land.code
    )
    amount = whole(land, dice.between(*land.salary))
    cast.pay(employer, mule, at, amount, lag=(2, 8), channel=Channel.WIRE, note="SALARY")


def _duplicate_report(cast: Cast, dice: Dice, draft: Injected) -> None:
    """The same payments again, from another office, naming the account rightly."""
    report = dice.pick([one for one in draft.reports if not one.duplicate_of])
    right = next(move for move in cast.moves if move.id == report.moves[0]).payee
    draft.reports.append(
        replace(
            report,
            ref=draft.next_report(),
            at=report.at + dice.between(4, 12) * MINUTE,
            how="counter" if report.how != "counter" else "phone",
            account=right,
            duplicate_of=report.ref,
            corrected_at=0,
        )
    )


def _clock_skew(cast: Cast, dice: Dice, draft: Injected) -> None:
    """The clock of a bank that money passes is minutes off."""
    bic = dice.pick(draft.networks[0].second).bic
    draft.skew_s[bic] = dice.between(*_SKEW_S) * (1 if dice.chance(50) else -1)


def _thai_answer(cast: Cast, dice: Dice, draft: Injected) -> None:
    if "TH" not in draft.nodes:
        raise BadInput("A bank answers in Thai where TH plays.", hint="Add TH to the nodes, or leave thai_answer out.")
    banks = [house for house in LANDS["TH"].houses if house.kind == "bank"]
    used = [account for one in draft.networks for account in one.last if account.country == "TH"]
    account = used[0] if used else None
    draft.thai_bank = account.bic if account is not None else dice.pick(banks).bic
    at = draft.first_at + dice.between(15, 40) * MINUTE
    number = account.number if account is not None else dice.digits(10)
    text = letter_in_thai(HOUSES[draft.thai_bank].name, number, at)
    draft.notes.append(Note(node="TH", name="bank-letter-th.txt", at=at, text=text))


def _node_offline(cast: Cast, dice: Dice, draft: Injected) -> None:
    """The desk that most of the money passes cannot be reached for a while."""
    first = min(report.at for report in draft.reports)
    start = first + dice.between(0, 2) * MINUTE
    draft.offline[draft.networks[0].route[1]] = start, start + dice.between(12, 20) * MINUTE


def _trafficked_mule(cast: Cast, dice: Dice, draft: Injected) -> None:
    """Somebody in a compound was made to open the account."""
    account = draft.networks[0].last[-1]
    holder = replace(cast.holders[account.holder], trafficked=True)
    cast.holders[holder.id] = holder
    at = draft.first_at + dice.between(20, 50) * MINUTE
    text = shelter_note(holder, account.bic, account.number, at)
    draft.notes.append(Note(node=account.country, name="shelter-note.txt", at=at, text=text))


def _still_believes(cast: Cast, dice: Dice, draft: Injected) -> None:
    """After somebody else reported for them, the victim pays once more; the bank tells of it."""
    report = min((one for one in draft.reports if not one.duplicate_of), key=lambda one: (one.at, one.ref))
    network = draft.network_of(
        replace(report, account=next(move for move in cast.moves if move.id == report.moves[0]).payee)
    )
    unit = f"{report.label}.{len(report.units) + 1}"
    at = report.at + dice.between(4, 12) * MINUTE
    mule = network.first[-1]
    move = take_in(cast, network, draft.wallets[report.label], mule, at, draft.further[report.label], unit)
    run_off(cast, dice, network)
    draft.reports.append(
        replace(
            report,
            ref=draft.next_report(),
            units=(unit,),
            moves=(move.id,),
            at=move.credit_at + dice.between(3, 9) * MINUTE,
            how="online",
            account=move.payee,
            corrected_at=0,
        )
    )


_DO: Final = {
    Inject.WRONG_DIGIT: _wrong_digit,
    Inject.INNOCENT_SALARY: _innocent_salary,
    Inject.DUPLICATE_REPORT: _duplicate_report,
    Inject.CLOCK_SKEW: _clock_skew,
    Inject.THAI_ANSWER: _thai_answer,
    Inject.NODE_OFFLINE: _node_offline,
    Inject.TRAFFICKED_MULE: _trafficked_mule,
    Inject.STILL_BELIEVES: _still_believes,
}
