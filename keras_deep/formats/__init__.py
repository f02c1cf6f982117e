"""Arrays and definitions out of files, none of which is ever run."""
