"""Per checker: good and bad histories by hand, and mutants of the checker that they must catch."""
