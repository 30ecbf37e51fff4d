"""Many runs at once, compiled: the lanes engine."""
