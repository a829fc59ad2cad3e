internal import Crypto
import Node
import Wire

/// The datagrams between two endpoints. Each holds one message or one fragment of a message. The layer rejoins
/// fragments as a receiver does that got all earlier datagrams; a message that is sent again is reported again.
struct DatagramLayer: Layer {
    private var ours = Direction()
    private var theirs = Direction()
    private var now = Instant.zero
    private var hasBegun = false

    mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        let error = Header.refusal(bytes)
        if let error, Fragment.check(bytes) != nil { return .refused(error) }
        if !hasBegun { output.append(.begins(.first, by: .us, speaks: Definition.rightmesh.name)) }
        hasBegun = true
        if let error {
            output.append(.drops(.first, error))
        } else if side == .us {
            ours.take(bytes, now, into: &output)
        } else {
            theirs.take(bytes, now, into: &output)
        }
        return .unit(Fragment.self, length: bytes.byteCount)
    }
    mutating func pass(to now: Instant) { self.now = now }
    var unfinished: [String] { ours.unfinished + theirs.unfinished }
}

extension Header {
    /// Returns the type of the message that the bytes begin: a datagram with all or part of a message, or a rejoined
    /// message.
    static func message(of bytes: RawSpan) -> (any Message.Type)? {
        guard bytes.byteCount >= 4, (try? checkBeginning(bytes)) != nil else { return nil }
        return MessageType(rawValue: UInt8.load(bytes, 3, .big)).message
    }
    fileprivate static func refusal(_ bytes: RawSpan) -> WireError? {
        do throws(DatagramFault) {
            _ = try read(bytes)
            return nil
        } catch { return error.error }
    }
}

/// The datagrams that one endpoint sends.
private struct Direction: Sendable {
    private var reassembler = Reassembler()
    /// The reassembly state of each message that was completed a short time ago and is sent again in several datagrams.
    private var repeated: [(key: MessageKey, rest: Reassembler)] = []
    /// The most messages that are sent again at one time. If a sender begins more, the oldest is dropped.
    private static let mostRepeated = 64
    /// One endpoint is enough for a reassembler, because a direction has one sender.
    private static let somewhere = Endpoint.loopback(0)

    /// Takes a datagram whose header is valid.
    mutating func take(_ bytes: RawSpan, _ now: Instant, into output: inout LayerOutput) {
        guard let header = try? Header.read(bytes), header.type.message != nil else { return }
        switch reassembler.receive(bytes, from: Self.somewhere, now: now) {
        case .message(let message): Self.carry(message, bytes, header, into: &output)
        case .done where header.fragCount == 1:
            // The message is sent again. A receiver does not apply it again, but the layer reports it.
            if Self.isWhole(bytes, header) { Self.carry(bytes, into: &output) }
        case .done(let key):
            let known = repeated.firstIndex { $0.key == key }
            var again = known.map { repeated.remove(at: $0).rest } ?? Reassembler()
            if case .message(let message) = again.receive(bytes, from: Self.somewhere, now: now) {
                return Self.carry(message, bytes, header, into: &output)
            }
            if repeated.count >= Self.mostRepeated { repeated.removeFirst() }
            repeated.append((key, again))
        case .more, .relay, .dropped(.dup): break
        case .dropped(let counter): output.append(.drops(.first, Self.problem(counter, bytes)))
        }
    }
    var unfinished: [String] {
        reassembler.open.map { a, _ in
            let (h, had) = (a.header, a.fragments)
            return "\(h.type.value(in: RawSpan())) \(h.msgID): \(had) of \(h.fragCount) fragments"
        }
    }
    /// Reports a message that is one whole datagram.
    private static func carry(_ bytes: RawSpan, into output: inout LayerOutput) {
        output.append(.lent(.first, 0..<bytes.byteCount))
        output.append(.whole(.first, kind: 0))
    }
    private static func carry(
        _ message: ReassembledMessage, _ bytes: RawSpan, _ header: Header, into output: inout LayerOutput
    ) {
        if header.fragCount == 1 { return carry(bytes, into: &output) }
        let start = output.made.count
        output.made += message.bytes
        output.append(.made(.first, start..<output.made.count, unit: Limits.header..<bytes.byteCount))
        output.append(.whole(.first, kind: 0))
    }
    private static func isWhole(_ bytes: RawSpan, _ header: Header) -> Bool {
        let body = bytes.extracting(Limits.header...)
        return body.byteCount == header.bodyLen.count && CRC32C.checksum(body) == header.bodyCRC.value
            && BodyCheck.fault(body, of: header.type) == nil
    }
    /// Returns the error for a datagram that a receiver drops under this counter, at the field that it concerns.
    private static func problem(_ counter: Counter, _ bytes: RawSpan) -> WireError {
        let (path, wanted) =
            switch counter {
            case .crc: ("body_crc", "the checksum and length of the body")
            case .overrun: ("body_len", "at least the bytes that are there")
            case .conflict: ("content", "the bytes of the same fragment before")
            case .inconsistent: ("", "the header of the fragments before")
            case .stale, .oldBoot: ("msg_id", "one that was not superseded")
            case .unknownSection: ("", "sections that are known")
            case .full: ("", "room for it")
            default: ("", "a body of its type")
            }
        let offset = path.isEmpty ? 0 : Fragment.dissect([UInt8](bytes)).node(path)?.range.lowerBound ?? 0
        return WireError(
            reason: .illegal, path: path, offset: offset, legal: LegalValue(wanted: wanted, had: counter.name))
    }
}
