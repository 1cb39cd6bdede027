"""What is offered for download: how many records, in which formats, how large each file is, and what is not in it.

It makes no file: `incidents.exporting` does.
"""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from app.page_frame import describe_site
from app.reading import Asked
from app.site import site
from incidents.editions.tabulating import count_unshown
from incidents.editions.weighing import Weight, weigh
from incidents.exporting.formats import FORMATS, Format

# Of what must be whole before it is sent, from so many records on.
_WAITS = "It is made whole before it is sent, which takes a while for so many records."
_MANY = 50_000
_STEPS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True, slots=True)
class Size:
    """A file's size in bytes, and whether that is exact or about what it will be."""

    bytes: int
    exact: bool

    @property
    def words(self) -> str:
        """Say it: "about 3.2 MB", "16.2 kB"."""
        unit, name = next(((unit, name) for unit, name in _STEPS if self.bytes >= unit), (1, "bytes"))
        number = self.bytes / unit
        said = f"{number:.0f}" if number >= 10 or unit == 1 else f"{number:.1f}"
        return f"{'' if self.exact else 'about '}{said} {name}"


def describe_offer(question: Asked) -> dict[str, Any]:
    """Describe what can be downloaded, as /download.json has it."""
    edition, counts = question.edition, question.edition.counts(question.filter)
    weight = weigh(edition, question.filter)
    about = edition.manifest.describe(site().settings.public_url)
    framed = describe_site(edition)["edition"]
    return {
        "edition": edition.name,
        "published": framed["published"],
        "records": counts.matched,
        "of": edition.manifest.rows,
        "incidents": counts.incidents,
        "patterns": counts.patterns,
        "not_shown": asdict(count_unshown(edition, question.filter)),
        "files": [_describe_file(question, one, weight) for one in FORMATS.values()],
        **{name: about[name] for name in ("licence", "attribution", "citation", "disclaimer", "demonstration")},
    }


def _describe_file(question: Asked, one: Format, weight: Weight) -> dict[str, Any]:
    size = tell_size(question, one, weight)
    query = urlencode(question.to_pairs())
    return {
        "suffix": one.suffix,
        "name": one.name,
        "says": f"{one.says} {_WAITS}" if one.built and weight.rows > _MANY else one.says,
        "bytes": size.bytes,
        "exact": size.exact,
        "size": size.words,
        "type": one.type,
        "href": f"/incidents.{one.suffix}{f'?{query}' if query else ''}",
        "options": list(one.options),
        "fits": one.most is None or weight.rows <= one.most,
    }


def tell_size(question: Asked, one: Format, weight: Weight | None = None) -> Size:
    """Tell how large a file is or about will be. weight: of what is chosen, where it is known already."""
    edition = question.edition
    whole = edition.whole_parquet(question.filter, site().settings.public_url)
    if one.suffix == "parquet" and whole is not None:
        return Size(int(edition.manifest.files[whole.name]["bytes"]), exact=True)
    weight = weight or weigh(edition, question.filter)
    fixed, by_text, by_boundaries, by_around = one.weight
    told = fixed + by_text * weight.text + by_boundaries * weight.boundaries + by_around * weight.around
    return Size(round(told), exact=False)
