internal import Node

/// An IP packet that was put together from fragments.
struct Reassembled {
    /// What it carries: a segment or a datagram.
    var layers: Layers
    /// Its content, in which the places of `layers` lie.
    var bytes: [UInt8]
    /// Of a datagram: the frames that its payload came in, by where their bytes end.
    var pieces: [(stop: Int, frame: Int)] = []
}

extension IPFragments {
    /// Takes in a fragment of a packet, and counts. What the packet carries, when that is whole and a segment or a
    /// datagram.
    mutating func receive(
        _ fragment: Fragment, _ packet: borrowing Packet, _ tally: inout Tally, _ note: (CaptureNote) -> Void
    ) -> Reassembled? {
        tally.fragments &+= 1
        let outcome = receive(fragment, packet.bytes, frame: packet.number, time: packet.time)
        tally.lostFragmentedPackets = givenUp
        switch outcome {
        case .waits, .ignored: return nil
        case .refused:
            note(
                CaptureNote(
                    severity: .warning, frame: packet.number, flow: nil,
                    text: "fragments of a packet from \(fragment.key.source.host) to \(fragment.key.destination.host) "
                        + "overlap, lie about their place or are cut: it is dropped (RFC 5722)"))
            return nil
        case .whole(let whole):
            tally.reassembledPackets &+= 1
            let layers = Layers(whole: whole.bytes.span.bytes, whole.key, next: whole.next)
            switch layers {
            case .tcp: return Reassembled(layers: layers, bytes: whole.bytes)
            case .udp(let datagram):
                let start = datagram.payload.lowerBound
                let pieces = whole.pieces.map { (stop: max(0, $0.stop &- start), frame: $0.frame) }
                return Reassembled(layers: layers, bytes: whole.bytes, pieces: pieces.filter { $0.stop > 0 })
            case .fragment, .other:
                tally.otherPackets &+= 1
                return nil
            case .damaged:
                tally.damagedPackets &+= 1
                return nil
            }
        }
    }
}
