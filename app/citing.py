"""How an edition is cited and described to machines: as text, BibTeX, CSL-JSON and a schema.org Dataset.

It knows no request; whoever asks says at which address the edition is found.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from incidents.editions.manifest import Licence, Manifest

_LATEX = str.maketrans(
    {
        **{character: f"\\{character}" for character in "&%$#_"},
        # Whoever counts braces counts escaped ones, too.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
    }
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# A licence that has an address of its own, by how datasets name it.
_LICENCES = re.compile(r"CC[ -](BY(?:-(?:SA|NC|ND|NC-SA|NC-ND))?)[ -](\d\.\d)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file of the whole edition: name, media type, path on the site and whole address, and what it is good for."""

    name: str
    type: str
    path: str
    address: str
    says: str


@dataclass(frozen=True, slots=True)
class Citation:
    """An edition as something to cite. site: the service's name. address: where readers find just this edition."""

    manifest: Manifest
    site: str
    home: str
    address: str

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.site}, edition {self.manifest.edition}"

    @property
    def key(self) -> str:
        """A key for reference managers, the same for the same edition and amendment."""
        name = re.sub(r"[^a-z0-9]+", "-", self.site.lower()).strip("-") or "bearing"
        return f"{name}-edition-{self.manifest.edition}"

    def to_text(self) -> str:
        """Give it as a sentence."""
        return self.manifest.cite(self.home)

    def to_bibtex(self) -> str:
        """Give it as an entry of BibTeX, without the types that BibLaTeX alone knows."""
        year, month, _ = self.manifest.published_at[:10].split("-")
        fields = {
            "title": f"{{{_latex(self.title)}}}",
            "author": f"{{{_latex(self.site)}}}",
            "year": year,
            "howpublished": f"Dataset, \\url{{{self.address}}}",
            "version": self.manifest.edition,
            "url": self.address,
            "note": _latex(" ".join(self._notes())),
        }
        said = [f"{name} = {{{value}}}" for name, value in fields.items() if value]
        # Without braces a month is a word that each style of bibliography writes in its own way.
        lines = ",\n  ".join([self.key, *said, f"month = {_MONTHS[int(month) - 1]}"])
        return f"@misc{{{lines}\n}}\n"

    def to_csl(self) -> str:
        """Give it as CSL-JSON (citationstyles.org, schema 1.0), a list of one item."""
        parts = [int(part) for part in self.manifest.published_at[:10].split("-")]
        item = {
            "id": self.key,
            "type": "dataset",
            "title": self.title,
            "author": [{"literal": self.site}],
            "publisher": self.site,
            "version": self.manifest.edition,
            "issued": {"date-parts": [parts]},
            "URL": self.address,
            "note": " ".join(self._notes()) or None,
        }
        return json.dumps([_without_nothing(item)], ensure_ascii=False, indent=1) + "\n"

    def to_schema_org(self, description: str, distributions: Iterable[Distribution]) -> dict[str, Any]:
        """Describe it as a schema.org Dataset, whose members most catalogues of DCAT understand."""
        manifest = self.manifest
        west, south, east, north = manifest.bounds or (None,) * 4
        owner = {"@type": "Organization", "name": self.site, "url": self.home}
        described: dict[str, Any] = _without_nothing(
            {
                "@context": "https://schema.org/",
                "@type": "Dataset",
                "@id": self.address,
                "url": self.address,
                "identifier": self.address,
                "name": self.title,
                "description": description,
                "version": manifest.edition,
                "datePublished": manifest.published_at,
                "dateModified": manifest.amended_at or manifest.published_at,
                "isAccessibleForFree": True,
                "inLanguage": "en",
                "creator": owner,
                "publisher": owner,
                "creditText": self.to_text(),
                "citation": self.to_text(),
                "license": [_licence(text) for text in _licences(manifest.shown)],
                "temporalCoverage": _years(manifest),
                "spatialCoverage": {
                    "@type": "Place",
                    "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"},
                }
                if manifest.bounds
                else None,
                "isBasedOn": [_source(one) for one in manifest.shown],
                "distribution": [_download(one) for one in distributions],
                "includedInDataCatalog": {"@type": "DataCatalog", "name": self.site, "url": f"{self.home}/data"},
            }
        )
        return described

    def _notes(self) -> list[str]:
        """Say what a reader of a list of references should know beside title and date."""
        said = []
        if self.manifest.amended_at:
            said.append(f"Amended {self.manifest.amended_at[:10]}.")
        if self.manifest.demonstration:
            said.append("A demonstration: its records were approved by nobody.")
        return said


def dump_in_script(value: object) -> str:
    """Write JSON for a script element: nothing in it ends the element or begins a comment (HTML, 4.12.1.3)."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _latex(text: str) -> str:
    return text.translate(_LATEX)


def _years(manifest: Manifest) -> str | None:
    """Give the years of the earliest and latest known days (ISO 8601): the days are bounds, which nobody said."""
    if not manifest.first and not manifest.last:
        return None
    return f"{(manifest.first or '..')[:4]}/{(manifest.last or '..')[:4]}"


def _licences(datasets: Sequence[Licence]) -> list[str]:
    return list(dict.fromkeys(one.licence for one in datasets if one.licence))


def _licence(text: str) -> str | dict[str, str]:
    """Give a licence's own address where it has one that everybody knows, else its words."""
    found = _LICENCES.fullmatch(text.strip())
    if found:
        return f"https://creativecommons.org/licenses/{found[1].lower()}/{found[2]}/"
    return {"@type": "CreativeWork", "name": text}


def _source(one: Licence) -> dict[str, Any]:
    return {
        "@type": "Dataset",
        "name": one.title,
        "version": one.version,
        "url": one.url,
        "license": _licence(one.licence) if one.licence else None,
        "creditText": one.attribution,
    }


def _download(one: Distribution) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": one.name,
        "encodingFormat": one.type,
        "contentUrl": one.address,
        "description": one.says,
    }


def _without_nothing(value: Any) -> Any:  # noqa: ANN401 - JSON is Any
    """Leave out members that say nothing."""
    if isinstance(value, dict):
        return {name: kept for name, one in value.items() if (kept := _without_nothing(one)) not in (None, [], {})}
    if isinstance(value, list):
        return [_without_nothing(one) for one in value]
    return value
