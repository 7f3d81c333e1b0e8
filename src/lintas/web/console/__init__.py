# SPDX-License-Identifier: Apache-2.0
"""The pages: one file for each, its function given a `Call` and giving back a response."""
