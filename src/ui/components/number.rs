//! Numbers as attributes. They are printed as whole ones: how the standard library prints floats, to
//! the last digit, takes 15 kB of wasm.

/// A number with so many digits behind its point, rounded.
pub(crate) fn fixed(value: f64, digits: u32) -> String {
    let one = 10_i64.pow(digits);
    let number = (value * one as f64).round() as i64;
    let sign = if number < 0 { "-" } else { "" };
    let (whole, rest) = (number.abs() / one, number.abs() % one);
    let width = digits as usize;
    format!("{sign}{whole}.{rest:0width$}")
}

/// A number of an SVG drawing.
pub(super) fn n(value: f64) -> String {
    fixed(value, 1)
}
