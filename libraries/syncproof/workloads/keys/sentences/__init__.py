"""What scenarios say of keys and of who can read what passes."""
