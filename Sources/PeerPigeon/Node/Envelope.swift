import Wire

/// Of any message, what a hub looks at to pass it on: a signal is read and written as this, whichever of the three it is.
struct Envelope: Message {
    static var name: StaticString { "peerpigeon.envelope" }
    static var form: Form { .json }
    var type: JSONValue?
    var data: JSONValue?
    var fromPeerID: JSONValue?
    var targetPeerID: JSONValue?
    var networkName: JSONValue?
    var timestamp: JSONValue?
    var maxPeers: JSONValue?

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("type", &type)
        c.member("data", &data)
        c.member("fromPeerId", &fromPeerID)
        c.member("targetPeerId", &targetPeerID)
        c.member("networkName", &networkName)
        c.member("timestamp", &timestamp)
        c.member("maxPeers", &maxPeers)
    }
    /// Whether the type is that of a signal, written without escapes.
    func isSignal(in packet: RawSpan) -> Bool {
        guard let type else { return false }
        return type.bytes.withSpan(in: packet) { text in
            switch text.byteCount {
            case 7: Self.says("offer", text)
            case 8: Self.says("answer", text)
            case 15: Self.says("ice-candidate", text)
            default: false
            }
        }
    }
    private static func says(_ word: StaticString, _ text: RawSpan) -> Bool {
        (0..<word.utf8CodeUnitCount).allSatisfy {
            text.unsafeLoad(fromUncheckedByteOffset: $0 + 1, as: UInt8.self) == word.utf8Start[$0]
        }
    }
}
