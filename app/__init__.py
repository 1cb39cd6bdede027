"""The doors: HTTP, HTML, Folium and the command line. It decides nothing about incidents.

This file makes the web application; it imports a door only when that door is asked for.
"""
