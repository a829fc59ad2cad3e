import Nano
import Node
import Testing
import Wire

@testable import Capture

/// A record without the values that may differ between equivalent captures: its number, frames and time, and the order
/// of records of different streams.
struct Retold: Hashable, Comparable, CustomStringConvertible {
    var flow: Int
    var isFromClient: Bool
    var offset: Int64
    var name: String
    var kind: RecordKind
    var bytes: [UInt8]
    var notes: [String]

    private static let doubt = ", unless its receiver got different bytes"

    init(_ record: Record, _ bytes: [UInt8]) {
        (flow, isFromClient, offset) = (record.flow, record.isFromClient, record.offset)
        (name, kind, self.bytes) = (record.name, record.kind, bytes)
        notes = record.notes.compactMap {
            // The note names the segment that differed, which no other capture has.
            if $0.text.hasPrefix("bytes were repeated with different content") { return nil }
            // If bytes were sent again with other content, a violation is only a warning.
            let text = Self.withoutFrames($0.text)
            let isDoubted = text.hasSuffix(Self.doubt)
            var severity = $0.severity
            if isDoubted { severity = .violation }
            return "\(severity) \($0.requirement ?? "") \($0.path): "
                + text.dropLast(isDoubted ? Self.doubt.count : 0)
        }
    }
    /// Removes the number of `frame 12` and `#12`, which name another frame or record in every capture.
    static func withoutFrames(_ text: String) -> String {
        var out = ""
        var rest = text[...]
        while let start = rest.range(of: "frame ") ?? rest.range(of: "#") {
            out += rest[..<start.upperBound]
            rest = rest[start.upperBound...].drop { $0.isNumber }
        }
        return out + rest
    }
    static func < (a: Self, b: Self) -> Bool {
        (a.flow, a.isFromClient ? 0 : 1, a.offset, a.bytes.count, a.name)
            < (b.flow, b.isFromClient ? 0 : 1, b.offset, b.bytes.count, b.name)
    }
    var description: String { "\(flow)\(isFromClient ? ">" : "<") \(name) \(offset)+\(bytes.count) \(notes)" }

    /// Returns all records of a reading, sorted. Records without bytes whose only notes are left out are dropped, since
    /// nothing followed them.
    static func all(_ kept: Kept) -> [Retold] {
        zip(kept.records, kept.bytes).map { Retold($0, $1) }.filter { !$0.bytes.isEmpty || !$0.notes.isEmpty }.sorted()
    }
}

extension Substring {
    /// Returns the first range of a text, like the function of Foundation.
    fileprivate func range(of other: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(other) { return at..<index(at, offsetBy: other.count) }
            at = index(after: at)
        }
        return nil
    }
}
