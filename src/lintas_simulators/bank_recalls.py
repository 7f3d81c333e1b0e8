# SPDX-License-Identifier: Apache-2.0
"""What a bank that sent the money says to a recall: camt.056.001.08 in, camt.029.001.09 out.

Written apart from Lintas's own reader and writer on purpose, so that each is held to the other.
Source: ISO 20022 message definitions camt.056.001.08 and camt.029.001.09.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET  # only what the secret signed, without a DOCTYPE  # nosec B405
from xml.sax.saxutils import escape  # writes, and reads nothing  # nosec B406

from lintas_simulators.bank_behaviour import Behaviour
from lintas_simulators.bank_time import Now, as_text

_ASKED: Final = "urn:iso:std:iso:20022:tech:xsd:camt.056.001.08"
_ANSWER: Final = "urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"
_ID: Final = re.compile(r"[A-Za-z0-9-]{1,35}", re.ASCII)
_STATUS: Final = {"accepted": ("CNCL", "ACCR"), "rejected": ("RJCR", "RJCR"), "pending": ("PDCR", "PDCR")}


class RecallRefused(Exception):
    """What came is no recall."""


class Recalls:
    """The recalls that were asked of one bank, each a file of its own."""

    def __init__(self, folder: Path, *, bank: str, now: Now, behaviour: Callable[[], Behaviour]) -> None:
        self._folder, self._bank, self._now, self._behaviour = folder, bank, now, behaviour
        folder.mkdir(exist_ok=True)

    def take(self, asked: bytes) -> bytes:
        """Keep a recall and say what came of it so far. If we die here, it is asked again.

        Raises:
            RecallRefused: It is none, or another one had its id.
        """
        id_ = _text(_read(asked), "FIToFIPmtCxlReq/Assgnmt/Id")
        if not _ID.fullmatch(id_):
            raise RecallRefused
        file = self._folder / f"{id_}.xml"
        if file.exists():
            if file.read_bytes() != asked:
                raise RecallRefused
        else:
            unfinished = self._folder / f"{id_}.new"
            with unfinished.open("wb") as to:
                to.write(asked)
                to.flush()
                os.fsync(to.fileno())
            unfinished.rename(file)
        return self._answered(id_, asked)

    def answer(self, id_: str) -> bytes | None:
        """What came of a recall by now; None when there is none of that id."""
        file = self._folder / f"{id_}.xml"
        return self._answered(id_, file.read_bytes()) if _ID.fullmatch(id_) and file.exists() else None

    def _answered(self, id_: str, asked: bytes) -> bytes:
        root, behaviour = _read(asked), self._behaviour()
        confirmed, status = _STATUS[behaviour.recalls]
        tx = "FIToFIPmtCxlReq/Undrlyg/TxInf/"
        reason = f"<CxlStsRsnInf><Rsn><Cd>{escape(behaviour.recall_reason)}</Cd></Rsn></CxlStsRsnInf>"
        asker = _text(root, "FIToFIPmtCxlReq/Assgnmt/Assgnr/Pty/Nm") or "asker"
        assignment = (
            f"<Assgnmt><Id>{id_[:33]}-A</Id><Assgnr><Agt><FinInstnId><BICFI>{escape(self._bank)}</BICFI></FinInstnId>"
            f"</Agt></Assgnr><Assgne><Pty><Nm>{escape(asker)}</Nm></Pty></Assgne>"
            f"<CreDtTm>{as_text(self._now())}</CreDtTm></Assgnmt>"
        )
        # the order of elements is that of the message definition
        parts = [
            assignment,
            f"<Sts><Conf>{confirmed}</Conf></Sts>",
            "<CxlDtls><TxInfAndSts>",
            _optional("CxlStsId", id_),
            _optional("OrgnlEndToEndId", _text(root, tx + "OrgnlEndToEndId")),
            _optional("OrgnlTxId", _text(root, tx + "OrgnlTxId")),
            f"<TxCxlSts>{status}</TxCxlSts>",
            reason if behaviour.recall_reason else "",
            _amount(root, tx + "OrgnlIntrBkSttlmAmt"),
            "</TxInfAndSts></CxlDtls>",
        ]
        text = "".join(parts)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{_ANSWER}"><RsltnOfInvstgtn>{text}'
            "</RsltnOfInvstgtn></Document>\n"
        ).encode()


def _read(raw: bytes) -> ET.Element:
    if b"<!" in raw:
        raise RecallRefused
    try:
        root = ET.fromstring(raw)  # noqa: S314 - as the import  # nosec B314
    except (ET.ParseError, ValueError, LookupError):
        raise RecallRefused from None
    if root.tag != f"{{{_ASKED}}}Document":
        raise RecallRefused
    return root


def _text(root: ET.Element, path: str) -> str:
    return (root.findtext("/".join(f"{{{_ASKED}}}{name}" for name in path.split("/"))) or "").strip()


def _optional(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _amount(root: ET.Element, path: str) -> str:
    found = root.find("/".join(f"{{{_ASKED}}}{name}" for name in path.split("/")))
    if found is None or not found.text:
        return ""
    currency = escape(found.get("Ccy", ""))
    return f'<OrgnlIntrBkSttlmAmt Ccy="{currency}">{escape(found.text)}</OrgnlIntrBkSttlmAmt>'
