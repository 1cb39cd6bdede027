"""Charts over time as pictures and as data, for pages, for readers without script and for who writes about them.

They count and draw nothing: an edition and `app.pictures` do.
"""

from flask import Blueprint, Response

from app.caching import answer
from app.charting import describe_chart, draw_chart, read_timeline, say_choice, write_csv
from app.params import CHART_NAMES, parse_chart
from app.pictures.chart import ChartForm
from app.reading import Asked, asked, given_pairs

charts = Blueprint("charts", __name__)

_BESIDE_DATA = ("by", "unit")


@charts.get("/charts/time.svg")
def give_chart() -> Response:
    """Give the chart of what the filter selects as SVG."""
    with asked(beside=CHART_NAMES) as question:
        form = parse_chart(given_pairs())

        def make() -> bytes:
            timeline = read_timeline(question, form.by, form.unit)
            chart = describe_chart(question, timeline, say_choice(question))
            return draw_chart(chart, theme=form.theme, width=form.width)

        return answer(question.etag(repr(form)), "image/svg+xml", make)


@charts.get("/charts/time.csv")
def give_chart_data() -> Response:
    """Give the same figures as CSV, a line for each bin and series."""
    with asked(beside=_BESIDE_DATA) as question:
        form = parse_chart(given_pairs())
        response = answer(question.etag(repr(form)), "text/csv", lambda: _write(question, form))
        response.headers["Content-Disposition"] = f'attachment; filename="incidents-by-{form.by}.csv"'
        return response


def _write(question: Asked, form: ChartForm) -> str:
    window = question.filter.start, question.filter.end
    return write_csv(read_timeline(question, form.by, form.unit, most_bins=None), window)
