internal import Capture
internal import Node
internal import Wire

/// A detector of values that must differ on every connection but are repeated.
///
/// A connection may be captured twice, before and after a router that changes its addresses. Then all its values are
/// repeated almost at the same time, which is not a fault. A connection that differs in another value, or is later, is
/// a different connection.
struct FreshValues: Sendable {
    /// The maximum number of values, and of connections with values, that are remembered: about 30 MB. Beyond it, all
    /// are forgotten.
    static let limit = 65_536
    private let limit: Int
    /// The larger of the number of remembered values and the number of connections.
    var count: Int { max(seen.count, firstValues.count) }
    /// The maximum time of a packet from one side of a router to the other, in nanoseconds.
    private static let copyTime: Int64 = 2_000_000_000

    private struct Origin: Hashable {
        var field: Int
        var isFromClient: Bool
    }
    private struct Value: Hashable {
        var field: Int
        var bytes: [UInt8]
    }
    private struct Sighting {
        var flow: Int
        var number: Int
        var time: Timestamp
    }
    private struct Suspicion {
        var flow: Int
        /// The connection that this one may be a copy of.
        var original: Int
        var finding: Finding
    }
    /// The maximum number of suspicions about one connection, because a node that repeats a value constantly is
    /// reported often enough.
    static let suspicionLimit = 16
    private struct Field {
        var path: String
        var name: String
        var requirement: String
    }
    /// The indices of fields by the name of the message.
    private var fields: [String: [Int]] = [:]
    private var all: [Field] = []
    /// The types without such fields.
    private var others: Set<ObjectIdentifier> = []
    private var seen: [Value: Sighting] = [:]
    /// The first values on each connection.
    private var firstValues: [Int: [Origin: [UInt8]]] = [:]
    /// The suspicions by both connections that they are about, because a value on either may distinguish the two.
    private var suspicions: [Int: [Suspicion]] = [:]

    /// Takes the fields that a requirement is about.
    init(_ fields: [FreshField], messages: [String], limit: Int = Self.limit) {
        self.limit = limit
        for field in fields {
            guard let requirement = field.requirement,
                let message = messages.filter({ field.path.hasPrefix($0 + ".") }).max(by: { $0.count < $1.count })
            else { continue }
            self.fields[message, default: []].append(all.count)
            all.append(
                Field(path: String(field.path.dropFirst(message.count + 1)), name: field.name, requirement: requirement)
            )
        }
    }

    /// Returns the findings about a record, and findings about earlier records that this record confirms. Findings are
    /// returned only for records with `isWanted`.
    mutating func check(_ record: borrowing Record, _ bytes: RawSpan, isWanted: Bool) -> [Finding] {
        guard let type = record.message, record.kind == .message, !others.contains(ObjectIdentifier(type)) else {
            return []
        }
        guard let fieldIndices = fields[type.name.description] else {
            others.insert(ObjectIdentifier(type))
            return []
        }
        var findings: [Finding] = []
        let dissection = type.dissect(bytes, hint: record.hint)
        for i in fieldIndices {
            guard let range = dissection.node(all[i].path)?.range, !range.isEmpty, range.upperBound <= bytes.byteCount
            else { continue }
            let value = Value(field: i, bytes: bytes.extracting(range).withUnsafeBytes { [UInt8]($0) })
            findings += check(
                value, Origin(field: i, isFromClient: record.isFromClient), in: record, isWanted: isWanted)
        }
        return findings
    }
    private mutating func check(
        _ value: Value, _ origin: Origin, in record: borrowing Record, isWanted: Bool
    ) -> [Finding] {
        if count >= limit { (seen, firstValues, suspicions) = ([:], [:], [:]) }
        let flow = record.flow
        if firstValues[flow]?[origin] == nil { firstValues[flow, default: [:]][origin] = value.bytes }
        var findings = settled(flow)
        guard let first = seen[value], first.flow != flow else {
            seen[value] = seen[value] ?? Sighting(flow: flow, number: record.number, time: record.time)
            return findings
        }
        let field = all[value.field]
        var finding = Finding(
            .violation, path: field.path,
            "repeats the \(field.name) of #\(first.number) on another connection: each connection needs a new one")
        finding.requirement = field.requirement
        if record.time.passed(since: first.time).magnitude > Self.copyTime.magnitude || isOther(flow, first.flow) {
            if isWanted { findings.append(finding) }
        } else if isWanted, [flow, first.flow].allSatisfy({ suspicions[$0, default: []].count < Self.suspicionLimit }) {
            finding.path = ""
            finding.text = "#\(record.number) " + finding.text
            let suspicion = Suspicion(flow: flow, original: first.flow, finding: finding)
            for f in [flow, first.flow] { suspicions[f, default: []].append(suspicion) }
        }
        return findings
    }
    /// Returns whether two connections differ in a value that both have sent.
    private func isOther(_ a: Int, _ b: Int) -> Bool {
        guard let a = firstValues[a], let b = firstValues[b] else { return false }
        return a.contains { origin, value in b[origin].map { $0 != value } ?? false }
    }
    /// Returns the suspicions about a connection that are certain now and were not before.
    private mutating func settled(_ flow: Int) -> [Finding] {
        let certain = suspicions[flow]?.filter { isOther($0.flow, $0.original) } ?? []
        for f in Set(certain.flatMap { [$0.flow, $0.original] }) {
            suspicions[f] = suspicions[f]?.filter { !isOther($0.flow, $0.original) }
        }
        return certain.map(\.finding)
    }
}
