public import Wire

/// A whole message: a header and a body of sections.
///
/// Its bytes are those of the datagram when it fits into one. One that was rejoined has the same form, as if datagrams
/// had no limit: `frag_index` 0, `frag_count` as it came, `frag_len` that of the body or 65,535 when that is more.
public protocol RightMeshMessage: Message {
    /// Header byte 3.
    static var type: MessageType { get }
    var header: Header { get set }
    /// The sections; their fields are those of the message.
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
    /// Checksums are hexadecimal.
    public static var meanings: [String: FieldMeaning] { Header.meanings }
    /// With its mandatory section, without a record.
    public static var variants: [Self] {
        var message = Self()
        if type.mandatory == .targets { message.body.targets = Targets() } else { message.body.peers = Peers() }
        return [message]
    }
    /// Its datagrams, none longer than `maxDatagram`.
    func datagrams(maxDatagram: Int = Limits.datagram.upperBound) throws(FragmentError) -> [[UInt8]] {
        try Fragmenter.split(encoded().span.bytes, maxDatagram: maxDatagram)
    }
}
