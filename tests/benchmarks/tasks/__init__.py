"""Sides of the tasks' benchmark: the same no-op task through each library, as processes."""
