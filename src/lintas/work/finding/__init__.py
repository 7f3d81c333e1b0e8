# SPDX-License-Identifier: Apache-2.0
"""Find and show; every read has a viewer and writes one access entry before content leaves."""

from lintas.work.finding.entity import show_entity
from lintas.work.finding.find import find
from lintas.work.finding.message import list_intakes, show_message

__all__ = ["find", "list_intakes", "show_entity", "show_message"]
