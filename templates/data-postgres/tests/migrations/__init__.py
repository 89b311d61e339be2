"""What the migrations promise."""
