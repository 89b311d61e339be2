"""The generator scaffolds, wires, verifies and updates the services of a workspace."""

__version__ = "0.1.0"
