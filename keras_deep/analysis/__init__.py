"""What a network costs and looks like."""
