# SPDX-License-Identifier: Apache-2.0
"""The English label of every code that pages show: those of the packs, and the few that stand in the code."""

from typing import Final

from lintas.formats.packs import Packs
from lintas.formats.schemata import schemata_of
from lintas.model.marking import Tlp
from lintas.web.console.audit_words import audit_labels
from lintas.web.console.language import Labels, later
from lintas.web.console.peer_words import peer_labels
from lintas.web.console.statement_words import statement_labels

HANDLING: Final = {
    # TLP 2.0 (FIRST, August 2022), shortened
    Tlp.CLEAR.label: later("no limit on disclosure"),
    Tlp.GREEN.label: later("within the community"),
    Tlp.AMBER.label: later("need to know, own organisation and its clients"),
    Tlp.AMBER_STRICT.label: later("need to know, own organisation only"),
    Tlp.RED.label: later("named recipients only, no further disclosure"),
}


def labels_of(packs: Packs) -> Labels:
    """Return the label of each (kind, code)."""
    found = {(kind, code): words for kind, rows in packs.forms.labels().items() for code, words in rows.items()}
    found |= {(kind, code): words for kind, rows in packs.doors.labels().items() for code, words in rows.items()}
    found |= {("role", row.code): row.label for row in packs.access.roles.values()}
    found |= {("class", code.value): row.label for code, row in packs.access.classes.items()}
    found |= {("activity", row.code): row.label for row in packs.access.activities.values()}
    found |= {("area", code): row.label for code, row in packs.areas.items()}
    found |= {("scheme", code): row.label for code, row in packs.identifiers.schemes.items()}
    found |= {("schema", code): words for code, words in schemata_of(packs).labels.items()}
    for profile in (packs.law.default, *packs.law.countries.values()):
        found |= {("law_purpose", code): row.label for code, row in profile.purposes.items()}
        found |= {("law_basis", code): row.label for code, row in profile.bases.items()}
    found |= statement_labels() | peer_labels() | audit_labels()
    found |= {("benign", one.name): one.name for one in packs.benign.lists}
    found |= {("handling", code): words for code, words in HANDLING.items()}
    return found
