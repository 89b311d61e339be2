"""The smallest programs that do the same work: what ours is measured against."""
