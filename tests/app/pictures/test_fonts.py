"""Text in pictures: shaped, measured, and never a warning, whatever characters it has."""

import pytest

from app.pictures.canvas import Canvas, TextStyle, fit_text, measure, outline, vertices, wrap
from app.pictures.fonts import FOLDER, can_draw, drawable, load_fonts

PLAIN = TextStyle(13)


def test_no_font_of_the_machine_is_used() -> None:
    assert set(load_fonts()) <= {"Noto Sans", "Noto Sans Myanmar", "DejaVu Sans"}


def test_the_fonts_are_there_when_the_front_end_is_built() -> None:
    if not (FOLDER / "bearing.js").is_file():
        pytest.skip("the front end is not built")
    assert load_fonts() == ("Noto Sans", "Noto Sans Myanmar", "DejaVu Sans")
    assert can_draw("Sagaing စစ်ကိုင်းတိုင်းဒေသကြီး Москва")


def test_burmese_is_shaped() -> None:
    if "Noto Sans Myanmar" not in load_fonts():
        pytest.skip("the front end is not built")
    # A medial ra wraps its letter: together they are narrower than one after the other.
    assert measure("မြ", PLAIN) < measure("မ", PLAIN) + measure("ြ", PLAIN) - 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u202eعنوان",
        "$\\frac{1}{2}$ $",
        "中国 🛩",
        "a\x00b\nc\td",
        "\ud800",
        "e\u0301",
        "<b>&amp;</b>",
        "x" * 3_000,
    ],
)
def test_any_text_can_be_written(text: str) -> None:
    canvas = Canvas(200, 50, "#FFFFFF")
    canvas.text((5, 20), text, PLAIN, "#000000")
    assert canvas.to_png().startswith(b"\x89PNG")
    assert canvas.to_svg(text, text).startswith(b"<svg ")


def test_what_no_font_has_is_a_hollow_square() -> None:
    assert drawable("a中b") == "a□b"
    assert not can_draw("中")


def test_a_dollar_is_no_formula() -> None:
    assert measure("$x$", PLAIN) > measure("x", PLAIN) + 8


def test_spaced_letters_take_more_room_and_keep_their_shapes() -> None:
    path, width = outline("Thailand", TextStyle(14, 600, spacing=1.5))
    plain, narrow = outline("Thailand", TextStyle(14, 600))
    assert width == pytest.approx(narrow + 7 * 1.5, abs=1.5)
    assert len(vertices(path)) == len(vertices(plain))


def test_long_texts_are_broken_or_shortened() -> None:
    words = "The boundaries, names and designations shown do not imply any opinion on the legal status of a territory."
    lines = wrap(words, PLAIN, 200)
    assert " ".join(lines) == words
    assert all(measure(line, PLAIN) <= 200 for line in lines)
    short = fit_text(words, PLAIN, 200)
    assert short.endswith("…")
    assert measure(short, PLAIN) <= 200
    assert wrap("x" * 500, PLAIN, 100)[0].endswith("…")
