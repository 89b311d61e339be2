"""What every service of this workspace has in common."""
