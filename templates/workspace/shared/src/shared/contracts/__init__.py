"""What services tell and ask each other: events and tasks, one module for each owner."""
