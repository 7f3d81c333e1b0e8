# SPDX-License-Identifier: Apache-2.0
"""Views as pure folds: what each entry of the log changes in them."""
