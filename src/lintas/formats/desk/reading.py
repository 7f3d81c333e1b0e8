# SPDX-License-Identifier: Apache-2.0
"""What a document of the desk says, as statements: reports and requests are found, watched and masked as all else.

Only the desk writes such documents and only peers send them: no file that is taken is read as one.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lintas.errors import Malformed
from lintas.formats.currencies import said_amount
from lintas.formats.desk.document import parse_doc
from lintas.formats.packs import Packs
from lintas.formats.reader_draft import Draft
from lintas.limits import STATEMENTS_PER_ITEM_MAX
from lintas.model.desk import DESK_TYPE, DeskDoc, Doc
from lintas.model.reading import Container, Derived, ReaderName, ReadOptions

_SCHEMATA: Final = {
    Doc.REPORT: ("Incident", "Report"),
    Doc.VICTIM: ("Person", "Victim"),
    Doc.REQUEST: ("Request", "Request"),
    Doc.STEP: ("Request", "Request"),
    Doc.CASE: ("Case", "Case"),
    Doc.AGREEMENT: ("Thing", "Agreement"),
    Doc.TRACE: ("Thing", "Trace"),
    Doc.QUESTION: ("Thing", "Question"),
}
_WALLETS: Final = frozenset({"btc", "eth", "tron"})
_SILENT: Final = frozenset({"lang", "language", "currency", "scheme", "country"})  # codes beside a value, said with it
_KINDS: Final = {"short": "text", "name": "name", "at": "date", "expires_at": "date"}


class DeskReader:
    """Reads documents of the desk. Pure: the same bytes, options and packs give the same values."""

    name = ReaderName("desk/1")

    def read(self, raw: bytes, options: ReadOptions, packs: Packs) -> Container:
        """Refuse: no file is taken as a document of the desk.

        Raises:
            Malformed: Always.
        """
        raise Malformed(
            "Reports and requests are not taken in as files.",
            hint="Write one on the page Report or with `lintas report`.",
        )

    def derive(self, raw: bytes, media_type: str, options: ReadOptions, packs: Packs) -> Derived:
        """Say what one document says.

        Raises:
            Malformed: It is no document of the desk.
            OverLimit: It is larger than a stated limit.
        """
        if media_type != DESK_TYPE:
            raise Malformed(f"The media type {media_type[:80]!r} is not that of the desk.")
        doc = parse_doc(raw)
        draft = Draft(options=options, packs=packs, statements_max=STATEMENTS_PER_ITEM_MAX)
        schema, label = _SCHEMATA[doc.doc]
        whole = draft.entity(_key(doc), schema, f"{label} {doc.ref}")
        draft.say(whole, "reference", doc.ref, "identifier")
        _Saying(draft, doc, whole).say_all(doc.said)
        return draft.derived()


def _key(doc: DeskDoc) -> str:
    return f"{doc.ref}-victim" if doc.doc is Doc.VICTIM else doc.ref


class _Saying:
    """Says the fields of one document one by one, accounts as things of their own."""

    def __init__(self, draft: Draft, doc: DeskDoc, whole: int) -> None:
        self._draft, self._doc, self._whole = draft, doc, whole
        self._accounts: dict[tuple[str, str, str], int] = {}

    def say_all(self, said: Mapping[str, Any]) -> None:
        if self._doc.doc is Doc.TRACE:
            fields = said["fields"]
            payees = [one["payee"] for one in fields.get("seeds", ())]
            payees += [fields["payment"]["payee"]] if "payment" in fields else []
            for payee in dict.fromkeys(payees):
                self.key("payee", payee)
            return
        if self._doc.doc is Doc.VICTIM and said["id"] and said["id_scheme"]:
            self._draft.identify(self._whole, "idNumber", (said["id_scheme"],), said["id"])
        if self._doc.doc is Doc.VICTIM and said["phone"]:
            self._draft.identify(self._whole, "phone", ("phone",), said["phone"])
        for prop, part in _parts("", said):
            if isinstance(part, dict):
                if "amount" in part or "bank" not in part:
                    self._contact(prop, part)
                else:
                    self._account(prop, part)
            else:
                self._draft.say(self._whole, prop, part, _KINDS.get(prop, "string"), lang=str(said.get("lang", "")))
                self._draft.mention(self._whole, prop, part)

    def _contact(self, prop: str, part: Mapping[str, Any]) -> None:
        value = part["value"]
        self._draft.say(self._whole, prop, value)
        if self._draft.identify(self._whole, prop, (part["scheme"],), value) is None:
            self._draft.mention(self._whole, prop, value)

    def key(self, prop: str, account: str) -> None:
        """Say an account by its one value, as ledgers have it: in a trace nothing else is known of it."""
        found = self._draft.entity(f"{self._doc.ref}-{len(self._accounts) + 1}", "BankAccount", account)
        self._accounts["", account, ""] = found
        self._draft.identify(found, "accountNumber", ("iban", "bank_account", *sorted(_WALLETS)), account)
        self._draft.say(self._whole, prop, f"{self._doc.ref}-{len(self._accounts)}", "entity")

    def _account(self, prop: str, part: Mapping[str, Any]) -> None:
        scheme, value = part.get("scheme") or "bank_account", part["value"]
        bank = part["bank"] if isinstance(part.get("bank"), str) else ""  # of a request it may be anything
        found = self._accounts.get((scheme, value, bank))
        if found is None:
            schema = "CryptoWallet" if scheme in _WALLETS else "BankAccount"
            found = self._draft.entity(f"{self._doc.ref}-{len(self._accounts) + 1}", schema, value)
            self._accounts[scheme, value, bank] = found
        named = f"{bank}:{value}" if scheme == "bank_account" and bank and ":" not in value else value
        if self._draft.identify(found, "accountNumber", (scheme,), named) is None:
            self._draft.mention(found, "accountNumber", value)
        for name, kind in (("bank", "string"), ("country", "code"), ("name", "name")):
            self._draft.say(found, name, str(part.get(name, "")), kind)
        self._draft.say(
            self._whole, prop, self._doc.ref + f"-{list(self._accounts).index((scheme, value, bank)) + 1}", "entity"
        )


def _parts(prop: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every text of a document with the name of its field, and every account or contact as one."""
    if isinstance(value, dict):
        if isinstance(value.get("value"), str) and isinstance(value.get("scheme"), str):
            if value["value"]:
                yield prop, value
            return
        if value.keys() == {"minor", "currency"}:
            yield prop or "amount", said_amount(value["minor"], value["currency"])
            return
        for name, one in value.items():
            if name not in _SILENT:
                yield from _parts(name, one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _parts(prop, one)
    elif isinstance(value, str) and value and prop:
        yield prop, value
