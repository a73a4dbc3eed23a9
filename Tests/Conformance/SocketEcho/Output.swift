import Glibc

/// Sends on what was printed.
func flushOutput() { _ = fflush(nil) }
