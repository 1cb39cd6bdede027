"""Makes Matplotlib's SVG fit to be served: no style sheet, no style attributes, and words for who does not see it.

Under this site's Content-Security-Policy a browser ignores styles that stand in a document; the attributes of the same
names do the same and are allowed.
"""

import re
from html import escape

_STYLE = re.compile(r' style="([^"]*)"')
_SHEET = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>\s*", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_HEAD = re.compile(r"\A.*?<svg [^>]*>\s*", re.DOTALL)
_BREAK = re.compile(r" \n(?=[LQCzM])|(?<=[LQCM]) ")
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


def refine(svg: str, title: str, description: str, ratio: float = 1.0) -> str:
    """Rewrite what Matplotlib wrote. ratio: how many times its own size the picture is shown at."""
    found = _VIEW.search(svg)
    assert found  # noqa: S101 - Matplotlib always writes one
    width, height = float(found[1]), float(found[2])
    body = _BREAK.sub("", _STYLE.sub(_to_attributes, _METADATA.sub("", _SHEET.sub("", _HEAD.sub("", svg, count=1)))))
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img"'
        f' width="{width * ratio:g}" height="{height * ratio:g}" viewBox="0 0 {width:g} {height:g}"'
        ' stroke-linejoin="round" stroke-linecap="butt" aria-labelledby="title description">\n'
        f'<title id="title">{_clean(title)}</title>\n<desc id="description">{_clean(description)}</desc>\n'
    )
    return head + body


def _to_attributes(found: re.Match[str]) -> str:
    pairs = [part.partition(":") for part in found[1].split(";") if part.strip()]
    return "".join(f' {name.strip()}="{value.strip()}"' for name, _, value in pairs)


def _clean(text: str) -> str:
    """Escape a text, without the characters that XML cannot hold."""
    return escape(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))
