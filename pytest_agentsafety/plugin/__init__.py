"""The pytest plugin. `entry` is what every pytest session loads; everything else only with the flag."""
