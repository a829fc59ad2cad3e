public import Capture
public import Node

/// Names of addresses, as captures have them in their name resolution blocks.
public struct AddressNames: Sendable {
    /// Characters of a name that are shown.
    static let width = 64
    /// By the address with port 0.
    private var names: [Endpoint: String] = [:]

    /// Names of these captures; of several for an address the first.
    public init(_ captures: [CaptureInformation] = []) {
        for entry in captures.flatMap(\.names) {
            guard names[entry.address] == nil, !entry.name.isEmpty else { continue }
            names[entry.address] = Escape.line(String(entry.name.prefix(Self.width)))
        }
    }
    /// `name:port` where there is a name, harmless for a terminal; else the address.
    public func text(_ end: Endpoint) -> String {
        guard !names.isEmpty, let name = names[Endpoint(high: end.high, low: end.low, port: 0)] else { return "\(end)" }
        return "\(name):\(end.port)"
    }
}
