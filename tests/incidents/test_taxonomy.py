"""The taxonomy: the shipped files hold together, and an operator's may add to them."""

import subprocess
import sys
from pathlib import Path

import pytest

from geodata.precision import Precision
from incidents.taxonomy import GRADES, BadTaxonomy, Taxonomy, load_taxonomy

NAMED_IN_THE_FOUNDING_RECORD = {
    "Mi-17": "transport-helicopter",
    "Mi-24": "attack-helicopter",
    "Mi-24P": "mi-24",
    "Mi-35": "mi-24",
    "Mi-35P": "mi-35",
    "MiG-29": "fighter",
    "Su-30": "fighter",
    "Yak-130": "combat-trainer",
    "Orlan-10E": "uncrewed-aircraft",
    "Pantsir-S1": "air-defence",
    "Pechora-2M": "air-defence",
    "Russian-made aircraft": "aircraft",
}


def test_the_kinds_are_those_that_filters_and_symbols_know() -> None:
    assert list(load_taxonomy().kinds) == [
        "airstrike",
        "drone_strike",
        "shelling",
        "ground_attack",
        "armed_clash",
        "violence_against_civilians",
        "displacement",
        "protest",
        "diplomatic_visit",
        "diplomatic_act",
        "port_call",
        "military_exercise",
        "arms_transfer",
        "other",
    ]


def test_every_entry_has_its_key_a_label_and_a_meaning() -> None:
    taxonomy = load_taxonomy()
    for vocabulary in (
        taxonomy.kinds,
        taxonomy.targets,
        taxonomy.roles,
        taxonomy.stages,
        taxonomy.grades,
        taxonomy.harm_groups,
        taxonomy.precision,
    ):
        for key, entry in vocabulary.items():
            assert entry.key == key
            assert entry.label
            assert entry.description.endswith(".")
    for key, node in taxonomy.equipment.items():
        assert node.key == key
        assert node.label
        assert node.source
        assert node.category in {"aircraft", "system", "munition"}


def test_the_scales_are_those_in_code() -> None:
    taxonomy = load_taxonomy()
    assert tuple(taxonomy.grades) == GRADES
    assert tuple(taxonomy.precision) == tuple(Precision)


@pytest.mark.parametrize(("name", "above"), NAMED_IN_THE_FOUNDING_RECORD.items())
def test_what_the_founding_record_names_is_known_and_in_its_place(name: str, above: str) -> None:
    taxonomy = load_taxonomy()
    node = taxonomy.equipment_named(name)
    assert node
    assert above in taxonomy.ancestors(node.key)
    assert node.key in taxonomy.descendants(above)


def test_a_variant_is_all_that_stands_above_it() -> None:
    taxonomy = load_taxonomy()
    assert taxonomy.ancestors("mi-35p") == ("mi-35", "mi-24", "attack-helicopter", "helicopter", "aircraft")
    assert set(taxonomy.descendants("mi-24")) == {"mi-24p", "mi-35", "mi-35p", "mi-35m"}
    assert taxonomy.descendants("mi-35p") == ()


def test_an_air_defence_system_is_no_aircraft() -> None:
    assert "pantsir-s1" not in load_taxonomy().descendants("aircraft")


@pytest.mark.parametrize("text", ["mi 35p", "Mi35P", "MI-35p"])
def test_names_are_found_however_they_are_written(text: str) -> None:
    node = load_taxonomy().equipment_named(text)
    assert node
    assert node.key == "mi-35p"


def test_an_unknown_name_is_not_guessed() -> None:
    assert load_taxonomy().equipment_named("Mi-3") is None


def test_an_edition_can_carry_it() -> None:
    assert Taxonomy.from_json(load_taxonomy().to_json()) == load_taxonomy()


def test_an_operator_adds_a_kind_and_a_variant(tmp_path: Path) -> None:
    (tmp_path / "kinds.toml").write_text(
        '[landslide]\nlabel = "Landslide"\nplural = "Landslides"\nfamily = "other"\ndescription = "Earth moves."\n'
    )
    (tmp_path / "equipment.toml").write_text('mi-35x = {label = "Mi-35X", parent = "mi-35", source = "us"}\n')
    taxonomy = load_taxonomy(tmp_path)
    assert taxonomy.kinds["landslide"].label == "Landslide"
    assert "mi-35x" in taxonomy.descendants("helicopter")
    assert taxonomy.equipment["mi-35x"].category == "aircraft"
    assert "landslide" not in load_taxonomy().kinds


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("kinds.toml", '[airstrike]\nlabel = "X"\nplural = "X"\nfamily = "air"\n', "already defined"),
        ("kinds.toml", '[new]\nlabel = "X"\nplural = "X"\n', "family"),
        ("kinds.toml", '[new]\nlabel = "X"\nplural = "X"\nfamily = "air"\ncolour = "red"\n', "colour"),
        ("kinds.toml", "[new", "kinds.toml"),
        ("kinds.toml", '[none]\nlabel = "X"\nplural = "X"\nfamily = "air"\ndescription = "X."\n', "no key may be"),
        ("equipment.toml", 'x = {label = "X", parent = "nothing", source = "us"}\n', "x"),
        ("equipment.toml", 'x = {label = "X", parent = "mi-35", aliases = ["MiG 29"], source = "us"}\n', "both"),
        (
            "equipment.toml",
            'x = {label = "X", parent = "y", source = "us"}\ny = {label = "Y", parent = "x", source = "us"}\n',
            "x",
        ),
        ("grades.toml", '[splendid]\nlabel = "X"\ndescription = "X."\n', "fixed scales"),
        ("precision.toml", '[blurred]\nlabel = "X"\ndescription = "X."\n', "fixed scales"),
    ],
)
def test_an_operators_file_that_contradicts_is_refused(tmp_path: Path, file: str, text: str, told: str) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(BadTaxonomy, match=told):
        load_taxonomy(tmp_path)


def test_it_is_light_enough_for_a_public_door() -> None:
    code = (
        "import sys, incidents.taxonomy; print(sorted({'sqlalchemy', 'shapely', 'duckdb', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
