# SPDX-License-Identifier: Apache-2.0
"""Keep a node well: back up, rebuild, erase, status, doctor, keys and health."""

from lintas.work.keeping.backup import backup
from lintas.work.keeping.doctor import doctor
from lintas.work.keeping.erase import erase
from lintas.work.keeping.key_health import keys_and_health
from lintas.work.keeping.rebuild import rebuild
from lintas.work.keeping.status import status

__all__ = ["backup", "doctor", "erase", "keys_and_health", "rebuild", "status"]
