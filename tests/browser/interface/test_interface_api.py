"""The API's pages draw what they are about: the boundary of a region, the area of a record."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.interface.conftest import Opened

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("collection", ["regions", "incident-areas"])
def test_a_page_of_features_with_areas_draws_their_outlines(open_page: Opened, collection: str) -> None:
    page = open_page(f"/api/collections/{collection}/items?f=html&limit=5")
    expect(page.locator(".bearing-outlined__line").first).to_be_attached()


def test_a_regions_boundary_fits_its_map(open_page: Opened) -> None:
    page = open_page("/api/collections/regions/items/MM-01?f=html")
    line = page.locator(".bearing-outlined__line").first
    expect(line).to_be_attached()
    drawn, shown = line.bounding_box(), page.locator(".leaflet-container").bounding_box()
    assert drawn
    assert shown
    assert shown["x"] <= drawn["x"]
    assert drawn["x"] + drawn["width"] <= shown["x"] + shown["width"]
    assert shown["y"] <= drawn["y"]
    assert drawn["y"] + drawn["height"] <= shown["y"] + shown["height"]
    assert max(drawn["width"] / shown["width"], drawn["height"] / shown["height"]) > 0.25


def test_records_with_points_alone_have_no_outline(open_page: Opened) -> None:
    page = open_page("/api/collections/incidents/items?f=html&limit=5")
    view = json.loads(page.locator("#bearing-view").text_content() or "")
    assert view["outlined"] == ""
    expect(page.locator(".bearing-outlined__line")).to_have_count(0)
