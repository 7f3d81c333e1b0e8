# SPDX-License-Identifier: Apache-2.0
"""Protected classes: put messages into one, and take them out of it."""

from lintas.work.protecting.classes import add_class, meant_by_release, release_class, release_class_in

__all__ = ["add_class", "meant_by_release", "release_class", "release_class_in"]
