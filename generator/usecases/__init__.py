"""What a person asks for: each use case joins the doers for one command."""
