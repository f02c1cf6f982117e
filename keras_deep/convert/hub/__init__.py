"""Downloads published weights by name."""
