"""Whatever a query string holds, the answer is a 200 or a 4xx, and the refused parameter is named."""

import re
from urllib.parse import quote, urlencode

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.editions.schema import SORTS
from incidents.filters import FILTER_NAMES
from incidents.taxonomy import load_taxonomy

_NAMES = [
    *(*FILTER_NAMES, "edition", "sort", "page", "limit", "n", "id"),
    *("across", "view", "unit", "by", "level", "within", "area", "placeless", "group", "outcome", "theme"),
    "controls",
]
_TAXONOMY = load_taxonomy()
_numbers = st.one_of(
    st.integers().map(str),
    st.floats().map(repr),
    st.sampled_from(["", "-0", "1e999", "٣", "²", "0x1", "1_000", "00001"]),
)
_dates = st.one_of(
    st.dates().map(str),
    st.tuples(st.integers(-1, 10_001), st.integers(-1, 14), st.integers(-1, 33)).map(
        lambda t: "{:04d}-{:02d}-{:02d}".format(*t)
    ),
)
_texts = st.one_of(
    st.text(max_size=30),
    _numbers,
    _dates,
    st.lists(_numbers, min_size=3, max_size=5).map(",".join),
    st.sampled_from(
        [
            *_TAXONOMY.kinds,
            *_TAXONOMY.equipment,
            *SORTS,
            "MM-01",
            "exact",
            "hide",
            "month",
            "region",
            "1",
            "1.1",
            "\x00",
            "%",
            "'",
            "\ud800",
            "month",
            "aircraft",
            "0,0,9,9",
            "9,0,2,3",
        ]
    ),
)
_pairs = st.lists(st.tuples(st.one_of(st.sampled_from(_NAMES), st.text(max_size=12)), _texts), max_size=4)
_routes = st.sampled_from(
    [
        "/", "/incidents", "/embed", "/maps", "/maps/strikes", "/embed/strikes",
        "/about", "/regions", "/regions/MM-01", "/aircraft", "/aircraft/mi-24",
        "/charts/time.svg", "/charts/time.csv", "/incidents.geojson", "/regions.geojson",
        "/editions/1/areas.json", "/editions/1/outlines.json", "/editions/1/outlines.json?across=4",
        "/editions/1/rows.json", "/editions/1/matches.json",
        "/editions/1/columns.arrow", "/editions/1/clusters.arrow", "/editions/1/clusters.arrow?across=9",
        "/editions/1/tallies.json", "/editions/1/histogram.json", "/editions/1/series.json",
        "/editions/1/members.json", "/editions/1/harm.json",
        "/editions/1/certain.json", "/editions/1/found.json",
    ]
)  # fmt: skip
# What is refused for being left out is named, too.
_NEEDED = {
    "/editions/1/rows.json": {"n"},
    "/editions/1/clusters.arrow": {"across"},
    "/editions/1/outlines.json": {"across"},
}
_settings = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@_settings
@given(route=_routes, pairs=_pairs)
def test_no_parameter_breaks_a_route(client: FlaskClient, route: str, pairs: list[tuple[str, str]]) -> None:
    query = urlencode(pairs, errors="surrogatepass")
    response = client.get(f"{route}{'&' if '?' in route else '?'}{query}", headers={"Accept": "application/json"})
    assert response.status_code in {200, 400, 404}, response.text
    if response.status_code == 400:
        parameter = response.json["error"]["parameter"]  # type: ignore[index]
        names = {name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")[:40] for name, _ in pairs}
        assert parameter in names | _NEEDED.get(route, set())


@_settings
@given(route=_routes, query=st.binary(max_size=60))
def test_no_bytes_break_a_route(client: FlaskClient, route: str, query: bytes) -> None:
    raw = re.sub(r"[^\x21-\x7e]|#", lambda found: quote(found.group().encode("latin-1")), query.decode("latin-1"))
    assert client.get(f"{route}{'&' if '?' in route else '?'}{raw}").status_code in {200, 400, 404}


@_settings
@given(path=st.text(max_size=40))
def test_no_path_breaks_the_site(client: FlaskClient, path: str) -> None:
    # Two slashes at the beginning are a host's name to the test's own client.
    quoted = quote(path.encode("utf-8", "surrogatepass")).lstrip("/")
    for start in ("/", "/incidents/", "/regions/", "/aircraft/", "/charts/", "/editions/", "/static/", "/editions/1/"):
        assert client.get(start + quoted).status_code in {200, 400, 404}


@_settings
@given(header=st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60))
def test_no_header_breaks_the_site(client: FlaskClient, header: str) -> None:
    for name in (
        "If-None-Match",
        "Accept-Encoding",
        "Accept",
        "Range",
        "Cookie",
        "X-Forwarded-For",
        "Referer",
        "Origin",
    ):
        assert client.get("/regions.geojson", headers={name: header}).status_code in {200, 304}
