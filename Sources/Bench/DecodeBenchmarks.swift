import Nano
import Wire

extension Benchmark {
    static let decodeHandshake = Benchmark(
        name: "decode nano handshake", limit: "hand-written loads", goal: "at most 1.5"
    ) {
        var m = NodeIDHandshake()
        m.query = Key32(repeating: 0x22)
        m.response = NodeIDHandshake.Response(version: 2)
        let bytes = opaque(m.encoded())
        let span = bytes.span.bytes
        var place = NodeIDHandshake()
        let visitor = best(2_000_000) { place.read(borrowing: span) ? Int(place.version) : 0 }
        var hand = NodeIDHandshake()
        let loads = best(2_000_000) { HandWritten.handshake(span, &hand) ? Int(hand.version) : 0 }
        guard place == hand else { return nil }
        return Row(figure: visitor, limit: loads, unit: "ns")
    }
    static let decodeKeepalive = Benchmark(
        name: "decode nano keepalive", limit: "hand-written loads", goal: "at most 1.5"
    ) {
        var m = Keepalive()
        m.peers = (0..<8).map { i in
            var p = Keepalive.Peer()
            p.port = UInt16(i)
            return p
        }
        let bytes = opaque(m.encoded())
        let span = bytes.span.bytes
        var place = Keepalive()
        let visitor = best(1_000_000) { place.read(borrowing: span) ? place.peers.count : 0 }
        var hand = Keepalive()
        let loads = best(1_000_000) { HandWritten.keepalive(span, &hand) ? hand.peers.count : 0 }
        guard place == hand else { return nil }
        return Row(figure: visitor, limit: loads, unit: "ns")
    }
    static let decodePublish = Benchmark(
        name: "decode nano publish", limit: "hand-written loads", goal: "at most 1.5"
    ) {
        var m = Publish()
        var block = StateBlock()
        block.work = 7
        block.link = Key32(repeating: 9)
        m.block = .state(block)
        let bytes = opaque(m.encoded())
        let span = bytes.span.bytes
        var place = Publish()
        let visitor = best(2_000_000) { place.read(borrowing: span) ? Int(place.header.versionUsing) : 0 }
        var hand = Publish()
        let loads = best(2_000_000) { HandWritten.publish(span, &hand) ? Int(hand.header.versionUsing) : 0 }
        guard place == hand else { return nil }
        return Row(figure: visitor, limit: loads, unit: "ns")
    }
    static let decodeConfirmAck = Benchmark(
        name: "decode nano confirm_ack", limit: "hand-written loads", goal: "at most 1.5"
    ) {
        var m = ConfirmAck()
        m.vote.timestamp = 1_700_000_000_000
        m.vote.duration = 9
        m.vote.hashes = (0..<12).map { Key32(repeating: $0) }
        let bytes = opaque(m.encoded())
        let span = bytes.span.bytes
        var place = ConfirmAck()
        let visitor = best(1_000_000) { place.read(borrowing: span) ? place.vote.hashes.count : 0 }
        var hand = ConfirmAck()
        let loads = best(1_000_000) { HandWritten.confirmAck(span, &hand) ? hand.vote.hashes.count : 0 }
        guard place == hand else { return nil }
        return Row(figure: visitor, limit: loads, unit: "ns")
    }
}
