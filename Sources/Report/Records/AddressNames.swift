public import Capture
public import Node

/// Names of addresses, as captures have them in their name resolution blocks.
public struct AddressNames: Sendable {
    /// Characters of a name that are shown.
    static let width = 64
    private struct Address: Hashable {
        var high: UInt64
        var low: UInt64
    }
    private var names: [Address: String] = [:]

    /// Names of these captures; of several for an address the first.
    public init(_ captures: [CaptureInformation] = []) {
        for entry in captures.flatMap(\.names) {
            let address = Address(high: entry.address.high, low: entry.address.low)
            guard names[address] == nil, !entry.name.isEmpty else { continue }
            names[address] = Escape.line(String(entry.name.prefix(Self.width)))
        }
    }
    /// `name:port` where there is a name, harmless for a terminal; else the address.
    public func text(_ end: Endpoint) -> String {
        guard !names.isEmpty, let name = names[Address(high: end.high, low: end.low)] else { return "\(end)" }
        return "\(name):\(end.port)"
    }
}
