"""Says what one currency is worth in another."""
