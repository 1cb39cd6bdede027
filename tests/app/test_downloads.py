"""Downloads: every format opens in the readers that people use, with the same rows as any other."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from app.cli import bearing
from incidents.exporting.formats import FORMATS
