"""What idempotency keys promise."""
