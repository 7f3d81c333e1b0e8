# SPDX-License-Identifier: Apache-2.0
import json
from hashlib import sha256
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.config.packs import read_packs
from lintas.crypto.canonical import parse_canonical
from lintas.errors import NodeDamaged
from lintas.formats.packs import Packs, parse_packs
from lintas.model.reading import ReadOptions
from lintas.ports.store import Transaction
from lintas.work.intake.recipe import Recipe, open_recipe, reader_packs

PACKS = st.dictionaries(st.text("abc", min_size=1, max_size=5), st.binary(max_size=20), max_size=3)
RECIPES = st.builds(
    Recipe,
    reader=st.sampled_from(["stix/1", "table/1", "text/1"]),
    options=st.builds(ReadOptions, region=st.sampled_from(["", "MY"]), mapping=st.sampled_from(["", '{"a":"名"}'])),
    packs=PACKS,
)


class Shelf(dict[str, bytes]):
    """The part of a transaction that keeps packs."""

    def put_pack(self, digest: str, data: bytes) -> None:
        self[digest] = data

    def keep(self, recipe: Recipe) -> "Shelf":
        recipe.keep(cast("Transaction", self))
        return self


@pytest.fixture(scope="module")
def packs() -> Packs:
    return read_packs(None)


@given(RECIPES)
def test_a_kept_recipe_is_opened_with_its_packs(recipe: Recipe) -> None:
    shelf = Shelf().keep(recipe)
    assert open_recipe(recipe.digest, shelf.get) == recipe


@given(RECIPES)
def test_everything_kept_is_named_by_its_digest(recipe: Recipe) -> None:
    shelf = Shelf().keep(recipe)
    assert all(sha256(data).hexdigest() == digest for digest, data in shelf.items())
    assert shelf[recipe.digest] == recipe.raw


@given(RECIPES)
def test_a_recipe_is_canonical_and_says_reader_options_and_packs(recipe: Recipe) -> None:
    said = parse_canonical(recipe.raw)
    assert said.keys() == {"reader", "options", "packs"}
    assert said["packs"] == {name: sha256(data).hexdigest() for name, data in recipe.packs.items()}


@given(RECIPES, RECIPES)
def test_two_recipes_have_one_digest_only_if_they_are_the_same(one: Recipe, two: Recipe) -> None:
    assert (one.digest == two.digest) == (one == two)


@given(RECIPES, st.data())
def test_whatever_is_missing_is_damage(recipe: Recipe, data: st.DataObject) -> None:
    shelf = Shelf().keep(recipe)
    del shelf[data.draw(st.sampled_from(sorted(shelf)))]
    with pytest.raises(NodeDamaged):
        open_recipe(recipe.digest, shelf.get)


@given(RECIPES, st.data())
def test_whatever_was_altered_is_damage(recipe: Recipe, data: st.DataObject) -> None:
    shelf = Shelf().keep(recipe)
    shelf[data.draw(st.sampled_from(sorted(shelf)))] += b" "
    with pytest.raises(NodeDamaged):
        open_recipe(recipe.digest, shelf.get)


def test_a_recipe_that_nobody_kept_is_damage() -> None:
    with pytest.raises(NodeDamaged, match="missing"):
        open_recipe("0" * 64, Shelf().get)


def test_an_operators_benign_lists_are_no_part_of_a_reading(packs: Packs) -> None:
    more = json.dumps({"name": "Ours", "list": ["1.1.1.1"], "matching_attributes": ["ip-dst"]}).encode()
    with_list = parse_packs({**packs.raw, "benign/ours": more})
    assert reader_packs(with_list) == reader_packs(packs)
    assert "identifiers" in reader_packs(packs)


def test_a_replaced_pack_makes_another_recipe(packs: Packs) -> None:
    other = parse_packs({**packs.raw, "identifiers": packs.raw["identifiers"] + b"\n"})
    one, two = (Recipe(reader="text/1", options=ReadOptions(), packs=reader_packs(p)) for p in (packs, other))
    assert one.digest != two.digest
