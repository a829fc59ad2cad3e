internal import Wire

/// A value that is never shown. In reports about a case, other words replace it. Bytes on the wire are not changed.
struct Secret {
    /// The forms in which the value can occur in a sentence.
    var forms: [String]
    /// True if only occurrences without an adjacent letter, digit or point are replaced.
    var isWord: Bool

    init(_ t: Term) {
        isWord = false
        switch t {
        case .text(let s): forms = [s, Value.text(s).description, Array(s.utf8).hex]
        case .bytes(let b): forms = [b.hex]
        case .number, .duration:
            forms = [t.text]
            isWord = true
        default: forms = []
        }
        forms.removeAll { $0.isEmpty || $0 == "\"\"" }
    }
    func hidden(in text: String) -> String { forms.reduce(text) { replaced($1, in: $0) } }

    private func replaced(_ form: String, in text: String) -> String {
        guard isWord else { return text.replacing(form, with: "(secret)") }
        func ends(_ c: Character?) -> Bool { c.map { !$0.isLetter && !$0.isNumber && $0 != "." } ?? true }
        var out = ""
        var rest = text[...]
        while let range = rest.firstRange(of: form) {
            let before = rest[..<range.lowerBound].last ?? out.last
            let after = rest[range.upperBound...].first
            out += rest[..<range.lowerBound]
            out += ends(before) && ends(after) ? "(secret)" : form
            rest = rest[range.upperBound...]
        }
        return out + rest
    }
}
