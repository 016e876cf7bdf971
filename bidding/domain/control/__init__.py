"""What lies over every phase: a supervisor's suspension, termination, the clock of a test lot."""
