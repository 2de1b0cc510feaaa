"""What people asked and what they were answered, kept for them alone; what they thought of it, kept for evaluators."""
