"""Whatever its description allows or not, the API answers as the description says: never 500, nothing undocumented."""

import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Its WSGI transport unpacks nothing.
HEADERS = {"Host": "localhost", "Accept-Encoding": "identity"}
# It leaves out the description itself.
OPERATIONS = 10


def _ask(api: FlaskClient, examples: int) -> int:
    """Ask every operation, with what is described and with what is not; give the number of cases."""
    config = schemathesis.Config.from_dict({})
    schema = schemathesis.openapi.from_wsgi("/api/openapi", api.application, headers=HEADERS, config=config)
    asked = 0
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == OPERATIONS
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            asked += _ask_operation(operation.as_strategy(generation_mode=mode), examples)
    return asked


def _ask_operation(cases: st.SearchStrategy[Any], examples: int) -> int:
    asked = 0

    @seed(20260101)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: Any) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate(checks=CHECKS, headers=HEADERS)

    run: Callable[[], None] = ask
    run()
    return asked


def test_some_cases_of_every_operation(api: FlaskClient) -> None:
    assert _ask(api, 8) > OPERATIONS


@pytest.mark.acceptance
def test_thousands_of_cases(api: FlaskClient) -> None:
    assert _ask(api, int(os.environ.get("CASES", "250"))) > 4_000
