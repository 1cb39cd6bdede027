"""Pictures have the colours and the symbols of the browser's map."""

import re
from pathlib import Path

import pytest

from app.pictures.palette import FAMILIES, PALETTES
from app.pictures.symbols import OF_FAMILY, SHAPES, WAVE
from incidents.taxonomy import load_taxonomy

SOURCES = Path(__file__).parents[3] / "app" / "assets" / "src"
_CAMEL = re.compile(r"_(\w)")


def _block(text: str, name: str) -> str:
    """Give what stands between a name's braces."""
    start = text.index("{", text.index(f"{name}"))
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return text[start + 1 : at]
    raise AssertionError(name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_those_of_the_browser(theme: str) -> None:
    script = _block((SOURCES / "palette.js").read_text("utf-8"), "PALETTES =")
    theirs = dict(re.findall(r"(\w+): \"(#[0-9A-Fa-f]{6})\"", _block(script, f"{theme}:")))
    ours = PALETTES[theme]
    assert {family: theirs[family].upper() for family in FAMILIES} == dict(ours.families)
    for name in ("land", "water", "panel", "coast", "river", "border", "unit_border", "label", "unit_label", "ink",
                 "edge", "hatch", "accent"):  # fmt: skip
        camel = _CAMEL.sub(lambda found: found[1].upper(), name)
        assert getattr(ours, name).upper() == theirs[camel].upper(), name
    red, green, blue, alpha = re.findall(r"halo: \"rgba\((\d+), (\d+), (\d+), ([\d.]+)\)\"", script)[theme == "dark"]
    assert ours.halo == f"#{int(red):02X}{int(green):02X}{int(blue):02X}"
    assert ours.halo_alpha == float(alpha)


def test_text_around_the_map_has_the_colours_of_pages() -> None:
    tokens = (SOURCES.parent / "css" / "tokens.css").read_text("utf-8")
    light = _block(tokens, ":root")
    dark = _block(tokens, ':root[data-theme="dark"]')
    for ours, theirs in ((PALETTES["light"], light), (PALETTES["dark"], dark)):
        assert ours.ink_soft.lower() == re.findall(r"--ink-soft: (#\w+)", theirs)[0]
        assert ours.line.lower() == re.findall(r"--line: (#\w+)", theirs)[0]


def test_shapes_are_those_of_the_browser() -> None:
    script = (SOURCES / "symbols.js").read_text("utf-8")
    named = dict(re.findall(r"const (DISC|UP|DOWN|RING|WAVE) = \"([^\"]+)\"", script))
    assert named["WAVE"] == WAVE
    found = {}
    for key, rest in re.findall(r"^    (\w+): \{ (body: .+) \},$", _block(script, "KINDS ="), re.MULTILINE):
        values = {}
        for name, text in re.findall(r"(body|cut): (\"[^\"]*\"|`[^`]*`|\w+)", rest):
            plain = named.get(text, text.strip('"`'))
            values[name] = re.sub(r"\$\{(\w+)\}", lambda match: named[match[1]], plain)
        found[key] = (values["body"], values.get("cut", ""), "hollow: true" in rest)
    assert found == {key: (shape.body, shape.cut, shape.hollow) for key, shape in SHAPES.items()}
    families = re.findall(r"^    (\w+): \"(\w+)\",$", _block(script, "FAMILIES ="), re.MULTILINE)
    assert dict(families) == dict(OF_FAMILY)


def test_every_kind_and_family_has_a_shape() -> None:
    kinds = load_taxonomy().kinds.values()
    assert {kind.key for kind in kinds} <= SHAPES.keys()
    assert {kind.family for kind in kinds} <= set(FAMILIES)
