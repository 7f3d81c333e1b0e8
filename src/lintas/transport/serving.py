# SPDX-License-Identifier: Apache-2.0
"""How a node proves to its peers that it is the one at its address."""

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from lintas.crypto.signing import SigningKey
from lintas.crypto.tls import make_certificate


def server_context(key: SigningKey, name: str) -> ssl.SSLContext:
    """TLS 1.3 under the node's own key; whoever connects compares the key with the one it knows.

    Args:
        name: The node's id, for people who look at the certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0  # a resumed connection would show no certificate
    context.set_alpn_protocols(["http/1.1"])
    certificate, private = make_certificate(key, name)
    with _as_file(certificate + private) as path:
        context.load_cert_chain(path)
    return context


@contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """Bytes under a path, because the TLS library takes no bytes: in memory where the system can, and gone at once."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("lintas-tls")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            yield f"/proc/self/fd/{descriptor}"
        return
    with tempfile.NamedTemporaryFile(prefix="lintas-") as file:  # 0600
        file.write(data)
        file.flush()
        yield file.name
