extension String {
    /// Returns the text with characters replaced by `replacement`. Characters for which it returns nil are unchanged.
    package func escaping(_ replacement: (Unicode.Scalar) -> String?) -> String {
        var out = ""
        for c in unicodeScalars {
            if let text = replacement(c) { out += text } else { out.unicodeScalars.append(c) }
        }
        return out
    }
}
