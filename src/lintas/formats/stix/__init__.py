# SPDX-License-Identifier: Apache-2.0
"""Read STIX 2.1, and 2.0 converted, one message per object (OASIS STIX 2.1, June 2021; STIX 2.0, July 2017)."""

from lintas.formats.stix.reader import StixReader

__all__ = ["StixReader"]
