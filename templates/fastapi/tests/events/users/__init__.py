"""What the events of users promise."""
