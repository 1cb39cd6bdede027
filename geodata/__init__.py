"""The world: regions, places, harbours, base map and precision of place.

It knows no incident, no database and no web page.
"""
