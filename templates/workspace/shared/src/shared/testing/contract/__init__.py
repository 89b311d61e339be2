"""Checks what a client sends and what a fake answers against the provider's OpenAPI document."""

from shared.testing.contract.calls import RecordedCall
from shared.testing.contract.checks import Contract, ContractError, ContractTransport, checked

__all__ = ["Contract", "ContractError", "ContractTransport", "RecordedCall", "checked"]
