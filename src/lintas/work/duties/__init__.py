# SPDX-License-Identifier: Apache-2.0
"""Shifts and deputies: who is on duty, and who stands in for whom."""

from lintas.work.duties.duties import end_duty, list_duties, on_duty, set_deputy, set_shift
from lintas.work.duties.times import as_zone_text, moment_of

__all__ = ["as_zone_text", "end_duty", "list_duties", "moment_of", "on_duty", "set_deputy", "set_shift"]
