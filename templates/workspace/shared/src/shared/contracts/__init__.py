"""What services of this workspace have agreed on: their tasks and events, by topic."""
