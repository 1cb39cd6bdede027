import re
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings

REFUSED = [
    "/nothing",
    "/?kind=nonsense",
    "/incidents/0",
    "/editions/9/columns.arrow",
    "/embed?x=1",
    "/static/../x",
    "/%2e%2e/etc",
]


def test_every_route_has_an_address_that_these_tests_ask_for(app: Flask, addresses: dict[str, list[str]]) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(addresses)


def test_every_route_only_reads(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert rule.methods == {"GET", "HEAD", "OPTIONS"}, rule


def test_everything_answers(client: FlaskClient, every_address: list[str]) -> None:
    for address in every_address:
        assert client.get(address).status_code == 200, address


def test_no_answer_sets_a_cookie_or_varies_by_one(client: FlaskClient, every_address: list[str]) -> None:
    for address in [*every_address, *REFUSED]:
        response = client.get(address, headers={"Cookie": "session=abc; bearing=1"})
        assert "Set-Cookie" not in response.headers, address
        assert "Cookie" not in response.headers.get("Vary", ""), address


def test_every_answer_is_protected(client: FlaskClient, every_address: list[str], secret: str) -> None:
    for address in [*every_address, *REFUSED]:
        headers = client.get(address).headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'", address
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'", address
        assert policy["base-uri"] == "'none'", address
        assert "unsafe" not in headers["Content-Security-Policy"], address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == ("no-referrer" if secret in address else "same-origin"), address
        assert "geolocation=()" in headers["Permissions-Policy"], address
        assert "Server" not in headers, address


def test_the_embed_alone_may_be_framed(client: FlaskClient, addresses: dict[str, list[str]]) -> None:
    for endpoint, each in addresses.items():
        for address in each:
            headers = client.get(address).headers
            if endpoint.startswith("embed."):
                assert "frame-ancestors *" in headers["Content-Security-Policy"], address
                assert "X-Frame-Options" not in headers, address
            else:
                assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
                assert headers["X-Frame-Options"] == "DENY", address


def test_an_error_in_a_frame_can_be_read_there(client: FlaskClient) -> None:
    response = client.get("/embed?kind=nonsense")
    assert response.status_code == 400
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]


def test_any_page_may_fetch_data_and_none_may_fetch_pages(client: FlaskClient, addresses: dict[str, list[str]]) -> None:
    for endpoint, each in addresses.items():
        for address in each:
            headers = client.get(address, headers={"Origin": "null"}).headers
            shared = endpoint.startswith(
                ("charts.", "data.", "downloads.", "feeds.", "files.", "oembed.", "pictures.", "api")
            )
            assert headers.get("Access-Control-Allow-Origin") == ("*" if shared else None), address
            assert "Access-Control-Allow-Credentials" not in headers, address


def test_that_data_is_gone_can_be_told_from_another_origin(client: FlaskClient) -> None:
    assert client.get("/editions/9/columns.arrow").headers["Access-Control-Allow-Origin"] == "*"


def test_tiles_open_the_policy_for_their_provider_alone(data_dir: object) -> None:
    settings = Settings.from_env(
        {
            "BEARING_DATA_DIR": str(data_dir),
            "BEARING_TILES_URL": "https://{s}.tile.example.org/{z}/{x}/{y}.png",
            "BEARING_TILES_ATTRIBUTION": "Tile makers",
        }
    )
    headers = create_app(settings).test_client().get("/", headers={"Host": "localhost"}).headers
    assert "img-src 'self' data: https://*.tile.example.org;" in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].count("https:") == 1
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize(
    "host", ["evil.example", "map.example.org.evil.example", "", "map.example.org@evil.example", "a b", "[", "x" * 300]
)
def test_strangers_names_are_refused_and_never_repeated(client: FlaskClient, host: str) -> None:
    for address in ("/", "/healthz", "/incidents.geojson", "/static/x.js", "/nothing", "/incidents/"):
        response = client.get(address, headers={"Host": host})
        assert response.status_code == 400, address
        assert not host or host not in f"{response.headers}{response.text}", address
        assert "map_html" not in response.text


@pytest.mark.parametrize("host", ["LocalHost", "LOCALHOST:4711"])
def test_a_trusted_name_is_trusted_in_any_case(client: FlaskClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_the_page_for_a_strangers_name_has_no_empty_paragraph(client: FlaskClient) -> None:
    text = client.get("/", headers={"Host": "evil.example"}).text
    assert text.endswith("<h1>Not this site</h1><p>Use the address that the site&#39;s owner gave.</p></html>"), text


def test_what_a_request_calls_the_site_is_never_repeated(client: FlaskClient, every_address: list[str]) -> None:
    for address in [*every_address, *REFUSED, "/incidents/", "//incidents"]:
        headers = {"Host": "localhost:4711", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}
        response = client.get(address, headers=headers)
        said = str(response.headers).encode() + response.data
        for word in (b"localhost", b":4711", b"evil.example", b"gopher"):
            assert word not in said, address
        assert response.status_code < 300 or response.status_code >= 400, address


def test_absolute_addresses_come_from_the_setting(client: FlaskClient) -> None:
    text = client.get("/incidents.geojson").text
    urls = set(re.findall(r'"url":"(https://map\.example\.org|)/incidents/[0-9a-f]{32}"', text))
    assert urls == {"https://map.example.org"}


def test_proxies_are_believed_only_as_far_as_the_setting_says(data_dir: object) -> None:
    for proxies, address in ((0, "10.0.0.1"), (1, "192.0.2.7")):
        app = create_app(Settings.from_env({"BEARING_DATA_DIR": str(data_dir), "BEARING_PROXIES": str(proxies)}))
        seen: list[str | None] = []

        @app.before_request
        def note(seen: list[str | None] = seen) -> None:
            seen.append(request.remote_addr)

        forwarded = {"Host": "localhost", "X-Forwarded-For": "203.0.113.9, 192.0.2.7"}
        app.test_client().get("/healthz", headers=forwarded, environ_base={"REMOTE_ADDR": "10.0.0.1"})
        assert seen == [address]


def test_every_address_stands_in_the_readme(app: Flask) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/static/", "/basemap/")):
            continue
        named = rule.rule if not rule.rule.startswith("/editions/") else "/editions/<name>/..."
        assert f"`{named.replace('<incident_id>', '<id>')}`" in readme, rule.rule


@pytest.mark.parametrize("address", ["/incidents.geojson", "/incidents.csv", "/api/collections/incidents/items"])
def test_a_head_alone_says_no_length_that_the_answer_has_not(client: FlaskClient, address: str) -> None:
    head, whole = client.head(address), client.get(address)
    assert head.status_code == whole.status_code == 200
    assert head.data == b""
    assert head.headers.get("Content-Length") in {None, str(len(whole.data))}
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_what_is_no_text_is_refused(client: FlaskClient) -> None:
    for address in ("/?q=%ff", "/incidents.geojson?q=%C3%28", "/api/collections/incidents/items?q=%ff"):
        response = client.get(address)
        assert response.status_code == 400, address
        assert "not UTF-8" in response.text
    assert client.get("/incidents?q=%E1%80%99").status_code == 200


def test_a_program_elsewhere_may_read_what_an_answer_says_of_itself(client: FlaskClient) -> None:
    told = client.get("/api/collections/incidents/items").headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Content-Crs", "Link", "ETag", "Content-Disposition"} <= set(told)


def test_a_program_elsewhere_may_ask_with_what_it_has_already(client: FlaskClient) -> None:
    """The question before it (CORS preflight) is answered as the fetch standard has it, where data is shared alone."""
    asked = {"Origin": "https://news.example", "Access-Control-Request-Headers": "if-none-match"}
    told = client.options("/incidents.geojson", headers=asked).headers
    assert told["Access-Control-Allow-Origin"] == told["Access-Control-Allow-Headers"] == "*"
    assert told["Access-Control-Allow-Methods"] == "GET, HEAD"
    refused = client.options("/", headers=asked).headers
    assert not [name for name, _ in refused if name.startswith("Access-Control")]
