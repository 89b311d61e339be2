"""What users promise."""
