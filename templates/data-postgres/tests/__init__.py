"""What this service promises."""
