# SPDX-License-Identifier: Apache-2.0
"""The pool with real readers: what it gives back, and what happens when a process reaches a limit or dies."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from io import BytesIO
from pathlib import Path

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lintas import limits
from lintas.errors import BadPack, LintasError, Malformed, NodeDamaged, OverLimit, SandboxLimit, UnknownTerm, WrongUse
from lintas.formats.packs import Packs, parse_packs
from lintas.formats.reader import READERS, detect
from lintas.formats.slips import read_codes
from lintas.model.reading import Container, ReadOptions
from lintas.ports.readers import DeriveJob
from lintas.sandbox import ReaderPool, SandboxLimits

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's"),
]

OPTIONS = ReadOptions(region="SG")
MIB = 2**20
TABLE_NAME = "report.csv"
PASTED = b"call +65 9123 4567"


def builtin_packs() -> dict[str, bytes]:
    folder = resources.files("lintas") / "packs"
    return {
        item.name.removesuffix(".toml"): item.read_bytes() for item in folder.iterdir() if item.name.endswith(".toml")
    }


PACKS = builtin_packs()


@pytest.fixture(scope="module")
def parsed() -> Packs:
    return parse_packs(PACKS)


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(workers=2) as readers:
        yield readers


def read(pool: ReaderPool, raw: bytes, name: str = "", reader: str | None = None) -> Container:
    return pool.read(raw, file_name=name, reader=reader, options=OPTIONS, packs=PACKS)


def unconfined(raw: bytes, name: str, packs: Packs) -> Container | LintasError:
    """What the same reader makes of it in this process."""
    try:
        return READERS[detect(raw, name)].read(raw, OPTIONS, packs)
    except LintasError as exc:
        return exc


def table(rows: int) -> bytes:
    lines = [
        f"Person {number},+6591{number % 10**6:06},desk{number}@bank.example,note {number}" for number in range(rows)
    ]
    return ("name,phone,email,remark\n" + "\n".join(lines) + "\n").encode()


def bundle(objects: int) -> bytes:
    made = [
        {
            "type": "identity",
            "spec_version": "2.1",
            "id": f"identity--00000000-0000-4000-8000-{number:012}",
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "name": f"Desk {number}",
            "description": f"see login{number}.bank.example",
        }
        for number in range(objects)
    ]
    return json.dumps(
        {"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": made}
    ).encode()


def jobs_of(container: Container, raw: bytes) -> list[DeriveJob]:
    return [
        DeriveJob(
            container.reader,
            b"".join(raw[start : start + length] for start, length in piece.spans),
            piece.media_type,
            OPTIONS,
            PACKS,
        )
        for piece in container.slices
    ]


# What is read


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "gb18030"])
def test_each_encoding_reads_the_same_confined(pool: ReaderPool, parsed: Packs, codec: str) -> None:
    raw = table(20).replace(b"Person 7", "Sørensen".encode()).decode().encode(codec)
    expected = unconfined(raw, TABLE_NAME, parsed)
    if isinstance(expected, Container):
        assert read(pool, raw, TABLE_NAME) == expected
    else:
        with pytest.raises(type(expected), match=expected.message[:20].replace("(", ".")):
            read(pool, raw, TABLE_NAME)


def test_thai_and_chinese_tables_read_the_same_confined(pool: ReaderPool, parsed: Packs) -> None:
    for text, codec in (("ชื่อ,โทรศัพท์\nตัวอย่าง,0812345678\n", "tis-620"), ("姓名,电话\n示例,13800138000\n", "gb18030")):
        for raw in (text.encode(codec), text.encode(), text.encode("utf-16")):
            expected = unconfined(raw, TABLE_NAME, parsed)
            if isinstance(expected, Container):
                assert read(pool, raw, TABLE_NAME) == expected
            else:
                with pytest.raises(type(expected)):
                    read(pool, raw, TABLE_NAME)


def test_every_scheme_is_found_confined(pool: ReaderPool, parsed: Packs) -> None:
    samples = [scheme.sample for scheme in parsed.identifiers.schemes.values()]
    raw = "\n".join(f"{scheme.label}: {scheme.sample}" for scheme in parsed.identifiers.schemes.values()).encode()
    assert read(pool, raw) == unconfined(raw, "", parsed)
    rows = ("value\n" + "\n".join(f'"{sample}"' for sample in samples)).encode()
    assert read(pool, rows, TABLE_NAME) == unconfined(rows, TABLE_NAME, parsed)


def test_phone_numbers_of_every_country_are_read_confined(pool: ReaderPool, parsed: Packs) -> None:
    """Numbering plans are loaded country by country when first met: all must be there before the files are closed."""
    codes = [str(code) for code in range(1, 999)]
    raw = "\n".join(f"call +{code} 9{code}5550{code}1 or +{code}2025550143" for code in codes).encode()
    assert read(pool, raw) == unconfined(raw, "", parsed)


def test_domains_of_many_scripts_are_read_confined(pool: ReaderPool, parsed: Packs) -> None:
    raw = "bücher.example hxxps://例子[.]测试/a http://ตัวอย่าง.ไทย/ x@пример.рф a.b.co.uk www.ck".encode()
    assert read(pool, raw) == unconfined(raw, "", parsed)


@pytest.mark.ring("data")
def test_real_files_read_the_same_confined(pool: ReaderPool, parsed: Packs, data_dir: Path) -> None:
    files = sorted((data_dir / "stix").rglob("*.json"))
    assert files
    for path in files:
        raw = path.read_bytes()
        expected = unconfined(raw, path.name, parsed)
        try:
            got: Container | LintasError = read(pool, raw, path.name)
        except LintasError as exc:
            got = exc
        if isinstance(expected, LintasError):
            assert (type(got), str(got)) == (type(expected), str(expected)), path
        else:
            assert got == expected, path


def test_messages_are_read_again_alike(pool: ReaderPool) -> None:
    for raw, name in ((bundle(700), "b.json"), (table(3_000), TABLE_NAME), (PASTED, "")):
        container = read(pool, raw, name)
        assert pool.derive(jobs_of(container, raw)) == [piece.derived for piece in container.slices]


def test_a_mapping_is_proposed(pool: ReaderPool) -> None:
    text = pool.guess_mapping(table(5), options=OPTIONS, packs=PACKS)
    assert isinstance(json.loads(text), dict)
    mapped = ReadOptions(region="SG", mapping=text)
    container = pool.read(table(5), file_name=TABLE_NAME, reader=None, options=mapped, packs=PACKS)
    assert container.read == 5


def test_nothing_to_read_again_is_nothing(pool: ReaderPool) -> None:
    assert pool.derive([]) == []


# What is refused


def test_a_readers_error_arrives_as_it_was_raised(pool: ReaderPool, parsed: Packs) -> None:
    for raw in (b"\0\1\2\3PK\3\4", b'{"type": "bundle", "objects": [{"type": "identity"', b"\xff\xfe\x00"):
        expected = unconfined(raw, "x.json", parsed)
        if isinstance(expected, Container):
            assert read(pool, raw, "x.json") == expected
            continue
        with pytest.raises(type(expected)) as caught:
            read(pool, raw, "x.json")
        assert (caught.value.message, caught.value.hint) == (expected.message, expected.hint)


def test_binary_is_malformed(pool: ReaderPool) -> None:
    with pytest.raises(Malformed):
        read(pool, bytes(range(256)) * 8, "x.bin")


def test_an_unknown_reader_is_named(pool: ReaderPool) -> None:
    with pytest.raises(UnknownTerm, match="stix/99"):
        read(pool, b"{}", reader="stix/99")


def test_a_broken_pack_is_told_and_the_next_call_is_well(pool: ReaderPool) -> None:
    broken = {**PACKS, "identifiers": b"version = 'x'"}
    with pytest.raises(BadPack):
        pool.read(b"hello", file_name="", reader=None, options=OPTIONS, packs=broken)
    assert read(pool, b"hello").read == 1


def test_a_file_over_the_limit_never_reaches_a_reader(pool: ReaderPool) -> None:
    with pytest.raises(OverLimit):
        read(pool, bytes(limits.FILE_BYTES_MAX + 1))


@settings(max_examples=150)
@given(
    raw=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=9),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["type", "id", "objects", "x"]), inner),
            max_leaves=12,
        ).map(lambda value: json.dumps({"type": "bundle", "objects": [value]}).encode()),
        st.lists(st.lists(st.text(max_size=6), max_size=4), max_size=5).map(
            lambda rows: "\n".join(",".join(row) for row in rows).encode("utf-8", "replace")
        ),
    ),
    name=st.sampled_from(["", "a.json", "a.csv", "a.tsv", "a.txt", "a.bin"]),
)
def test_any_bytes_are_a_container_or_one_of_our_errors(pool: ReaderPool, raw: bytes, name: str) -> None:
    try:
        container = read(pool, raw, name)
    except LintasError:
        return
    assert container.read >= 0


# What reaches a limit


@pytest.mark.parametrize(
    ("given_limits", "named", "sentence"),
    [
        (SandboxLimits(memory_bytes=24 * MIB), "memory", "24 MiB of memory"),
        (SandboxLimits(cpu_s=1), "cpu", "1 second of processor time"),
        (SandboxLimits(output_bytes=MIB), "output", "1 MiB of results"),
    ],
)
def test_a_limit_is_named_with_its_unit_and_the_pool_goes_on(
    given_limits: SandboxLimits, named: str, sentence: str
) -> None:
    events: list[tuple[str, dict[str, str | int]]] = []
    with ReaderPool(
        workers=1, limits=given_limits, on_event=lambda name, facts: events.append((name, dict(facts)))
    ) as pool:
        with pytest.raises(SandboxLimit) as caught:
            read(pool, table(20_000 if named == "output" else 100_000), TABLE_NAME)  # or the clock may be first
        assert caught.value.limit == named
        assert sentence in caught.value.message
        assert caught.value.hint
        assert read(pool, b"hello, world").read == 1
    told = [facts for name, facts in events if name in ("sandbox.reader_stopped", "sandbox.reader_died")]
    assert [facts["limit"] for facts in told] == [named]
    assert [name for name, _ in events].count("sandbox.reader_started") == 2


def test_time_on_the_clock_is_a_limit_and_the_pool_goes_on() -> None:
    """A reader that stands still: one that is only slow could be so with the next file, too."""
    with ReaderPool(workers=1, limits=SandboxLimits(wall_s=5.0)) as pool:
        outcome = while_reading(pool, lambda pid: os.kill(pid, signal.SIGSTOP))
        assert isinstance(outcome, SandboxLimit)
        assert (outcome.limit, "5 seconds on the clock" in outcome.message) == ("wall", True)
        assert outcome.hint
        assert read(pool, b"hello, world").read == 1


def test_a_crash_is_told_apart() -> None:
    with ReaderPool(workers=1) as pool:
        outcome = while_reading(pool, lambda pid: os.kill(pid, signal.SIGSEGV))
        assert isinstance(outcome, SandboxLimit)
        assert (outcome.limit, "SIGSEGV" in outcome.message) == ("crash", True)
        assert read(pool, b"hello").read == 1


def test_a_reader_killed_once_from_outside_reads_again() -> None:
    with ReaderPool(workers=1) as pool:
        expected = read(pool, table(20_000), TABLE_NAME)
        outcome = while_reading(pool, lambda pid: os.kill(pid, signal.SIGKILL))
        assert outcome == expected


def test_a_polite_stop_of_the_service_lets_a_reader_finish() -> None:
    with ReaderPool(workers=1) as pool:
        expected = read(pool, table(20_000), TABLE_NAME)
        before = set(pool.resident_bytes())
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            assert while_reading(pool, lambda pid, number=number: os.kill(pid, number)) == expected  # type: ignore[misc]  # bound now
        assert set(pool.resident_bytes()) == before


def test_a_reader_that_died_idle_is_replaced_unnoticed() -> None:
    with ReaderPool(workers=1) as pool:
        assert read(pool, b"one").read == 1
        [pid] = pool.resident_bytes()
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert read(pool, b"two").read == 1
        assert pid not in pool.resident_bytes()


def while_reading(pool: ReaderPool, act: Callable[[int], None]) -> Container | LintasError:
    """Read a table; do something to its process as soon as that has burnt processor time on it."""
    pool.warm()
    [pid] = pool.resident_bytes()
    before_s = time.clock_gettime(~pid << 3 | 2)
    with ThreadPoolExecutor(1) as threads:
        reading = threads.submit(read, pool, table(20_000), TABLE_NAME)
        while time.clock_gettime(~pid << 3 | 2) < before_s + 0.1:
            assert not reading.done(), "it was read before anything could be done to it"
        act(pid)
        error = reading.exception()
        assert error is None or isinstance(error, LintasError)
        return error or reading.result()


def test_one_bad_message_costs_only_itself() -> None:
    """The second needs more memory than there is; those around it are read."""
    with ReaderPool(workers=1, limits=SandboxLimits(memory_bytes=48 * MIB)) as pool:
        [small] = jobs_of(read(pool, PASTED), PASTED)
        container = read(pool, table(3), TABLE_NAME)
        [again] = jobs_of(container, table(3))
        huge = again._replace(raw=table(100_000))
        unknown = small._replace(reader="text/99")
        outcomes = list(pool.derive_each([small, again, huge, small, unknown, again]))
        kinds = [outcome.limit if isinstance(outcome, SandboxLimit) else type(outcome).__name__ for outcome in outcomes]
        assert kinds == ["Derived", "Derived", "memory", "Derived", "UnknownTerm", "Derived"]
        assert outcomes[0] == outcomes[3]
        assert outcomes[1] == outcomes[5]
        with pytest.raises(SandboxLimit):
            pool.derive([small, huge])


def test_a_reader_that_grew_is_replaced() -> None:
    with ReaderPool(workers=1, limits=SandboxLimits(resting_bytes=1)) as pool:
        read(pool, b"one")
        assert pool.resident_bytes() == {}
        assert read(pool, b"two").read == 1


# Many at once


@pytest.mark.parametrize("wanted", [15, pytest.param(50, marks=pytest.mark.soak)])
def test_kills_lose_nothing_and_double_nothing(wanted: int) -> None:
    with ReaderPool(workers=2) as pool:
        files = [table(400 + number) for number in range(20)]
        expected = [read(pool, raw, TABLE_NAME) for raw in files]
        outcomes: dict[int, list[Container | LintasError]] = {}
        lock = threading.Lock()
        progress = threading.Semaphore(0)
        is_over = threading.Event()

        def work(start: int) -> None:
            number = start
            while not is_over.is_set():
                try:
                    outcome: Container | LintasError = read(pool, files[number % len(files)], TABLE_NAME)
                except LintasError as exc:
                    outcome = exc
                with lock:
                    outcomes.setdefault(number, []).append(outcome)
                progress.release()
                number += 3

        with ThreadPoolExecutor(3) as threads:
            working = [threads.submit(work, start) for start in range(3)]
            kills = 0
            while kills < wanted:
                assert progress.acquire(timeout=60)
                for pid in list(pool.resident_bytes())[: 1 + kills % 2]:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                    kills += 1
            is_over.set()
            for one in working:
                one.result()
        assert all(len(found) == 1 for found in outcomes.values())
        errors = 0
        for number, [outcome] in outcomes.items():
            if isinstance(outcome, LintasError):
                assert isinstance(outcome, SandboxLimit)
                assert outcome.limit == "killed"
                errors += 1
            else:
                assert outcome == expected[number % len(files)]
        assert errors < len(outcomes)
        assert read(pool, files[0], TABLE_NAME) == expected[0]
        assert len(pool.resident_bytes()) <= 2


def test_more_callers_than_readers_wait_for_their_turn(pool: ReaderPool) -> None:
    files = [b"desk%d@bank.example" % number for number in range(60)]
    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(lambda raw: read(pool, raw), files))
    assert [container.slices[0].spans for container in found] == [((0, len(raw)),) for raw in files]
    assert len({container.slices[0].derived.postings[0].identifier.value for container in found}) == 60


def test_many_sets_of_packs_are_kept_apart(pool: ReaderPool) -> None:
    sets: list[Mapping[str, bytes]] = [{**PACKS, "extra": f"version = {number}".encode()} for number in range(20)]
    [job] = jobs_of(read(pool, PASTED), PASTED)
    jobs = [job._replace(packs=packs) for packs in sets for _ in range(3)]
    found = pool.derive(jobs)
    assert len(found) == 60
    assert len(set(map(repr, found))) == 1


# Beginning and end


def test_a_reader_outlives_the_thread_that_first_needed_it() -> None:
    """The kernel ends a process with the thread that started it; threads that serve requests come and go."""
    with ReaderPool(workers=1) as pool:
        thread = threading.Thread(target=pool.warm)
        thread.start()
        thread.join()
        before = set(pool.resident_bytes())
        assert read(pool, b"hello").read == 1
        assert set(pool.resident_bytes()) == before


def test_readers_die_with_their_node() -> None:
    """In the middle of a file, when no closed pipe would be noticed."""
    program = """
import sys
from lintas.model.reading import ReadOptions
from lintas.sandbox import ReaderPool
pool = ReaderPool(workers=1)
pool.warm()
print(*pool.resident_bytes(), flush=True)
size = int(sys.stdin.buffer.readline())
raw = sys.stdin.buffer.read(size)
packs = {name: sys.stdin.buffer.read(int(size)) for name, size in (pair.split("=") for pair in sys.argv[1:])}
pool.read(raw, file_name="report.csv", reader=None, options=ReadOptions(), packs=packs)
"""
    raw = table(100_000)
    sizes = [f"{name}={len(pack)}" for name, pack in PACKS.items()]
    command = [sys.executable, "-I", "-c", program, *sizes]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        assert node.stdout is not None
        assert node.stdin is not None
        pid = int(node.stdout.readline())
        watch = os.pidfd_open(pid)
        try:
            before_s = time.clock_gettime(~pid << 3 | 2)
            node.stdin.write(b"%d\n" % len(raw) + raw + b"".join(PACKS.values()))
            node.stdin.flush()
            while time.clock_gettime(~pid << 3 | 2) < before_s + 0.1:
                assert node.poll() is None
            before_s = time.clock_gettime(~pid << 3 | 2)
            node.kill()
            while not select.select([watch], [], [], 0.01)[0]:
                with contextlib.suppress(OSError):  # it is gone between the two looks
                    assert time.clock_gettime(~pid << 3 | 2) < before_s + 1.0, "the reader still reads"
        finally:
            os.close(watch)


def test_closing_ends_every_process_and_refuses_calls() -> None:
    pool = ReaderPool(workers=2)
    pool.warm()
    pids = list(pool.resident_bytes())
    pool.close()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(WrongUse):
        read(pool, b"hello")
    pool.close()


def test_closing_does_not_wait_for_a_long_file() -> None:
    with ThreadPoolExecutor(1) as threads, ReaderPool(workers=1) as pool:
        pool.warm()
        [pid] = pool.resident_bytes()
        before_s = time.clock_gettime(~pid << 3 | 2)
        reading = threads.submit(read, pool, table(100_000), TABLE_NAME)
        while time.clock_gettime(~pid << 3 | 2) < before_s + 0.1:
            assert not reading.done()
        pool.close()
        assert isinstance(reading.exception(), WrongUse)


def test_a_pool_that_cannot_start_a_process_says_so() -> None:
    with ReaderPool(workers=1, limits=SandboxLimits(start_s=0.001)) as pool:
        for _ in range(3):
            with pytest.raises(NodeDamaged, match="does not start"):
                read(pool, b"hello")


def test_an_idle_pool_costs_little(pool: ReaderPool) -> None:
    read(pool, b"hello")
    sizes = pool.resident_bytes()
    print({pid: f"{size / MIB:.0f} MiB" for pid, size in sizes.items()})
    assert 0 < max(sizes.values()) < 160 * MIB


# Pictures


def drawn(text: str) -> bytes:
    out = BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=6)
    return out.getvalue()


def test_the_codes_of_a_picture_are_read_confined(pool: ReaderPool) -> None:
    assert pool.read_codes(drawn("an example")).codes == ("an example",)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_each_kind_of_picture_is_read_confined_as_it_is_unconfined(pool: ReaderPool, mode: str, kind: str) -> None:
    out = BytesIO()
    with Image.open(BytesIO(drawn("an example"))) as page:
        try:
            page.convert("RGB").convert(mode).save(out, kind)
        except OSError:
            return  # this kind does not hold this mode
    assert pool.read_codes(out.getvalue()) == read_codes(out.getvalue())
    assert pool.read_codes(out.getvalue()).codes == ("an example",)


def test_an_empty_photo_of_a_phone_is_looked_at_in_all_ways_confined(pool: ReaderPool) -> None:
    out = BytesIO()
    Image.effect_noise((4_000, 3_000), 90).save(out, "JPEG")
    found = pool.read_codes(out.getvalue())
    assert (found.width, found.height, found.codes) == (4_000, 3_000, ())


@pytest.mark.parametrize("raw", [b"", b"text", b"\x89PNG\r\n\x1a\n" + bytes(50), drawn("x")[:-30]], ids=len)
def test_what_is_no_whole_picture_is_malformed_confined(pool: ReaderPool, raw: bytes) -> None:
    with pytest.raises(Malformed):
        pool.read_codes(raw)


def test_a_picture_too_large_for_the_memory_ends_its_reader_alone() -> None:
    out = BytesIO()
    Image.new("RGB", (7_900, 8_000), "white").save(out, "PNG")
    with ReaderPool(workers=1, limits=SandboxLimits(memory_bytes=96 * MIB)) as small:
        with pytest.raises(SandboxLimit) as stopped:
            small.read_codes(out.getvalue())
        assert stopped.value.limit == "memory"
        assert small.read_codes(drawn("the next")).codes == ("the next",)


def test_a_picture_that_takes_too_long_ends_its_reader_alone() -> None:
    out = BytesIO()
    Image.effect_noise((4_000, 3_000), 90).save(out, "JPEG")
    with ReaderPool(workers=1, limits=SandboxLimits(wall_s=0.05)) as hasty:
        with pytest.raises(SandboxLimit) as stopped:
            hasty.read_codes(out.getvalue())
        assert stopped.value.limit == "wall"
