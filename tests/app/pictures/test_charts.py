"""Charts: plain, bounded, deterministic SVG, whatever the names in it."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from app.pictures.chart import Strip, TimeChart
from app.pictures.charts import draw_time_chart

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "title", "desc", "g", "path", "text", "defs", "pattern", "rect"}
STARTS = tuple(range(0, 30 * 37, 30))
HOSTILE = "<script>alert(1)</script> ${x} $\\frac{1}{2}$ & \"'--> \u202eعنوان \x00\x0b\ufffe"


def make_strip(**changes: object) -> Strip:
    bins = len(STARTS) - 1
    values = {
        "label": "Airstrikes",
        "detail": "12 incidents, 1 pattern",
        "family": "air",
        "solid": [at % 3 for at in range(bins)],
        "light": [at % 2 for at in range(bins)],
        "patterns": [int(5 < at < 20) for at in range(bins)],
    }
    return Strip(**{**values, **changes})  # type: ignore[arg-type]


def make_chart(**changes: object) -> TimeChart:
    chart = TimeChart("Incidents per month", "In words.", "month", STARTS, (make_strip(),), ("A note.",), "Source: x.")
    return replace(chart, **changes)  # type: ignore[arg-type]


def read(svg: bytes) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - what was just drawn


def said(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 760, 1600])
def test_nothing_in_it_runs_loads_or_needs_a_style(theme: str, width: int) -> None:
    strips = [
        make_strip(),
        make_strip(label=HOSTILE, detail=HOSTILE, doubtful=[1] * 36),
        make_strip(family="none such"),
    ]
    svg = draw_time_chart(
        make_chart(title=HOSTILE, description=HOSTILE, strips=strips, notes=[HOSTILE], source=HOSTILE),
        theme=theme,
        width=width,
    )
    root = read(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ALLOWED
    for element in root.iter():
        for name, value in element.attrib.items():
            assert name != "style"
            assert not name.lower().startswith("on")
            assert "href" not in name
            assert "url(" not in value or re.fullmatch(r"url\(#\w+\)", value), value
    assert b"http" not in svg.replace(b"http://www.w3.org/2000/svg", b"")
    assert int(root.attrib["width"]) == width
    assert root.attrib["role"] == "img"
    assert (root.find(f"{SVG}title").text or "").startswith("<script>")  # type: ignore[union-attr]
    assert root.find(f"{SVG}desc") is not None


def test_ids_that_are_named_exist_once() -> None:
    root = read(draw_time_chart(make_chart(strips=[make_strip(doubtful=[2] * 36)] * 3)))
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))
    text = ET.tostring(root, encoding="unicode")
    assert set(re.findall(r"url\(#(\w+)\)", text)) <= set(ids)
    assert {"title", "desc"} <= set(ids)


def test_the_same_chart_gives_the_same_bytes() -> None:
    chart = make_chart(strips=[make_strip(doubtful=[2] * 36)])
    assert draw_time_chart(chart) == draw_time_chart(chart)
    assert draw_time_chart(chart, theme="dark") != draw_time_chart(chart)


def test_bars_are_as_high_as_their_counts() -> None:
    strip = make_strip(solid=[0] * 10 + [4, 2] + [0] * 24, light=[0] * 36, patterns=[0] * 36)
    root = read(draw_time_chart(make_chart(strips=[strip])))
    bars = next(element.attrib["d"] for element in root.iter(f"{SVG}path") if element.attrib.get("fill") == "#d85705")
    boxes = [part for part in bars.split("M") if part]
    heights = []
    for box in boxes:
        ys = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", box)]
        heights.append(max(ys) - min(ys))
    assert len(heights) == 2
    assert heights[0] == pytest.approx(2 * heights[1])


def test_a_pattern_is_a_wave_and_never_a_bar() -> None:
    nothing = [0] * 36
    strip = make_strip(solid=nothing, light=nothing, patterns=[1] * 36)
    root = read(draw_time_chart(make_chart(strips=[strip])))
    drawn = [element for element in root.iter(f"{SVG}path") if element.attrib.get("stroke") == "#d85705"]
    assert len(drawn) == 1
    assert drawn[0].attrib["fill"] == "none"
    assert not [element for element in root.iter(f"{SVG}path") if element.attrib.get("fill") == "#d85705"]
    assert "patterns: an unknown number each" in said(root)


def test_the_key_says_only_what_occurs() -> None:
    nothing = [0] * 36
    words = said(read(draw_time_chart(make_chart(strips=[make_strip(light=nothing, patterns=nothing)]))))
    assert "certainly in that month" in words
    assert not {"possibly in that month", "aircraft only possible", "patterns: an unknown number each"} & set(words)


def test_strips_that_would_vanish_get_their_own_scale_and_say_so() -> None:
    small, great = make_strip(solid=[1] * 36, light=[0] * 36), make_strip(solid=[500] * 36)
    words = " ".join(said(read(draw_time_chart(make_chart(strips=[small, great])))))
    assert "scale of its own" in words
    words = " ".join(said(read(draw_time_chart(make_chart(strips=[small, small])))))
    assert "scale of its own" not in words


def test_without_anything_there_are_words_and_no_axis() -> None:
    root = read(draw_time_chart(make_chart(starts=(), strips=(), notes=("Nothing is in this choice.",))))
    assert "Nothing is in this choice." in said(root)
    assert not [word for word in said(root) if re.fullmatch(r"(\w{3} )?\d{4}", word)]


def test_years_from_the_first_to_the_last_of_the_calendar() -> None:
    for starts in ((-719162, -718797), (2932532, 2932897), tuple(range(-700_000, 2_900_000, 10_000))):
        nothing = [1] * (len(starts) - 1)
        strip = make_strip(solid=nothing, light=nothing, patterns=nothing)
        read(draw_time_chart(make_chart(unit="year", starts=starts, strips=[strip])))


def test_long_names_are_cut_and_stay_whole_in_the_description() -> None:
    name = "A name of three hundred letters " * 10
    root = read(draw_time_chart(make_chart(title=name, description=name, strips=[make_strip(label=name)])))
    assert max(map(len, said(root))) < 130
    assert (root.find(f"{SVG}desc").text or "") == name  # type: ignore[union-attr]


def test_its_size_is_bounded() -> None:
    starts = tuple(range(361))
    bars = [at % 7 + 1 for at in range(360)]
    strips = [make_strip(solid=bars, light=bars, doubtful=bars, patterns=[1] * 360)] * 8
    assert len(draw_time_chart(make_chart(starts=starts, strips=strips), width=1600)) < 1_000_000
