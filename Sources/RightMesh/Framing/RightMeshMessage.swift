import Wire

/// A whole message: a header and a body of sections.
///
/// Its bytes are those of the datagram when it fits into one. One that was rejoined has the same form, as if datagrams
/// had no limit: `frag_index` 0, `frag_count` as it came, `frag_len` that of the body or 65,535 when that is more.
protocol RightMeshMessage: Message {
    /// Header byte 3.
    static var type: MessageType { get }
    var header: Header { get set }
    /// The sections; their fields are those of the message.
    var body: Body { get set }
}

extension RightMeshMessage {
    /// Its datagrams, none longer than `maxDatagram`.
    func datagrams(maxDatagram: Int = Limits.datagram.upperBound) throws(FragmentError) -> [[UInt8]] {
        try Fragmenter.split(encoded().span.bytes, maxDatagram: maxDatagram)
    }
}
