extension String {
    /// The text with what `replacement` puts in the place of characters; those for which it is nil stay.
    func escaping(_ replacement: (Unicode.Scalar) -> String?) -> String {
        var out = ""
        for c in unicodeScalars {
            if let text = replacement(c) { out += text } else { out.unicodeScalars.append(c) }
        }
        return out
    }
}
