"""What runs and understands any code, however it is written: the tools that checks are made with."""
