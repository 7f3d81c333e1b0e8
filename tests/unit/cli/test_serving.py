# SPDX-License-Identifier: Apache-2.0
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.cli.client import NotListening, ask, error_of
from lintas.errors import LintasError, NodeBusy, NotAllowed, SandboxLimit
from lintas.web.local import serving, wire
from lintas.web.local.serving import Serving


def quiet(_what: str, _done: int, _total: int) -> None:
    pass


def test_where_a_server_listens_is_told_and_forgotten(tmp_path: Path) -> None:
    where = Serving(pid=1, url="http://127.0.0.1:1", socket=str(tmp_path / "node.sock"))
    assert serving.read(tmp_path) is None
    serving.write(tmp_path, where)
    assert serving.read(tmp_path) == where
    assert stat.S_IMODE((tmp_path / serving.FILE).stat().st_mode) == 0o600
    serving.remove(tmp_path, where)
    assert serving.read(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"pid": "x", "url": 1, "socket": 2}', "null"])
def test_a_damaged_file_means_that_nobody_serves(text: str, tmp_path: Path) -> None:
    (tmp_path / serving.FILE).write_text(text)
    assert serving.read(tmp_path) is None


def test_the_socket_is_for_its_owner_only(tmp_path: Path) -> None:
    with serving.bind(tmp_path) as listening:
        path = Path(listening.getsockname())
        assert path == tmp_path.resolve() / serving.SOCKET
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    serving.bind(tmp_path).close()
    with serving.bind(tmp_path) as listening:
        where = Serving(pid=1, url="", socket=listening.getsockname())
        assert serving.is_answering(where)
    assert not serving.is_answering(where)


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    with serving.bind(folder) as listening:
        path = Path(listening.getsockname())
        assert len(str(path)) <= serving.SOCKET_PATH_BYTES_MAX
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    serving.remove(folder, Serving(pid=1, url="", socket=str(path)))
    assert not path.parent.exists()


def test_a_socket_that_nobody_holds_is_noticed(tmp_path: Path) -> None:
    serving.bind(tmp_path).close()
    for path in (tmp_path / serving.SOCKET, tmp_path / "none"):
        with pytest.raises(NotListening):
            ask(str(path), wire.ShowStatus(), [], quiet)


def test_an_error_comes_back_as_its_own_class() -> None:
    error = error_of(wire.Failure("NotAllowed", "no", "ask", 2, rule="clearance"))
    assert isinstance(error, NotAllowed)
    assert (error.message, error.hint, error.rule, error.exit_code) == ("no", "ask", "clearance", 2)
    limit = error_of(wire.Failure("SandboxLimit", "no", "", 2, limit="cpu"))
    assert isinstance(limit, SandboxLimit)
    assert limit.limit == "cpu"
    assert isinstance(error_of(wire.Failure("NodeBusy", "no", "", 3)), NodeBusy)


@given(st.text())
def test_an_unknown_class_is_still_our_error(kind: str) -> None:
    assert isinstance(error_of(wire.Failure(kind, "m", "h", 2)), LintasError)
