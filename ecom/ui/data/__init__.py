"""What the data page is made of: a module for each of its tabs."""
