# SPDX-License-Identifier: Apache-2.0
"""The named queries: each is described, is run by somebody, and looks nothing up by reading whole tables."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lintas.policy.access import visible_sql
from lintas.store.connection import connect
from lintas.store.lock import WriterLock
from lintas.store.migrating import migrate
from lintas.store.queries import by_place, for_postgresql, migrations, parse_queries, queries, split_statements
from lintas.store.sqlite import FILE_NAME, SqliteStore
from tests.faults.day import live_one

PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")

# What a desk, a take of 100,000 rows and an alert wait for. Beside it: the table that is read whole, if that is meant.
HOT = {
    "log_size": "",
    "log_entries": "",
    "log_entry_by_id": "",
    "log_payload": "",
    "log_payloads": "",
    "log_blob_of": "",
    "log_erase_payload": "",
    "log_forget_taken": "",
    "log_tile": "",
    "log_checkpoint": "checkpoint",  # from its end, one row
    "log_pack": "",
    "log_taken": "",
    "meta_get": "",
    "seq_of": "",
    "find_hits_one": "",
    "find_hits_many": "t",  # the terms that were asked for
    "find_identifiers_from": "",
    "find_identifiers_of_scheme_from": "",
    "find_gram": "",
    "find_gram_in": "",
    "find_grams_from": "",
    "find_gram_weight": "",
    "find_value_text": "",
    "find_facts_of_value": "",
    "find_head": "",
    "find_head_by_id": "",
    "find_places_of": "",
    "find_appearances": "",
    "find_entities_of": "",
    "find_facts_about": "",
    "find_facts_in": "",
    "find_facts_pointing_at": "",
    "find_held_by": "",
    "find_held_in": "",
    "find_intakes_of": "",
    "find_intake": "",
    "find_intake_items": "",
    "find_intakes": "",
    "watch_one": "",
    "watch_terms": "",
    "watching": "",
    "alerts_after": "",
    "alerts_newest": "",
    "alert_one": "",
    "alerts_about": "",
    "alerts_had_after": "",
    "alerts_had_newest": "",
    "alert_tallies": "",
    "alert_values": "",
    "log_sharing": "",
    "log_payload_home": "",
    "log_blob_needed": "",
    "peer_one": "",
    "peer_of_channel": "",
    "peer_key_places": "",
    "peer_confirmations": "",
    "peer_decision": "",
    "peer_tip": "",
    "peer_stored": "",
    "peer_spans": "",
    "peer_span_at": "",
    "peer_channels_from": "",
    "peer_releases_of": "",
    "peer_receipts": "",
    "peer_rejections": "",
    "peer_outbox": "",
    "peer_outbox_of": "",
    "peer_evidence_of": "",
    "peer_evidence": "v",  # from its end, as many rows as are asked for
    "peer_handed_to": "",
    "view_channel_of": "",
    "view_seq_on_channel": "",
    "view_span_over": "",
    "people_duties_of": "",
    "people_duty": "",
    "people_lists_of": "",
    "people_members": "",
    "people_lists_on": "",
    "people_credential": "",
    "people_credentials_of": "",
    "people_order": "",
    "people_orders": "",
    "people_assents": "",
    "people_seen": "",
    "people_accesses": "",
    "people_accesses_of": "",
    "find_class_any": "m",  # an index of the messages that have a class, to the first that fits
    "view_class_add": "",
    "view_need_freed": "",
    "account_by_id": "",
    "account_by_name": "",
    "account_session_by_digest": "",
    "account_link_by_digest": "",
    "account_tries": "",
}
# What may read a table whole, and why.
COLD = re.compile(
    r"dump_|empty_|count_"  # of everything, by nature
    r"|find_term"  # a table of the request's own terms
    r"|view_prop_remove_unused$"  # ends at the first statement that still uses it
    r"|log_(blob_names|tiles|checkpoints|packs)$|watch_(list|list_of|any)$|account_list$"  # lists of all there is
    r"|people_(duties|need_lists|credentials|orders_open)$"  # as above: those of one agency
    r"|(find_)?ledger_messages$"  # the messages that hold payments: files of banks, thousands at most
    r"|agreements_said$|case_tasks$"  # as above: those of one agency
    r"|notice_waiting$"  # goes through what one agency's people said to orders
    r"|people_(openings|trail)$"  # oversight's searches, which go through all that was asked
    r"|identity_(account|challenges(_forget)?|sessions_end_\w+|keys)$"  # small tables, as the last row
    r"|peer_(list|notes)$|notice_list$"  # as above: a few hundred peers, 20 targets
    r"|account_.*(forget|_end$|sessions_end|links_end|set_|touch|use)"  # small tables
)


def shape_of(sql: str) -> re.Pattern[str]:
    """A query as the engine's trace shows it: each parameter may be any value."""
    return re.compile(r"[\s\S]*?".join(map(re.escape, PARAMETER.split(sql)[::2])))


def test_every_named_query_is_run_by_a_store_that_is_asked_everything(tmp_path: Path) -> None:
    ran: set[str] = set()
    lock = WriterLock.take(tmp_path)
    store = SqliteStore(tmp_path, lock=lock, is_new=True)
    writer = store._writer
    assert writer is not None
    writer._connection.set_trace_callback(ran.add)
    store.read(lambda s: s.size())
    reader = store._free.get_nowait()  # the one connection that readers have opened so far
    reader.set_trace_callback(ran.add)
    store._free.put(reader)
    live_one(store, tmp_path)
    store.close()
    lock.release()
    shapes = {name: shape_of(query.sql) for name, query in queries().items()}
    assert [name for name, shape in sorted(shapes.items()) if not any(map(shape.fullmatch, ran))] == []


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / FILE_NAME, is_new=True)) as connection:
        migrate(connection)
        for name, query in queries().items():
            if name.endswith("_open"):  # tables of one request
                connection.execute(query.sql)
        yield connection


def tables_read_whole(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Names, as the statement calls them, of the tables that its plan scans."""
    values = dict.fromkeys(PARAMETER.findall(sql), 1)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    scans = [found[1] for line in plan if (found := re.match(r"SCAN (\w+)", line))]
    return [name for name in scans if name != "CONSTANT"]


@pytest.mark.parametrize("name", sorted(HOT))
def test_a_hot_query_reads_no_table_whole(database: sqlite3.Connection, name: str) -> None:
    assert tables_read_whole(database, queries()[name].sql) == ([HOT[name]] if HOT[name] else [])


def test_a_query_that_is_not_known_to_be_cold_reads_no_table_whole(database: sqlite3.Connection) -> None:
    found = {
        name: scanned
        for name, query in queries().items()
        if name not in HOT and not COLD.match(name) and (scanned := tables_read_whole(database, query.sql))
    }
    assert found == {}


def test_the_test_above_would_notice_a_scan(database: sqlite3.Connection) -> None:
    assert tables_read_whole(database, "SELECT * FROM entry e WHERE e.key_id = :id") == ["e"]
    assert tables_read_whole(database, "SELECT id FROM entry") == ["entry"]


def test_hot_queries_exist() -> None:
    assert HOT.keys() - queries().keys() == set()


def test_every_query_says_in_one_sentence_what_it_gives() -> None:
    for query in queries().values():
        assert query.sentence.endswith("."), query.name
        assert query.sentence[0].isupper() or query.sentence[0].isdigit(), query.name
        assert ";" not in query.sql, query.name


def test_no_query_shows_content_without_the_conditions_of_the_access_policy() -> None:
    """What shows words of people must ask who looks; dumps and the writer's own look-ups show nobody anything."""
    shows = re.compile(r"\b(caption|original|text|source|file_name|reason|members)\b|COUNT\(")
    tells_nothing = re.compile(r"find_(value_text|grams?(_\w+)?)$")  # numbers of values; what they lead to is scoped
    for name, query in queries().items():
        if name.startswith(("find_", "alert", "count_")) and shows.search(query.sql) and not tells_nothing.match(name):
            assert ":clearance" in query.sql, name


def test_a_query_takes_the_policys_conditions_whole_or_not_at_all() -> None:
    for name, query in queries().items():
        for alias in set(re.findall(r"(\w+)\.tlp <= :clearance", query.sql)):
            assert visible_sql(alias) in query.sql, name
        told = [len(re.findall(rf":{word}\b", query.sql)) for word in ("clearance", "closed", "lists")]
        assert not query.name.startswith(("find_", "alert", "count_", "peer_")) or told[2] == told[1] * 2, name


def test_a_query_by_place_has_its_parameters_in_order() -> None:
    assert by_place("INSERT INTO a (b, c) VALUES (:b, :c)") == "INSERT INTO a (b, c) VALUES (?, ?)"
    with pytest.raises(AssertionError):
        by_place("SELECT :a, :a")


def test_a_file_of_queries_is_cut_at_its_headings() -> None:
    one, two = parse_queries("-- a --\n-- First.\nSELECT 1;\n\n-- b --\n-- Second\n-- goes on.\nSELECT 2;\n")
    assert (one.name, one.sentence, one.sql) == ("a", "First.", "SELECT 1")
    assert (two.name, two.sentence, two.sql) == ("b", "Second goes on.", "SELECT 2")
    with pytest.raises(AssertionError):
        parse_queries("SELECT 1;\n-- a --\n-- First.\nSELECT 1;\n")


def test_a_migration_is_cut_into_statements_without_its_comments() -> None:
    assert split_statements("-- why\nCREATE TABLE a (b);\n  -- more\nCREATE INDEX c ON a (b);\n") == (
        "CREATE TABLE a (b)",
        "CREATE INDEX c ON a (b)",
    )


def test_the_other_engine_gets_no_word_that_it_does_not_know() -> None:
    statements = [query.sql for query in queries().values()]
    statements += [statement for step in migrations() for statement in step.statements]
    for sql in map(for_postgresql, statements):
        assert not re.search(r"\b(STRICT|ROWID|BLOB)\b|(?<!:):[a-z]", sql), sql
