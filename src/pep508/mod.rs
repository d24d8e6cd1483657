//! Names, requirements, markers, and the target they are evaluated for.
