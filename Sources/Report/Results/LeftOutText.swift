internal import Node
internal import Scenario
internal import Text
internal import Wire

extension LeftOut {
    /// The text `98,000 messages, 14,896,000 bytes`. The beginning and the end of a connection count as messages.
    var text: String {
        "\(entries.grouped) \(entries == 1 ? "message" : "messages"), \(bytes.grouped) \(bytes == 1 ? "byte" : "bytes")"
    }
    mutating func add(_ e: CaseRecord.Exchange) {
        entries += 1
        bytes += e.isCarried ? 0 : e.bytes.count
    }
    /// Reads a member of a results file; zero if it is missing.
    init(_ v: Value?) { self.init(entries: v?.count("entries") ?? 0, bytes: v?.count("bytes") ?? 0) }
    /// The counts as an object; nil if nothing was left out.
    var value: Value? { isNothing ? nil : ["entries": .number(entries), "bytes": .number(bytes)] }
}
