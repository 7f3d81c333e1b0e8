# SPDX-License-Identifier: Apache-2.0
"""Take files in, and give them back."""

from lintas.work.intake.export import export, export_file
from lintas.work.intake.options import TakenFile, TakeOptions
from lintas.work.intake.take import guess_mapping, take

__all__ = ["TakeOptions", "TakenFile", "export", "export_file", "guess_mapping", "take"]
