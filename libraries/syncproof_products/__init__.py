"""One folder for each product that suites can run against."""
