"""What scenarios say of locks."""
