import Wire

/// What a later version has put behind the fields of a record that are known. It is kept, and nobody looks at it.
struct RecordExtension: Message {
    static var name: StaticString { "rightmesh.extension" }
    var bytes = Bytes()
    init() {}

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) { c.rest("bytes", &bytes) }
}

/// A record of a section, with room for what later versions add.
protocol Extensible: Message {
    /// Bytes of it without an extension.
    var byteCountOfKnown: Int { get }
    /// What follows within the length of a record that the section states.
    var `extension`: RecordExtension? { get }
}

extension Array where Element: Extensible {
    /// What a section states as the length of each: that of the longest, at least `least`.
    func recordLength(atLeast least: Int) -> UInt16 {
        UInt16(clamping: reduce(least) { Swift.max($0, $1.byteCountOfKnown + ($1.extension?.bytes.count ?? 0)) })
    }
}
