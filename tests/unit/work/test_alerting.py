# SPDX-License-Identifier: Apache-2.0
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from lintas.model.ids import MessageId
from lintas.work.alerting import alert_id

IDS = st.binary(min_size=32, max_size=32).map(lambda raw: MessageId(raw.hex()))
WORDS = st.text(st.characters(codec="utf-8"), max_size=6)
MEETINGS = st.tuples(IDS, IDS, WORDS, WORDS)


@given(MEETINGS)
def test_the_same_meeting_has_the_same_id(meeting: tuple[MessageId, MessageId, str, str]) -> None:
    found = alert_id(*meeting)
    assert found == alert_id(*meeting)
    assert len(found) == 64
    assert set(found) <= set("0123456789abcdef")


@given(MEETINGS, MEETINGS)
def test_another_meeting_has_another_id(
    one: tuple[MessageId, MessageId, str, str], two: tuple[MessageId, MessageId, str, str]
) -> None:
    assert (alert_id(*one) == alert_id(*two)) == (one == two)


@given(IDS, IDS, WORDS, WORDS)
def test_watch_and_message_scheme_and_value_are_not_confused(
    watch: MessageId, message: MessageId, scheme: str, value: str
) -> None:
    assert watch == message or alert_id(watch, message, scheme, value) != alert_id(message, watch, scheme, value)
    assert alert_id(watch, message, scheme + "x", value) != alert_id(watch, message, scheme, "x" + value)


def test_the_id_is_made_as_the_page_says() -> None:
    """docs/spec/message.md, kinds: alert."""
    parts = (b"lintas alert v1", b"\x01" * 32, b"\x02" * 32, b"phone", b"+60123456789")
    joined = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    assert alert_id(MessageId("01" * 32), MessageId("02" * 32), "phone", "+60123456789") == sha256(joined).hexdigest()


def test_a_value_that_is_no_unicode_has_an_id_too() -> None:
    assert alert_id(MessageId("01" * 32), MessageId("02" * 32), "domain", "\ud800") != ""
