"""What events promise."""
