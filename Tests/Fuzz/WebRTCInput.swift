import Crypto
import Node
import TLS
import Wire

@testable import WebRTC

/// STUN messages, datagrams and SCTP packets in a capture, and session descriptions.
enum WebRTCInput {
    /// A STUN message.
    static func stun(_ input: [UInt8]) {
        let bytes = input.span.bytes
        let key = Array("VOkJxbRl1RmTxUk/WvJxBt".utf8)
        let isSigned = STUNIntegrity.isSigned(bytes, key: key)
        let hasFingerprint = STUNIntegrity.hasFingerprint(bytes)
        _ = DatagramFraming.likelihood(bytes)
        guard let message = try? STUNMessage(copying: input) else {
            return Property.check(STUNMessage.check(input) != nil, "refused without a reason")
        }
        Property.check(message.encoded() == input, "\(input.hex) is encoded as \(message.encoded().hex)")
        _ = (isSigned, hasFingerprint, message.mappedAddress, message.unknownRequired)
        let signed = message.encoded(signedWith: key)
        // A message near the limit has no room for the two attributes.
        guard signed.count < 65_000 else { return }
        Property.check(STUNIntegrity.isSigned(signed.span.bytes, key: key) == true, "signed otherwise")
        Property.check(STUNIntegrity.hasFingerprint(signed.span.bytes) == true, "another fingerprint")
    }

    /// Gives datagrams to the observer of captures. The first piece is a key log. The flags of the others select the
    /// addresses.
    static func dtls(_ input: [UInt8]) {
        var rest = input[...]
        let secrets = Secrets()
        if let piece = PacketInput.next(&rest) {
            var log = KeyLog("keys")
            log.read(piece.bytes, into: secrets)
            log.finish(into: secrets)
        }
        var observer = WebRTCObserver(memory: 1 << 16, secrets, [])
        var (number, time) = (0, Instant.zero)
        var out: [ObservedMessage] = []
        while let (flags, bytes) = PacketInput.next(&rest) {
            number += 1
            time = time + .milliseconds(10)
            var ends = (Endpoint.loopback(1 + UInt16(flags >> 1 & 7)), Endpoint.loopback(9 + UInt16(flags >> 4 & 1)))
            if flags & 1 != 0 { ends = (ends.1, ends.0) }
            observer.observe(bytes.span.bytes, from: ends.0, to: ends.1, number: number, at: time, into: &out)
            check(out, of: bytes.count)
            out.removeAll()
        }
        observer.finish(into: &out)
        check(out, of: 0)
    }
    private static func check(_ messages: [ObservedMessage], of count: Int) {
        for message in messages {
            if let range = message.range { Property.check(range.upperBound <= count, "\(range) of \(count) bytes") }
        }
    }

    /// Gives packets of SCTP to the observer of captures as the content of records. The flags select the side, and
    /// whether the checksum is made to fit.
    static func sctp(_ input: [UInt8]) {
        var rest = input[...]
        var association = FollowedAssociation(Secrets(), from: .loopback(1), to: .loopback(2))
        var out: [ObservedMessage] = []
        var (number, units, received) = (0, 0, 0)
        while let (flags, bytes) = PacketInput.next(&rest) {
            number += 1
            let packet = flags & 2 == 0 ? intact(bytes) : bytes
            received += packet.count
            // A writer pads the last chunk, which a reader accepts without padding.
            if packet.count % 4 == 0, let read = try? SCTPPacket(copying: packet) {
                Property.check(read.encoded() == packet, "\(packet.hex) is encoded as \(read.encoded().hex)")
            }
            association.observe(
                .data, packet,
                .init(number: number, side: flags & 1 == 0 ? .us : .them, unit: number, count: packet.count + 37), [],
                units: &units, into: &out)
            Property.check(association.memory <= received, "holds more than it received")
            if flags & 4 != 0 { association.giveUp([], into: &out) }
        }
        association.finish([], into: &out)
        Property.check(association.memory == 0, "holds \(association.memory) bytes after the end")
    }
    /// Returns a packet with a checksum that fits.
    static func intact(_ packet: [UInt8]) -> [UInt8] {
        guard packet.count >= SCTPPacket.headerSize else { return packet }
        var out = packet
        out.replaceSubrange(8..<12, with: [0, 0, 0, 0])
        out.replaceSubrange(8..<12, with: PacketInput.word(CRC32C.checksum(out.span.bytes)))
        return out
    }

    /// A session description, or a candidate.
    static func sdp(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let text = String(decoding: input[1...], as: UTF8.self)
        if first & 2 != 0 {
            guard let candidate = try? ICECandidate.parse(text) else { return }
            let again = try? ICECandidate.parse(candidate.text)
            return Property.check(again == candidate, "read otherwise: \(candidate.text)")
        }
        let kind: SessionDescription.Kind = first & 1 == 0 ? .offer : .answer
        guard let read = try? SessionDescription(text, as: kind) else { return }
        Property.check((try? SessionDescription(read.text, as: kind)) == read, "read otherwise: \(read.text)")
    }
}
