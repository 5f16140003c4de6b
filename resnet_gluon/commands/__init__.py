"""The command line, a module a command: each turns a run's folder into a net and leaves the work to the package."""
