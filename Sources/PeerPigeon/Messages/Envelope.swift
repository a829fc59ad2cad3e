import Wire

/// The fields that hubs and clients read of any message before they know its type. A hub reads and writes all three
/// kinds of signals in this form.
struct Envelope: Message, SignalMembers {
    static var name: StaticString { "peerpigeon.envelope" }
    static var form: Form { .json }
    static var meanings: [String: FieldMeaning] { ["timestamp": .time(step: 1_000_000)] }
    var type: JSONValue?
    var data: JSONValue?
    var fromPeerID: JSONValue?
    var targetPeerID: JSONValue?
    var networkName: JSONValue?
    var timestamp: JSONValue?
    var maxPeers: JSONValue?

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("type", &type)
        codeMembers(&c)
    }
    /// Returns true if the type belongs to a signal and is written without escapes.
    func isSignal(in packet: RawSpan) -> Bool {
        guard let type else { return false }
        return type.bytes.withSpan(in: packet) { text in
            Self.says(SignalKinds.Offer.type, text) || Self.says(SignalKinds.Answer.type, text)
                || Self.says(SignalKinds.Candidate.type, text)
        }
    }
    /// Returns true if a JSON text in quotes is this word.
    private static func says(_ word: StaticString, _ text: RawSpan) -> Bool {
        text.byteCount == word.utf8CodeUnitCount + 2
            && (0..<word.utf8CodeUnitCount).allSatisfy {
                text.unsafeLoad(fromUncheckedByteOffset: $0 + 1, as: UInt8.self) == word.utf8Start[$0]
            }
    }
}
