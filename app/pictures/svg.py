"""Makes Matplotlib's SVG fit to be served, of maps and of charts: no style sheet, no styles, and words for readers.

Under this site's Content-Security-Policy a browser ignores styles that stand in a document; the attributes of the same
names do the same and are allowed.
"""

import re
from html import escape

# Letters of the reader's own system, where text stays text; a picture in a page may fetch no others.
_FONTS = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, "
    "'Noto Sans Myanmar', sans-serif"
)
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_GROUP = re.compile(r'<g id="\w+_\d+">')
# What a picture says stands between tags, and stays as it is.
_TAG = re.compile(r"<[^>]*>")
_PLACE = re.compile(r' (?:d|x|y|width|height|transform)="[^"]*"')
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_LONG = re.compile(r"\.\d{3}")
_STYLE = re.compile(r' style="([^"]*)"')
_SHEET = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>\s*", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_HEAD = re.compile(r"\A.*?<svg [^>]*>\s*", re.DOTALL)
# Of paths, a megabyte long, what may go: replaced one by one, since looking for any of them takes ten times as long.
_BREAKS = (*((f" \n{command}", command) for command in "LQCzM"), *((f"{command} ", command) for command in "LQCM"))
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def refine(svg: str, title: str, description: str, ratio: float = 1.0) -> str:
    """Rewrite what Matplotlib wrote. ratio: how many times its own size the picture is shown at."""
    found = _VIEW.search(svg)
    assert found  # noqa: S101 - Matplotlib always writes one
    width, height = float(found[1]), float(found[2])
    body = _METADATA.sub("", _SHEET.sub("", _HEAD.sub("", svg, count=1)))
    body = _TAG.sub(_make_plain, body)
    linked = ' xmlns:xlink="http://www.w3.org/1999/xlink"' if "xlink:" in body else ""
    lettered = f' font-family="{_FONTS}"' if "<text" in body else ""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg"{linked} role="img"'
        f' width="{width * ratio:g}" height="{height * ratio:g}" viewBox="0 0 {width:g} {height:g}"'
        f' stroke-linejoin="round" stroke-linecap="butt"{lettered} aria-labelledby="title desc">\n'
        f'<title id="title">{escape(clean_text(title))}</title>\n'
        f'<desc id="desc">{escape(clean_text(description))}</desc>\n'
    )
    return head + body


def clean_text(text: str) -> str:
    """Leave out what XML cannot hold, so that no name can break a picture."""
    return _FORBIDDEN.sub("", text)


def _make_plain(tag: re.Match[str]) -> str:
    plain = _STYLE.sub(_to_attributes, _GROUP.sub("<g>", tag[0]))
    for written, kept in _BREAKS:
        plain = plain.replace(written, kept)
    # Most numbers are short already.
    return _PLACE.sub(lambda place: _NUMBER.sub(_shorten, place[0]), plain) if _LONG.search(plain) else plain


def _to_attributes(found: re.Match[str]) -> str:
    pairs = ((part.strip() for part in rule.split(":", 1)) for rule in found[1].split(";") if rule.strip())
    return "".join(f' {name}="{value.removesuffix("px")}"' for name, value in pairs if name != "font-family")


def _shorten(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
