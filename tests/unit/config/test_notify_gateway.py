# SPDX-License-Identifier: Apache-2.0
"""The settings of the gateway that reaches the desk's phones."""

from pathlib import Path
from typing import Any

import pytest

from lintas.config.notify import read_notify
from lintas.config.notify_gateway import LANGUAGES, PhoneConfig
from lintas.errors import BadInput
from lintas.work.notifying.words import PHONE_LANGUAGES

SECRET = "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0"
GOOD: dict[str, Any] = {
    "url": "https://gateway.agency.example/send",
    "secret": SECRET,
    "phones": [{"number": "+6591234567"}, {"number": "+60123456789", "desk": "fraud"}],
}


def test_a_gateway_and_its_phones_are_read() -> None:
    gateway = read_notify(Path(), {"gateway": GOOD}).gateway
    assert gateway is not None
    assert gateway.kinds == ("push", "sms", "voice")
    assert gateway.phones == (PhoneConfig(number="+6591234567"), PhoneConfig(number="+60123456789", desk="fraud"))
    assert (gateway.after_minutes, gateway.step_minutes, gateway.again_minutes) == (5, 2, 5)
    assert SECRET not in repr(gateway)
    assert "gateway.agency" not in repr(gateway), "an address may be a secret in itself"


def test_no_gateway_is_the_default() -> None:
    assert read_notify(Path(), {}).gateway is None


def test_the_order_of_the_ways_is_that_of_the_settings() -> None:
    gateway = read_notify(Path(), {"gateway": GOOD | {"kinds": ["voice", "sms"]}}).gateway
    assert gateway is not None
    assert gateway.kinds == ("voice", "sms")


@pytest.mark.parametrize(
    "wrong",
    [
        "a text",
        {},
        {"url": GOOD["url"], "secret": SECRET},
        GOOD | {"phones": []},
        GOOD | {"phones": "x"},
        GOOD | {"phones": [{"number": f"+659123456{n}"} for n in range(7)]},
        GOOD | {"phones": [{"number": "+6591234567"}, {"number": "+6591234567", "desk": "fraud"}]},
        GOOD | {"phones": [{"number": "91234567"}]},
        GOOD | {"phones": [{"number": "+0591234567"}]},
        GOOD | {"phones": [{"number": "+65912345671234567"}]},
        GOOD | {"phones": [{"number": 6591234567}]},
        GOOD | {"phones": [{"desk": "fraud"}]},
        GOOD | {"phones": [{"number": "+6591234567", "name": "Siti"}]},
        GOOD | {"phones": [{"number": "+6591234567", "desk": "a desk"}]},
        GOOD | {"phones": [{"number": "+6591234567", "desk": 1}]},
        GOOD | {"phones": ["+6591234567"]},
        GOOD | {"kinds": []},
        GOOD | {"kinds": ["fax"]},
        GOOD | {"kinds": "push"},
        GOOD | {"kinds": [["push"]]},
        GOOD | {"url": "http://gateway.agency.example/"},
        GOOD | {"url": "https://user@gateway.agency.example/"},
        GOOD | {"secret": "short"},
        GOOD | {"after_minutes": 0},
        GOOD | {"again_minutes": 61},
        GOOD | {"step_minutes": True},
        GOOD | {"colour": "red"},
        GOOD | {"language": "xx"},
        GOOD | {"language": ["en"]},
    ],
)
def test_what_cannot_be_is_refused(wrong: object) -> None:
    with pytest.raises(BadInput, match="notify"):
        read_notify(Path(), {"gateway": wrong})


def test_mails_webhooks_and_ways_to_phones_are_counted_together() -> None:
    phones = [{"number": f"+659123456{n}"} for n in range(6)]
    mails = {"email_from": "a@b.example", "smtp_host": "mail.example"}
    two = mails | {"email_to": ["a@b.example", "b@b.example"]}
    assert read_notify(Path(), two | {"gateway": GOOD | {"phones": phones}}).gateway is not None
    three = two | {"email_to": ["a@b.example", "b@b.example", "c@b.example"]} | {"gateway": GOOD | {"phones": phones}}
    with pytest.raises(BadInput, match="more than 20"):
        read_notify(Path(), three)


def test_the_languages_of_the_settings_are_those_that_there_are_words_for() -> None:
    assert LANGUAGES == PHONE_LANGUAGES
    gateway = read_notify(Path(), {"gateway": GOOD | {"language": "th"}}).gateway
    assert gateway is not None
    assert gateway.language == "th"
