"""Still pictures drawn on the server: maps and charts, for pages without script, for print and for links.

It knows no request and no database: a picture is drawn from an edition, or from plain values.
"""
