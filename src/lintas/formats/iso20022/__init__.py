# SPDX-License-Identifier: Apache-2.0
"""Recalls of payments as banks know them: camt.056 asks, camt.029 answers (ISO 20022)."""

from lintas.formats.iso20022.recall import read_recall, write_recall
from lintas.formats.iso20022.resolution import read_resolution, write_resolution

__all__ = ["read_recall", "read_resolution", "write_recall", "write_resolution"]
