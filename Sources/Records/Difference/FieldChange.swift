/// A field with its values in two messages; nil if one lacks it.
struct FieldChange: Equatable {
    var path: String
    var a: String?
    var b: String?

    /// Returns the fields that differ between two messages.
    static func all(_ a: CaptureOutline.Entry, _ b: CaptureOutline.Entry) -> [Self] {
        var out: [Self] = []
        if a.name != b.name { out.append(Self(path: "message", a: a.name, b: b.name)) }
        let others = Dictionary(b.fields.map { ($0.path, $0.value) }) { _, last in last }
        let own = Set(a.fields.map(\.path))
        for (path, value) in a.fields where others[path] != value {
            out.append(Self(path: path, a: value, b: others[path]))
        }
        for (path, value) in b.fields where !own.contains(path) { out.append(Self(path: path, a: nil, b: value)) }
        return out
    }
}
