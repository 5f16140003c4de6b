"""What is checked, topic by topic."""
