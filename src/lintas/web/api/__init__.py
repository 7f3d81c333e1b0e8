# SPDX-License-Identifier: Apache-2.0
"""What systems ask by keys: the same use cases as the pages, in JSON."""
