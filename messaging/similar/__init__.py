"""Tell whether two texts are nearly the same: pure functions, which store nothing."""
