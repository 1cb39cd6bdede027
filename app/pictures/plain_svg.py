"""Matplotlib's SVG made plain: attributes instead of styles, no ids but those in use, no metadata, words for readers.

A page's policy forbids styles within a document, so a picture that is opened by itself must not need any. It draws
nothing.
"""

import re
from xml.etree import ElementTree as ET

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_NUMBER = re.compile(r"-?\d+\.\d+")
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Letters of the reader's own system; a picture in a page may fetch no others.
FONTS = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, "
    "'Noto Sans Myanmar', sans-serif"
)


def make_plain(drawn: bytes, *, title: str, description: str) -> bytes:
    """Rewrite what matplotlib's SVG canvas wrote. The same input always gives the same bytes."""
    # It is what this program has just drawn, and no document of somebody else's.
    root = ET.fromstring(drawn)  # noqa: S314
    for parent in root.iter():
        for child in list(parent):
            if child.tag in {f"{{{_SVG}}}metadata", f"{{{_SVG}}}title", f"{{{_SVG}}}style"}:
                parent.remove(child)
    _drop_empty(root)
    used = set(re.findall(r"#([\w-]+)", ET.tostring(root, encoding="unicode")))
    for element in root.iter():
        _make_attributes(element)
        if element.get("id") not in used:
            element.attrib.pop("id", None)
        for name in ("d", "x", "y", "width", "height", "transform"):
            if name in element.attrib:
                element.set(name, _shorten(element.get(name, "")))
        element.text = element.text if (element.text or "").strip() else None
        element.tail = None
    width, height = (root.get(name, "").removesuffix("pt") for name in ("width", "height"))
    for name, value in (
        ("width", width),
        ("height", height),
        ("role", "img"),
        ("aria-labelledby", "title desc"),
        ("font-family", FONTS),
        ("stroke-linejoin", "round"),
    ):
        root.set(name, value)
    root.attrib.pop("version", None)
    for at, (tag, text) in enumerate((("title", title), ("desc", description))):
        said = ET.Element(f"{{{_SVG}}}{tag}", {"id": tag})
        said.text = _FORBIDDEN.sub("", text)
        root.insert(at, said)
    return _write(root)


def clean_text(text: str) -> str:
    """Leave out what XML cannot hold, so that no name can break a picture."""
    return _FORBIDDEN.sub("", text)


def _drop_empty(root: ET.Element) -> None:
    """Drop groups and definitions that hold nothing, from the innermost outwards."""
    for child in list(root):
        _drop_empty(child)
        if child.tag in {f"{{{_SVG}}}g", f"{{{_SVG}}}defs"} and not len(child):
            root.remove(child)


def _make_attributes(element: ET.Element) -> None:
    for rule in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in rule.partition(":"))
        if name == "font-size":
            value = value.removesuffix("px")
        if name and name not in {"font-family", "font"}:
            element.set(name, value)
    if (element.get("transform") or "").startswith(("rotate(0 ", "rotate(-0 ")):
        del element.attrib["transform"]


def _shorten(text: str) -> str:
    rounded = _NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), text)
    return re.sub(r"\s+", " ", rounded).strip()


def _write(root: ET.Element) -> bytes:
    for prefix, namespace in (("", _SVG), ("xlink", _XLINK)):
        ET.register_namespace(prefix, namespace)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
