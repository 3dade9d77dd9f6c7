"""What scenarios say of orders."""
