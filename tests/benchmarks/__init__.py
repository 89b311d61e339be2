"""Measures the generator and what it renders against named peers: `make bench`, never a test."""
