# SPDX-License-Identifier: Apache-2.0
"""What documents of cases change in the views."""

from lintas.crypto.canonical import canonical_json
from lintas.model.desk import DeskDoc
from lintas.views.case_rows import CaseDocRow
from lintas.views.logged import Logged
from lintas.views.rows import Change


def case(entry: Logged, doc: DeskDoc) -> list[Change]:
    """What one document says in a case; whether it counts there is for the fold to say."""
    said = doc.said
    return [
        CaseDocRow(
            seq=entry.seq,
            message=entry.id,
            opener=said["opener"],
            ref=doc.ref,
            node=entry.header["originator"],
            doc=doc.id,
            after=canonical_json(list(doc.after)).decode(),
            what=said["what"],
            by=doc.by,
            at=doc.at,
            said=canonical_json(said["fields"]).decode(),
            short=said["short"],
            lang=said["lang"],
        )
    ]
