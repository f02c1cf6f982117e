"""Small helpers that know nothing of networks: errors, files, downloads."""
