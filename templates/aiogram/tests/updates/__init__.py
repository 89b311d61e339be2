"""How updates come in and are handled."""
