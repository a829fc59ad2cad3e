import Node
import Wire

/// An observer that checks each whole message by itself, without earlier messages.
struct MessageObserver: Observer {
    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        // Fragments have no body of their own.
        guard type is any RightMeshMessage.Type, bytes.byteCount >= Limits.header,
            let header = try? Header(copying: bytes.extracting(..<Limits.header)),
            let body = try? Body(copying: bytes.extracting(Limits.header...))
        else { return }
        let bad = body.badRecordCount(src: header.src)
        if bad > 0 {
            findings.add(.violation, .rm37, "\(bad) records that no table may take: no id, or no hop away")
        }
        if let peers = body.peers, peers.flags.isSnapshot, peers.records.contains(where: \.isWithdrawn) {
            findings.add(.violation, .rm49, path: "peers.flags", "a snapshot does not say who is withdrawn")
        }
        if header.type == .helloAck, header.flags.isBroadcast, header.role.isSuperpeer {
            findings.add(.violation, .rm50, path: "flags", "superpeers never broadcast")
        }
    }
    /// Does nothing, because each message is checked by itself.
    mutating func miss() {}
    func mayBeNewer(_ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= 4, Fixed<2>.load(bytes, 0, .big) == Header.magic else { return false }
        return UInt8.load(bytes, 2, .big) > Header.version
    }
}
