"""What tasks promise."""
