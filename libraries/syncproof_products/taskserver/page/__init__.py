"""A page for browsers: a list of orders, which shows at once what its user changes; see README.md."""
