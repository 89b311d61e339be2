"""Merges newer template versions into files that people have edited; writes none of theirs."""
