public import Wire

/// A whole message: a header and a body of sections.
///
/// If the message fits into one datagram, it has the same bytes as the datagram. A rejoined message has the same form,
/// as if datagrams had no limit: `frag_index` is 0, `frag_count` is as received, and `frag_len` is the length of the
/// body, at most 65,535.
public protocol RightMeshMessage: Message {
    /// The type in byte 3 of the header.
    static var type: MessageType { get }
    var header: Header { get set }
    /// The sections. Their fields are shown as fields of the message.
    var body: Body { get set }
}

extension RightMeshMessage {
    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let written = body
        header.code(&c, Self.type, written)
        body.code(&c, of: header)
        if Self.type.mandatory == .targets {
            c.require("targets", body.targets.map { $0.count.value > 0 } ?? false, 0)
        } else {
            c.require("peers", body.peers != nil, 0)
        }
    }
    /// Returns the summary of a message with its number.
    static func request(_ verb: String) -> MessageSummary {
        [.text(verb), " ", contents, " from ", .value("src"), " (message ", .number("msg_id"), ")"]
    }
    /// Returns the summary of a message with the number of the message that it answers.
    static func answer(_ verb: String) -> MessageSummary {
        [.text(verb), " to message ", .number("ack_id"), ": ", contents, " from ", .value("src")]
    }
    private static var contents: MessageSummary.Part {
        .first([
            [
                .joined(
                    [
                        [.count("peers.count", "route"), .maybe(.equal("peers.flags", "snapshot", [" (snapshot)"]))],
                        [.count("superpeers.count", "superpeer")],
                        [
                            .first([
                                [.each("targets.records", [.value("id")])], [.count("targets.count", "target")],
                            ])
                        ],
                    ], by: ", ")
            ], ["no route"],
        ])
    }
    /// Checksums are shown in hexadecimal.
    public static var meanings: [String: FieldMeaning] { Header.meanings }
    /// The message with its mandatory section, without records.
    public static var variants: [Self] {
        var message = Self()
        if type.mandatory == .targets { message.body.targets = Targets() } else { message.body.peers = Peers() }
        return [message]
    }
    /// Returns the datagrams of the message, each at most `maxDatagram` bytes long.
    func datagrams(maxDatagram: Int = Limits.datagram.upperBound) throws(FragmentError) -> [[UInt8]] {
        try Fragmenter.split(encoded().span.bytes, maxDatagram: maxDatagram)
    }
}
