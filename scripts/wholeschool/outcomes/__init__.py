"""What follows from the records: credits, passing, eligibility, stages and rates. Pure functions of a programme."""
