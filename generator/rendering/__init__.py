"""Turns template versions and answers into files; the only importer of Copier and Jinja."""
