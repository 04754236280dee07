"""The process that a Python connector runs in. The program carries this package and hands it to the interpreter, so nothing of Inlet
needs to be installed there, and only the standard library is used."""
