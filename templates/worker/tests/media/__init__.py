"""What this feature promises."""
