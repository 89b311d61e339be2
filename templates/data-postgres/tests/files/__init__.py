"""What files promise."""
