# SPDX-License-Identifier: Apache-2.0
"""Fast lanes between nodes: proposed, accepted, ended; and which of them covers a request."""

from lintas.work.agreements.agreeing import agree, list_agreements
from lintas.work.agreements.standing import agreements_in, lane_for

__all__ = ["agree", "agreements_in", "lane_for", "list_agreements"]
