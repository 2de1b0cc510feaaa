"""What keeps the data whole over the years: verification, backup and restoring, and a look at the installation."""
