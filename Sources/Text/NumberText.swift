extension Int {
    /// The number with commas between thousands.
    package var grouped: String {
        let digits = Array(String(self))
        return String(
            digits.enumerated().flatMap { i, d in
                i > 0 && (digits.count - i) % 3 == 0 ? [",", d] : [d]
            })
    }
}
