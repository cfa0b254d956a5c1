"""What runs in the sandbox's own processes.

The modules here are sent to a bare interpreter (`python -I -S`) as code objects: they import nothing but the standard
library and each other, and as little of it as they can, since every import is paid at every start.
"""
