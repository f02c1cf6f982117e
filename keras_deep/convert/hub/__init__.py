"""From names of published weights to local files."""
