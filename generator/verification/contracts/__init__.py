"""Compares what services say to each other: schemas, messages and HTTP calls."""
