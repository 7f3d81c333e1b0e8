# SPDX-License-Identifier: Apache-2.0
"""A person with an authenticator in software, before a real console."""

import json
from typing import Final

from lintas.crypto.passkeys import SoftPasskey
from lintas.node.node import Node
from lintas.work.accounts.passkey_entry import begin_passkey, sign_in_by_passkey
from lintas.work.accounts.passkeys import PasskeyShown, begin_enrolment, enrol
from lintas.work.accounts.relying_party import RelyingParty, relying_party
from lintas.work.accounts.sessions import Started
from lintas.work.services import Services
from tests.scenario.browsing import Browser, Page

HOST: Final = "localhost:8420"
ORIGIN: Final = f"http://{HOST}"


def party(services: Services) -> RelyingParty:
    """Where passkeys work, as a page opened at `HOST` has it."""
    return relying_party(services, HOST, is_secure=False)


def authenticator(services: Services, *, origin: str = ORIGIN, rp_id: str = "localhost") -> SoftPasskey:
    """A fresh authenticator."""
    return SoftPasskey(services.keys.random, rp_id, origin)


def enrolled(services: Services, account: str, key: SoftPasskey, label: str = "my key") -> PasskeyShown:
    """Enrol an authenticator by the use cases."""
    options = begin_enrolment(services, account, party(services))
    return enrol(services, account, json.dumps(key.register(options)), label=label, party=party(services))


def entered(services: Services, key: SoftPasskey) -> Started:
    """Sign in by an authenticator by the use cases."""
    options = begin_passkey(services, party(services))
    return sign_in_by_passkey(services, json.dumps(key.answer_json(options)), party=party(services))


class KeyBrowser(Browser):
    """A browser at localhost, with an authenticator beside it."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.client.base_url = ORIGIN
        self.key = authenticator(node.services)

    def enrol(self, label: str = "my key") -> Page:
        """Enrol the authenticator on the page My access."""
        self.get("/me")
        asked = self.post("/me/passkeys/ask")
        assert asked.status == 200, asked.text
        answer = json.dumps(self.key.register(json.loads(asked.data)))
        return self.post("/me/passkeys", {"answer": answer, "label": label})

    def sign_in_by_key(self, after: str = "") -> Page:
        """Sign in by the authenticator."""
        self.get("/sign-in")
        asked = self.post("/sign-in/passkey/ask")
        assert asked.status == 200, asked.text
        answer = json.dumps(self.key.answer_json(json.loads(asked.data)))
        return self.post("/sign-in/passkey", {"answer": answer, "next": after})
