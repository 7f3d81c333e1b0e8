# SPDX-License-Identifier: Apache-2.0
"""Prove the log: checkpoints, receipts, and a full recomputation."""

from lintas.work.proving.heads import entry_file, log_page, make_checkpoint, receipt, verifier_key
from lintas.work.proving.kept import contains_head
from lintas.work.proving.verify import verify

__all__ = ["contains_head", "entry_file", "log_page", "make_checkpoint", "receipt", "verifier_key", "verify"]
