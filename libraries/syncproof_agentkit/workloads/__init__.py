"""What agents answer for workloads that not every product has: a module each. Nothing else names them."""
