# SPDX-License-Identifier: Apache-2.0
"""What the demo does, one function a step. Each proves a fact and says it, or fails by saying what did not hold."""

from pathlib import Path
from typing import Final

from lintas.cli import demo_golden as golden
from lintas.cli import demo_night as night
from lintas.cli.demo_meeting import enrol_all, introduce, make_files, make_nodes, start_servers
from lintas.cli.demo_run import Run, holds
from lintas.cli.demo_sharing import (
    cut_link,
    look_up,
    preview,
    see_receipts,
    set_watch,
    share_case,
    share_victim,
    take_case,
)
from lintas.cli.demo_showing import hold_heads, oversee, prove, sign_in, verify_logs


def stop_all(run: Run) -> str:
    """End all servers and banks, and see that nothing of them is left."""
    from lintas.web.local import serving

    for side in run.places:
        pid = side.server.pid
        code = side.server.stop()
        holds(code == 0, f"the server of {side.country} ended with {code}")
        holds(serving.read(side.folder) is None, f"the server of {side.country} left its serving.json behind")
        holds(not Path(f"/proc/{pid}").exists(), f"process {pid} is still there")
    banks = [run.bank.pid, *run.banks.pids]
    run.bank.stop()
    run.banks.stop()
    for bank in banks:
        holds(not Path(f"/proc/{bank}").exists(), f"process {bank} is still there")
    run.link.stop()
    return f"{len(run.places)} servers, {len(banks)} banks and the link ended, nothing is left running"


STEPS: Final = (
    ("nodes", make_nodes),
    ("files", make_files),
    ("serve", start_servers),
    ("introduce", introduce),
    ("passkeys", enrol_all),
    ("watch", set_watch),
    ("take", take_case),
    ("dry-run", preview),
    ("share", share_case),
    ("second", share_victim),
    ("find", look_up),
    ("cut", cut_link),
    ("receipts", see_receipts),
    ("oversee", oversee),
    ("report", night.take_report),
    ("ask", night.ask),
    ("order", night.order),
    ("bank", night.confirm),
    ("refuse", night.refuse),
    ("clocks", night.see_clocks),
    ("hand-over", night.hand_over),
    ("hour", golden.report),
    ("follow", golden.follow),
    ("border", golden.cross),
    ("hold", golden.hold),
    ("no", golden.refuse),
    ("case", golden.join_case),
    ("expire", golden.expire),
    ("score", golden.score),
    ("verify", verify_logs),
    ("prove", prove),
    ("sign-in", sign_in),
    ("heads", hold_heads),
)
LAST: Final = ("stop", stop_all)
