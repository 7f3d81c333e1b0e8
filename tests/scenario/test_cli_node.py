# SPDX-License-Identifier: Apache-2.0
"""The command line over a real node that nobody serves."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lintas.cli import demo_files
from tests.faults.terminal import main

Say = Callable[..., Any]


@pytest.fixture
def node(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "asc"
    assert main(["init", str(folder), "--name", "Desk", "--country", "my", "--mode", "exercise", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["node"].startswith("lintas:")
    assert set(made) == {"node", "fingerprint"}
    for name, data in demo_files.files().items():
        (tmp_path / name).write_bytes(data)
    return folder


@pytest.fixture
def say(node: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    def run(verb: str, *arguments: object, code: int = 0) -> Any:
        got = main([verb, str(node), *map(str, arguments), "--json"])
        said = capsys.readouterr()
        assert got == code, said.err + said.out
        return json.loads(said.out)

    return run


def test_a_second_node_is_not_made_over_the_first(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(node), "--name", "Other", "--country", "SG"]) == 2
    assert "lintas: " in capsys.readouterr().err


def test_what_is_taken_is_found_with_its_source(say: Say, tmp_path: Path) -> None:
    taken = say("take", tmp_path / "slips.txt", "--marking", "AMBER", "--grading", "B2", "--source", "hotline")
    assert taken["read"] == taken["used"] + len(taken["rejected"]) == 1
    found = say("find", demo_files.PHONE_WRITTEN, demo_files.NAME_CHINESE, "nobody-has-this", demo_files.NAME_THAI)
    assert [result["term"] for result in found["results"]] == [
        demo_files.PHONE_WRITTEN,
        demo_files.NAME_CHINESE,
        "nobody-has-this",
        demo_files.NAME_THAI,
    ]
    assert [bool(result["entities"]) for result in found["results"]] == [True, True, False, True]
    (source,) = found["results"][0]["sources"]
    assert (source["marking"], source["grading"], source["message"]) == ("TLP:AMBER", "B2", taken["messages"][0])
    assert {"message", "originator", "taken_at", "marking", "grading"} <= source.keys()


def test_taking_twice_changes_nothing(say: Say, tmp_path: Path) -> None:
    first = say("take", tmp_path / "indicators.json")
    again = say("take", tmp_path / "indicators.json")
    assert again["messages"] == first["messages"]
    assert again["duplicates"] == len(first["messages"])


def test_a_watch_alerts_once_and_can_be_acknowledged_and_ended(say: Say, tmp_path: Path) -> None:
    watch = say("watch", "add", demo_files.PHONE, "--note", "case 7")["watch"]
    assert say("alerts")["alerts"] == []
    taken = say("take", tmp_path / "slips.txt")
    assert taken["alerts"] == 1
    (alert,) = say("alerts")["alerts"]
    assert (alert["watch"], alert["message"]) == (watch, taken["messages"][0])
    assert {"id", "watch", "term", "message", "from", "reason", "at"} <= alert.keys()
    say("take", tmp_path / "slips.txt")
    assert [one["id"] for one in say("alerts", "--wait", "0.1")["alerts"]] == [alert["id"]]
    assert say("alerts", "--after", alert["id"])["alerts"] == []
    assert say("alerts", "--ack", alert["id"])["alert"]["acknowledged_by"]
    assert say("watch", "end", watch)["watch"]["state"] == "ended"
    assert [one["state"] for one in say("watch", "list")["watches"]] == ["ended"]


def test_a_file_comes_back_byte_for_byte(say: Say, tmp_path: Path) -> None:
    for name, data in demo_files.files().items():
        taken = say("take", tmp_path / name)
        back = say("export", taken["intakes"][0], "-o", tmp_path / f"{name}.back")
        assert Path(back["file"]).read_bytes() == data


def test_what_is_marked_red_is_shown_and_never_saved(say: Say, tmp_path: Path) -> None:
    taken = say("take", tmp_path / "slips.txt", "--marking", "RED")
    for one in (taken["messages"][0], taken["intakes"][0]):
        refused = say("export", one, "-o", tmp_path / "kept", code=2)["error"]
        assert (refused["class"], refused["rule"]) == ("NotAllowed", "no-export")
        assert "TLP:RED" in refused["message"]
        assert not (tmp_path / "kept").exists()
    shown = say("show", taken["messages"][0])
    assert shown["no_export"] and shown["received"]
    amber = say("take", tmp_path / "indicators.json", "--marking", "AMBER+STRICT")
    assert say("export", amber["intakes"][0], "-o", tmp_path / "kept")["size_bytes"]


def test_standard_input_is_a_file(node: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lintas.cli.main", "take", str(node), "-", "--json"]
    said = subprocess.run(command, input=demo_files.chat(), capture_output=True, check=False, timeout=60)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["read"] == 1
    assert said.stderr == b""


def test_one_bad_file_among_many_is_listed_and_exits_with_1(say: Say, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(b'{"type": "bundle", "objects": [')
    taken = say("take", tmp_path / "slips.txt", tmp_path / "broken.json", code=1)
    assert (taken["read"], taken["used"]) == (2, 1)
    assert [one["file"] for one in taken["rejected"]] == ["broken.json"]
    assert set(taken["rejected"][0]) == {"file", "id", "reason"}


def test_one_bad_file_alone_is_bad_input(say: Say, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(b'{"type": "bundle", "objects": [')
    assert say("take", tmp_path / "broken.json", code=2)["error"]["class"] == "Malformed"


def test_a_mapping_can_be_guessed_mended_and_given_back(say: Say, tmp_path: Path) -> None:
    mapping = say("take", tmp_path / "reports.csv", "--guess-mapping")
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(mapping))
    taken = say("take", tmp_path / "reports.csv", "--mapping", path, "--format", "table")
    assert taken["used"] == demo_files.ROWS
    assert say("find", demo_files.ACCOUNT)["results"][0]["entities"]


def test_a_receipt_convinces_the_stand_alone_verifier(say: Say, node: Path, tmp_path: Path) -> None:
    (message,) = say("take", tmp_path / "slips.txt")["messages"]
    receipt, entry = tmp_path / "r.tlog-proof", tmp_path / "e.json"
    say("log", "--receipt", message, "-o", receipt)
    say("log", "--entry", message, "-o", entry)
    vkey = say("log")["vkey"]
    command = [sys.executable, "-m", "lintas_verify", str(receipt), "--entry", str(entry), "--key", vkey]
    payload = ["--payload", str(tmp_path / "slips.txt")]
    for more in ([], payload):
        said = subprocess.run([*command, *more], capture_output=True, text=True, check=False, timeout=60)
        assert said.returncode == 0, said.stdout + said.stderr
        assert message in said.stdout


def test_erased_content_is_gone_and_the_log_still_holds(say: Say, tmp_path: Path) -> None:
    (message,) = say("take", tmp_path / "slips.txt")["messages"]
    erased = say("erase", message, "--ground", "retention")
    assert message in erased["erased"]
    assert say("find", demo_files.PHONE)["results"][0]["entities"] == []
    assert say("export", message, code=2)["error"]["message"]
    assert say("verify")["ok"] is True


def test_a_rebuild_finds_nothing_to_mend(say: Say, tmp_path: Path) -> None:
    say("take", tmp_path / "indicators.json")
    rebuilt = say("rebuild")
    assert rebuilt["changed"] == []
    assert rebuilt["entries"] == say("verify")["entries"]


def test_what_is_written_to_the_log_file_is_noticed(say: Say, node: Path, tmp_path: Path) -> None:
    import sqlite3

    say("take", tmp_path / "slips.txt")
    (database,) = node.glob("*.sqlite*") if list(node.glob("*.sqlite*")) else node.glob("*.db")
    with sqlite3.connect(database) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "entry" in tables
        connection.execute("UPDATE entry SET signature = zeroblob(64) WHERE seq = 1")
    connection.close()
    verified = say("verify", code=3)
    assert verified["ok"] is False
    assert verified["first_bad"].startswith("entry 1")


def test_status_and_doctor_say_how_the_node_is(say: Say, node: Path) -> None:
    status = say("status")
    assert (status["name"], status["country"], status["mode"], status["serving"]) == ("Desk", "MY", "exercise", "")
    health = say("doctor")
    assert health["ok"] is True
    assert health["checks"]


def test_accounts_are_made_listed_and_closed(say: Say, tmp_path: Path) -> None:
    made = say("account", "add", "Night desk", "--role", "analyst", "--clearance", "GREEN")
    assert made["account"] == "officer-0001"
    link = say("account", "link", "Night desk")
    assert link["link"].startswith("/enter/")
    assert say("account", "add", "Night desk", code=2)["error"]["class"] == "WrongUse"
    say("account", "close", "officer-0001")
    assert [one["state"] for one in say("account", "list")["accounts"]] == ["closed"]
    assert say("account", "link", "Night desk", code=2)["error"]["class"] == "UnknownTerm"


def test_who_acts_as_an_account_sees_what_that_account_may_see(say: Say, tmp_path: Path) -> None:
    say("account", "add", "Night desk", "--clearance", "GREEN")
    say("take", tmp_path / "slips.txt", "--marking", "RED")
    assert say("find", demo_files.PHONE, "--as", "Night desk")["results"][0]["entities"] == []
    assert say("find", demo_files.PHONE)["results"][0]["entities"]
    assert say("find", demo_files.PHONE, "--as", "Nobody", code=2)["error"]["class"] == "UnknownTerm"


def test_backup_and_restore_end_in_quarantine(
    say: Say, node: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say("take", tmp_path / "slips.txt")
    secret = tmp_path / "passphrase"
    secret.write_text("several plain words in a row\n")
    target, restored = tmp_path / "asc.backup", tmp_path / "restored"
    assert say("backup", target, "--passphrase-file", secret)["sealed"] is True
    assert main(["backup", str(node), str(target), "--passphrase-file", str(secret)]) == 2
    assert say("backup", target, "--passphrase-file", secret, "--force")["sealed"] is True
    assert main(["restore", str(restored), str(target), "--passphrase-file", str(secret), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "quarantined"
    assert main(["take", str(restored), str(tmp_path / "reports.csv"), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["class"] == "Quarantined"
    head = tmp_path / "head"
    assert main(["log", str(node), "--checkpoint"]) == 0
    head.write_text(capsys.readouterr().out)
    code = main(["restore", str(restored), "--head", str(head), "--json"])
    assert json.loads(capsys.readouterr().out)["state" if code == 0 else "error"]
    approved = ["--approved-by", "officer-0001", "--approved-by", "officer-0002"]
    if code != 0:  # the head was signed after the backup
        assert main(["restore", str(restored), "--open-incarnation", "--ground", "disk_lost", *approved, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["state"] == "live"
    assert main(["take", str(restored), str(tmp_path / "reports.csv"), "--json"]) == 0


def test_waiting_for_an_alert_lets_others_write(say: Say, node: Path, tmp_path: Path) -> None:
    say("watch", "add", demo_files.PHONE)
    command = [sys.executable, "-m", "lintas.cli.main", "alerts", str(node), "--wait", "60", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waiting:
        taken = say("take", tmp_path / "slips.txt")
        out, _ = waiting.communicate(timeout=60)
    assert [alert["message"] for alert in json.loads(out)["alerts"]] == taken["messages"]


def all_of(terminal: int) -> bytes:
    """What is left to read of a terminal whose other end is closed: the kernel gives it piece by piece."""
    found = b""
    with os.fdopen(terminal, "rb", buffering=0) as end, contextlib.suppress(OSError):  # EIO: no more
        while piece := end.read(65536):
            found += piece
    return found


def test_progress_is_drawn_only_for_a_person(node: Path, tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "lintas.cli.main", "take", str(node), str(tmp_path / "reports.csv"), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as child:
        out, _ = child.communicate(timeout=60)
        os.close(theirs)
        drawn = all_of(ours).decode()
    assert json.loads(out)["used"] == demo_files.ROWS
    assert "taking reports.csv" in drawn
    assert drawn.endswith("\r\x1b[K")
