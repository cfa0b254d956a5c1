"""What the name of a field tells of its value is masked as if it stood in one text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_agentsafety.guards.pii_mask import mask
from pytest_agentsafety.recorders.masking import masked_content, masked_nested


@pytest.mark.parametrize(
    ("key", "value", "masked"),
    [
        ("ssn", "155548329", "***-**-****"),
        ("password", "q1w2e3r4", "***"),
        ("api_key", "9f8e7d6c5b4a39281706f5e4d3c2b1a0", "***"),
        ("passport_number", "C01X00T47", "***"),
        ("account_number", "000123456789", "***"),
        ("to", "ann@shop.test", "a***@shop.test"),
        ("card", "4111 1111 1111 1111", "***1111"),
        ("order", "155548329", "155548329"),
        ("key", "value", "value"),
        ("token", "next", "next"),
    ],
)
def test_arguments(key: str, value: str, masked: str) -> None:
    assert masked_nested("arguments", {key: value}, mask) == {key: masked}


@pytest.mark.parametrize(
    ("content", "masked"),
    [
        ([{"type": "text", "ssn": "155548329"}], [{"type": "text", "ssn": "***-**-****"}]),
        ([{"input": {"password": "q1w2e3r4", "n": 5}}], [{"input": {"password": "***", "n": 5}}]),
        ([{"text": "ann@shop.test", "order": "155548329"}], [{"text": "a***@shop.test", "order": "155548329"}]),
        ([{"ssn": 155548329, "to": "ann@shop.test"}], [{"ssn": 155548329, "to": "a***@shop.test"}]),
        ([{"text": "nothing"}], [{"text": "nothing"}]),
    ],
)
def test_content(content: Any, masked: Any) -> None:
    value, text = masked_content(content, mask)
    assert value == masked
    assert json.loads(text) == masked
