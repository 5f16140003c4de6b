"""What the course's own exercises ask for, and how it is checked: a module for each topic, its exercises at the end."""
