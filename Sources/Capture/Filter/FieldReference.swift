public import Node
public import Wire

/// A field by its name in filters: a field of records (`src`, `flow`, `notes.text`) or of messages (`peers.port`).
public struct FieldReference: Sendable {
    /// The name as it was written.
    public let name: String
    private let record: RecordField?
    /// The steps to the field in each type of message that has it.
    let paths: [ObjectIdentifier: [FilterStep]]

    /// Resolves a name among the messages of some protocols. Throws if the name is unknown or is not a field.
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
    /// True if the field connects answers with requests.
    public var isAboutAnswers: Bool { record == .answers || record == .answerTime }
    /// Returns true if a record must be dissected to read the field.
    public func needsDissection(_ record: borrowing Record) -> Bool {
        if let field = self.record { return field.needsDissection && record.isRemarkable }
        guard let type = record.message else { return false }
        return paths[ObjectIdentifier(type)] != nil
    }
    /// Returns the single value that a record has for the field, if it is a number, a time, an address or the record's
    /// name.
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
    /// A single value that needs no list.
    public enum Plain {
        case number(Int)
        /// `Record.time`.
        case time(Timestamp)
        /// The sender or the receiver of the record.
        case address(Endpoint)
        /// `Record.name`.
        case name
    }
    /// Returns the values that a record has for the field; an empty list if it has no value. A field that can only be
    /// present or absent has the value `true` if it is present.
    public func values(_ record: borrowing Record, _ opened: DissectedRecord, _ bytes: RawSpan) -> [Value] {
        if let field = self.record {
            guard field.kind != nil else { return field.isThere(record, opened.notes) ? [.bool(true)] : [] }
            var out: [Value] = []
            _ = field.any(record, notes: opened.notes, in: bytes) { value in
                out.append(Self.value(value, isDuration: field.kind == .duration))
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
    private static func value(_ value: FilterValue, isDuration: Bool) -> Value {
        guard isDuration, case .number(let n) = value else { return value.value }
        return .text(seconds(n.clamped))
    }
    /// Returns a duration with nine decimals.
    private static func seconds(_ nanoseconds: Int64) -> String {
        let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        return (nanoseconds < 0 ? "-" : "") + "\(whole)." + String(1_000_000_000 + rest).dropFirst()
    }
    /// The maximum number of values listed for one record.
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
