# SPDX-License-Identifier: Apache-2.0
"""Measure sign-in: by password beside the bare password hash, which alone may limit it, and by passkey.

The hash of both sides is the same Argon2id string with the product's parameters; sign-in adds what it counts, looks up
and writes.
"""

import json
import time
from collections.abc import Callable
from typing import Final

from argon2 import PasswordHasher
from argon2.profiles import RFC_9106_LOW_MEMORY
from measuring import Bench, median, spread

from lintas.crypto.passkeys import SoftPasskey
from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.work.accounts import create_account, sign_in
from lintas.work.accounts.passkey_entry import begin_passkey, sign_in_by_passkey
from lintas.work.accounts.passkeys import begin_enrolment, enrol
from lintas.work.accounts.relying_party import relying_party
from lintas.work.services import Services

HOST: Final = "localhost:8417"
PASSWORD: Final = "several plain words"  # noqa: S105  # of an account that only this bench has
TARGET: Final = "> 90"  # percent of the bare hash: sign-in is limited by nothing else


def rate(count: int, do: Callable[[], object]) -> float:
    """How often a second something is done."""
    start = time.perf_counter()
    for _ in range(count):
        do()
    return count / (time.perf_counter() - start)


def measure_passwords(bench: Bench, services: Services) -> None:
    """Sign in by password, and verify the same password without anything around it."""
    hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
    stored = hasher.hash(PASSWORD)
    count = 5 if bench.small else 40
    rates = bench.alternate(
        {
            "sign-in": lambda: rate(count, lambda: sign_in(services, "Bench", PASSWORD)),
            "hash": lambda: rate(count, lambda: hasher.verify(stored, PASSWORD)),
        }
    )
    shares = [100 * one / bare for one, bare in zip(rates["sign-in"], rates["hash"], strict=True)]
    bench.say("sign-in by password", median(rates["sign-in"]), "/s", turns=spread(rates["sign-in"]))
    bench.say("bare Argon2id", median(rates["hash"]), "/s", turns=spread(rates["hash"]))
    bench.say("sign-in by password, of the bare hash", median(shares), "%", target=TARGET, turns=spread(shares))


def measure_passkeys(bench: Bench, services: Services, account: str) -> None:
    """Sign in by passkey: a challenge, an answer by an authenticator in software, a session."""
    party = relying_party(services, HOST, is_secure=False)
    key = SoftPasskey(services.keys.random, party.id, f"http://{HOST}")
    asked = begin_enrolment(services, account, party)
    enrol(services, account, json.dumps(key.register(asked)), label="bench", party=party)

    def enter() -> None:
        answer = json.dumps(key.answer_json(begin_passkey(services, party)))
        sign_in_by_passkey(services, answer, party=party)

    count = 20 if bench.small else 300
    rates = bench.alternate({"passkey": lambda: rate(count, enter)})["passkey"]
    bench.say("sign-in by passkey", median(rates), "/s", turns=spread(rates))


def main() -> None:
    """Print one line for each figure."""
    bench = Bench("people_sign_in", "sign-in by password and by passkey")
    with bench.folder() as folder:
        Node.create(folder / "node", name="Bench", country="MY", mode=Mode.EXERCISE)
        with Node.open(folder / "node") as node:
            services = node.services
            account = create_account(
                services, name="Bench", password=PASSWORD, role="case_officer", clearance=Tlp.AMBER
            )
            bench.run(
                {
                    "passwords": lambda it: measure_passwords(it, services),
                    "passkeys": lambda it: measure_passkeys(it, services, account),
                }
            )
    bench.finish()


if __name__ == "__main__":
    main()
