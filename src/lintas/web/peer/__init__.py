# SPDX-License-Identifier: Apache-2.0
"""The address at which peers reach this node."""
