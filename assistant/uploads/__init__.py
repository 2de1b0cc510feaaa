"""Documents that people bring by the web: taken in safely, read one at a time, and looked after."""
