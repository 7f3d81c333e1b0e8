# SPDX-License-Identifier: Apache-2.0
"""Slips and chats: read here, kept as messages of the class victim; nothing of them is in a report by itself."""

import pytest

from lintas.errors import BadInput, NotAllowed, OverLimit
from lintas.limits import PASTE_CHARS_MAX
from lintas.model.report_answers import ChatRead, SlipRead
from lintas.testing import OFFICER, FakeClock
from lintas.work.finding import find, show_message
from lintas.work.intake import TakenFile, export_file
from lintas.work.payloads import payload_bytes
from lintas.work.reports import file_report, list_reports, read_chat, read_slip, show_report
from lintas.work.services import Services
from tests.scenario.reporting import OPERATOR
from tests.unit.formats.slips.codes import paynow, promptpay, qris, thai_slip, vietqr
from tests.unit.formats.slips.photos import Handling, slip

SLIP = thai_slip("004", "202603011200EXAMPLE000001")
PHOTO = Handling(turn=7, lean=0.1, blur=1.0, noise=0.1, dark=0.7, quality=60)


def photo(services: Services, *texts: str, handling: Handling = PHOTO) -> SlipRead:
    return read_slip(services, OFFICER, TakenFile(name="slip.jpg", data=slip(texts, handling)))


def chat(services: Services, text: str, region: str = "") -> ChatRead:
    return read_chat(services, OFFICER, text, region=region)


def test_a_photo_of_a_thai_slip_gives_the_bank_and_the_reference(services: Services) -> None:
    read = photo(services, SLIP)
    (code,) = read.codes
    assert (code.scheme, code.reason) == ("thai_slip", "")
    assert code.payment == {"from_bank": "KASITHBK", "reference": "202603011200EXAMPLE000001", "amount": None}
    assert read.note == ""


def test_what_a_slip_suggests_is_filed_as_it_stands(services: Services) -> None:
    code = photo(services, promptpay("0066812345678", amount="25000.00", name="EXAMPLE SHOP")).codes[0]
    filed = file_report(services, OFFICER, {"payments": [code.payment]})
    (paid,) = show_report(services, OFFICER, filed.ref).said["payments"]
    assert paid["amount"] == {"minor": 2500000, "currency": "THB"}
    assert paid["to"] == {
        "scheme": "promptpay",
        "value": "mobile:+66812345678",
        "bank": "",
        "country": "TH",
        "name": "EXAMPLE SHOP",
    }
    assert (paid["rail"], filed.suggestions[0].country) == ("promptpay", "TH")


@pytest.mark.parametrize(
    "text",
    [
        paynow("2", "197401143C", amount="45000", reference="BILL-1"),
        vietqr("970436", "0011001234567", amount="25000000"),
        qris("0014", "ID1020000000001", amount="150000", name="EXAMPLE"),
    ],
)
def test_every_scheme_s_suggestion_is_filed(services: Services, text: str) -> None:
    (code,) = photo(services, text, handling=Handling()).codes
    assert file_report(services, OFFICER, {"payments": [code.payment]}).ref


def test_the_picture_is_kept_withheld_and_its_codes_are_found(services: Services) -> None:
    raw = slip([promptpay("0066812345678"), SLIP], Handling())
    read = read_slip(services, OFFICER, TakenFile(name="slip.png", data=raw))
    assert len(read.codes) == 2
    shown = show_message(services, OFFICER, read.message)
    assert (shown.media_type, shown.classes, shown.masked) == ("image/png", ["victim"], True)
    kept = services.store.read(lambda snapshot: payload_bytes(services, snapshot, shown.seq))
    assert kept == raw
    with pytest.raises(NotAllowed):
        export_file(services, OFFICER, read.message, purpose="show the court", unmask=True)
    (found,) = find(services, OFFICER, ["+66812345678"]).results
    assert [entity.messages for entity in found.entities] == [[read.codes_message]]


def test_the_same_picture_again_is_the_same_message(services: Services) -> None:
    first, again = photo(services, SLIP), photo(services, SLIP)
    assert (again.message, again.codes_message) == (first.message, first.codes_message)


def test_a_picture_without_a_code_is_kept_and_says_so(services: Services) -> None:
    read = photo(services)
    assert (read.codes, read.codes_message, read.note) == ([], "", "No QR code was found in it.")
    assert show_message(services, OFFICER, read.message).media_type == "image/jpeg"


def test_a_picture_cut_short_is_kept_and_says_so(services: Services) -> None:
    raw = slip([SLIP], PHOTO)
    read = read_slip(services, OFFICER, TakenFile(name="slip.jpg", data=raw[: len(raw) // 2]))
    assert read.codes == []
    assert "could not be read" in read.note
    assert show_message(services, OFFICER, read.message).size_bytes == len(raw) // 2


def test_a_code_with_a_wrong_digit_suggests_nothing(services: Services) -> None:
    (code,) = photo(services, SLIP.replace("EXAMPLE000001", "EXAMPLE000002"), handling=Handling()).codes
    assert (code.scheme, code.payment) == ("", {})
    assert "check sum" in code.reason


def test_a_code_of_odd_characters_is_kept_and_suggests_nothing(services: Services) -> None:
    read = photo(services, "odd \x00\x1b[31m\ud7ff\u202e", handling=Handling())
    (code,) = read.codes
    assert (code.payment, bool(code.reason), bool(read.codes_message)) == ({}, True, True)


@pytest.mark.parametrize("raw", [b"", b"text", b"%PDF-1.4", b"GIF89a", b"PK\x03\x04"])
def test_what_is_no_picture_is_refused_and_nothing_is_kept(services: Services, raw: bytes) -> None:
    before = services.store.read(lambda snapshot: snapshot.size())
    with pytest.raises(BadInput):
        read_slip(services, OFFICER, TakenFile(name="slip.png", data=raw))
    assert services.store.read(lambda snapshot: snapshot.size()) == before


def test_a_picture_that_is_an_archive_too_is_set_aside(services: Services) -> None:
    end = b"PK\x01\x02" + bytes(42) + b"PK\x05\x06" + bytes(18)
    with pytest.raises(BadInput, match="set aside"):
        read_slip(services, OFFICER, TakenFile(name="slip.png", data=slip([SLIP], Handling()) + end))


def test_a_report_s_own_slip_and_chat_are_nothing_else_that_knows_the_account(services: Services) -> None:
    read = photo(services, promptpay("0066812345678", amount="25000.00"), handling=Handling())
    said = {"payments": [read.codes[0].payment], "slips": [read.message]}
    assert file_report(services, OFFICER, said).elsewhere == []
    (known,) = file_report(services, OFFICER, said | {"slips": []}).elsewhere
    assert known.messages == [read.codes_message]


# Chats


CHAT = (
    "[01/03/2026, 10:32] Siti: I paid RM 19,000.50 at 9:15am to Maybank 164012345678 name: EXAMPLE TRADING\n"
    "[01/03/2026, 10:33] Siti: and RM 500 to CIMB 7012345678. He calls from +60123456789"
)


def test_a_chat_suggests_a_payment_for_each_amount(services: Services) -> None:
    read = chat(services, CHAT)
    assert [(one["amount"]["minor"], one["at"], one["to"]["value"]) for one in read.payments] == [
        (1900050, "2026-03-01T09:15:00+00:00", "164012345678"),
        (50000, "2026-03-01T10:33:00+00:00", "7012345678"),
    ]
    assert read.payments[0]["to"]["name"] == "EXAMPLE TRADING"
    assert read.contacts == [{"scheme": "phone", "value": "+60123456789"}]
    assert all(CHAT[fact.start : fact.end] == fact.original for fact in read.facts)
    assert list_reports(services, OFFICER) == [], "nothing is filed by reading"


def test_what_a_chat_suggests_is_filed_as_it_stands(services: Services) -> None:
    read = chat(services, CHAT)
    report = {"payments": read.payments, "contacts": read.contacts, "texts": [read.message]}
    filed = file_report(services, OFFICER, report)
    assert (filed.duplicates, filed.notes) == ([], [])
    assert len(show_report(services, OFFICER, filed.ref).said["payments"]) == 2


def test_the_text_is_kept_as_a_message_about_a_victim(services: Services) -> None:
    read = chat(services, CHAT)
    shown = show_message(services, OFFICER, read.message)
    assert (shown.masked, shown.classes) == (True, ["victim"])
    assert find(services, OFFICER, ["Siti"]).results[0].entities == []
    assert chat(services, CHAT).message == read.message
    assert read_chat(services, OFFICER, CHAT, keep=False).message == ""


def test_a_text_that_says_nothing_suggests_nothing(services: Services) -> None:
    read = chat(services, "Hello, please help me. I am at home and very worried.")
    assert (read.facts, read.payments, read.contacts) == ([], [], [])
    assert read.message


def test_yesterday_is_the_day_before_in_the_zone_of_the_desk(services: Services, clock: FakeClock) -> None:
    assert chat(services, "RM 500 yesterday 9:15pm").payments[0]["at"] == "2026-02-28T21:15:00+00:00"


def test_a_text_is_read_as_where_it_was_written(services: Services) -> None:
    (paid,) = chat(services, "โอน 5 หมื่นบาท 01/03/69 10.32 น.", region="th").payments
    assert (paid["amount"], paid["at"]) == ({"minor": 5000000, "currency": "THB"}, "2026-03-01T10:32:00+00:00")


@pytest.mark.parametrize(
    ("text", "error"), [("", BadInput), (" \n", BadInput), ("x" * (PASTE_CHARS_MAX + 1), OverLimit)]
)
def test_an_empty_text_and_one_too_long_are_refused(services: Services, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        chat(services, text)


def test_whoever_may_not_take_reports_reads_no_slip_and_no_chat(services: Services) -> None:
    with pytest.raises(NotAllowed):
        read_chat(services, OPERATOR, CHAT)
    with pytest.raises(NotAllowed):
        read_slip(services, OPERATOR, TakenFile(name="slip.png", data=slip([], Handling())))
