public import Node
public import Wire

/// A field by its name, as filters have it: of records (`src`, `flow`, `notes.text`) or of messages (`peers.port`).
public struct FieldReference: Sendable {
    /// As it was written.
    public let name: String
    private let record: RecordField?
    /// For each type of message that has the field where it is.
    let paths: [ObjectIdentifier: [FilterStep]]

    /// Finds what a name means among the messages of some protocols; throws when that is nothing, or no field.
    public init(_ name: String, _ definitions: [Definition]) throws(FilterError) {
        self.name = name
        let names = FilterNames(definitions)
        let token = FilterToken(kind: .word, text: name, range: 0..<name.unicodeScalars.count)
        switch names.meaning(name) {
        case .record(let field):
            record = field
            paths = [:]
        case .message(let found):
            record = nil
            paths = Dictionary(found.map { (ObjectIdentifier($0.type), $0.steps) }) { a, _ in a }
        case .protocolName, .type, .name:
            throw FilterError(message: "`\(name)` is no field, but a protocol or message", range: token.range)
        case nil: throw names.unknown(token)
        }
    }
    /// Whether a record has to be taken apart for its values.
    public func needsDissection(_ record: borrowing Record) -> Bool {
        if let field = self.record { return field.needsDissection && record.isRemarkable }
        guard let type = record.message else { return false }
        return paths[ObjectIdentifier(type)] != nil
    }
    /// The one value that a record has for it, when that is a number or the name of something.
    public func plain(_ record: borrowing Record) -> Plain? {
        switch self.record {
        case .n: .number(record.number)
        case .flow: .number(record.flow)
        case .length: .number(record.length)
        case .offset: .number(Int(record.offset))
        case .sourcePort: .number(Int(record.source.port))
        case .destinationPort: .number(Int(record.destination.port))
        case .time: .time(record.time)
        case .src: .address(record.source)
        case .dst: .address(record.destination)
        case .message: .name
        default: nil
        }
    }
    /// A value that needs no list.
    public enum Plain {
        case number(Int)
        /// `Record.time`.
        case time(Timestamp)
        /// One of its two ends.
        case address(Endpoint)
        /// `Record.name`.
        case name
    }
    /// The values that a record has for it, none when it has none. What is only there or not is `true` where it is
    /// there.
    public func values(_ record: borrowing Record, _ opened: DissectedRecord, _ bytes: RawSpan) -> [Value] {
        if let field = self.record {
            guard field.kind != nil else { return field.isThere(record, opened.notes) ? [.bool(true)] : [] }
            var out: [Value] = []
            _ = field.any(record, opened.notes, bytes) { value in
                out.append(field.kind == .duration ? .text(Self.seconds(record.sincePrevious)) : value.value)
                return false
            }
            return out
        }
        guard let type = record.message, let steps = paths[ObjectIdentifier(type)], let dissection = opened.dissection
        else {
            return []
        }
        var out: [Value] = []
        _ = dissection.any(steps[...]) { i, rest in
            guard dissection.nodes[i].shape == .leaf || rest.isEmpty else { return false }
            let value = dissection.value(of: i, in: bytes)
            if rest.isEmpty {
                out.append(value)
            } else if dissection.nodes[i].isJSONValue {
                _ = value.any(rest) {
                    out.append($0)
                    return true
                }
            }
            return out.count >= Self.limit || dissection.nodes[i].shape == .list
        }
        return out
    }
    /// With nine decimals.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        return (nanoseconds < 0 ? "-" : "") + "\(whole)." + String(1_000_000_000 + rest).dropFirst()
    }
    /// Values of one record that are listed.
    static let limit = 10_000
}

extension FilterValue {
    var value: Value {
        switch self {
        case .number(let n): Value(n.clamped)
        case .bytes(let b): .bytes(b)
        case .bool(let b): .bool(b)
        case .code, .text, .address, .network, .time: .text(text)
        }
    }
}
