"""Maps: from a view (filter, edition, base map, size) to a Folium document.

It knows no request and no database: a map is drawn in a notebook or a test as well as on a page.
"""
