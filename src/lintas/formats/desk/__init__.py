# SPDX-License-Identifier: Apache-2.0
"""Documents of the desk as bytes: their form, and what a reader derives of them."""

from lintas.formats.desk.document import encode_doc, parse_doc, whole_fields
from lintas.formats.desk.reading import DeskReader

__all__ = ["DeskReader", "encode_doc", "parse_doc", "whole_fields"]
