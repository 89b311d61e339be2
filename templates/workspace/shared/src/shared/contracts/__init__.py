<<<<<<< HEAD
"""What services tell and ask each other: events and tasks, one module for each owner."""
=======
"""What services of this workspace have agreed on: their tasks and events, by topic."""
>>>>>>> messaging
