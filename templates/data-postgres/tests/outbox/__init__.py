"""What the outbox promises."""
