"""What the cache promises."""
