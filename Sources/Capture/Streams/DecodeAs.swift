public import Node

/// A rule that assigns a protocol to a port, such as `tcp.port==17075,nano`.
public struct DecodeAs: Hashable, Sendable {
    /// The transport of the port.
    public var transport: Transport
    /// The port of either side.
    public var port: UInt16
    /// The name of a `Definition`. The caller must check that the definition exists.
    public var protocolName: String

    /// Creates a rule from its parts.
    public init(transport: Transport, port: UInt16, protocolName: String) {
        self.transport = transport
        self.port = port
        self.protocolName = protocolName
    }
    /// Reads `tcp.port==NUMBER,PROTOCOL`; spaces around the parts are ignored.
    public init(_ text: String) throws(DecodeAsError) {
        func trimmed(_ s: Substring) -> String { String(s.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        guard parts.count == 2 else { throw DecodeAsError(text, "needs a selector, a comma and a protocol") }
        guard !parts[1].isEmpty else { throw DecodeAsError(text, "names no protocol") }
        guard let equals = parts[0].firstRange(of: "==") else { throw DecodeAsError(text, "has no ==") }
        let selector = trimmed(parts[0][..<equals.lowerBound])
        let number = trimmed(parts[0][equals.upperBound...])
        guard let transport = Transport(rawValue: String(selector.prefix { $0 != "." })),
            selector == "\(transport.rawValue).port"
        else {
            throw DecodeAsError(text, "can select by tcp.port or udp.port only, not by \"\(selector)\"")
        }
        guard number.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = UInt16(number), port > 0 else {
            throw DecodeAsError(text, "\"\(number)\" is not a port (1 to 65535)")
        }
        self.init(transport: transport, port: port, protocolName: parts[1])
    }
}

/// An error in the text of a rule.
public struct DecodeAsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text of the rule.
    public var text: String
    /// The error, as a phrase that follows the text.
    public var problem: String
    init(_ text: String, _ problem: String) {
        self.text = text
        self.problem = problem
    }
    /// The text, its error and an example.
    public var description: String { "\"\(text)\" \(problem), as in tcp.port==17075,nano" }
}
