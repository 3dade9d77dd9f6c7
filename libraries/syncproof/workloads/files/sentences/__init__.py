"""What scenarios say of files."""
