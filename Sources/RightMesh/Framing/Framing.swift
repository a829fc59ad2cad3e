internal import Crypto
import Node
import Wire

/// A datagram holds one message, or one fragment of one; fragments are put together as a receiver does that has heard
/// what came before.
struct DatagramFraming: Framing {
    private var reassembler = Reassembler()
    /// Of each message that was whole a moment ago and comes again in several datagrams: what came of it since.
    private var repeated: [MessageKey: Reassembler] = [:]
    /// Messages that come again at one time, at most: a sender that begins more of them loses one.
    private static let mostRepeated = 64
    /// A direction has one sender.
    private static let somewhere = Endpoint.loopback(0)

    mutating func next(_ bytes: RawSpan) -> FramingResult {
        do throws(DatagramFault) {
            try Header.checkBeginning(bytes)
            guard bytes.byteCount >= Limits.header else { return .needMore(Limits.header - bytes.byteCount) }
            // What a capture has cut off is missing, and no fault of the sender.
            let wanted = Limits.header + Int(UInt16.load(bytes, 68, .big))
            if bytes.byteCount < wanted, wanted <= Limits.datagram.upperBound {
                return .needMore(wanted - bytes.byteCount)
            }
            let header = try Header.read(bytes)
            guard header.fragCount == 1, let message = header.type.message else {
                return .message(Fragment.self, length: bytes.byteCount)
            }
            return .message(message, length: bytes.byteCount)
        } catch {
            return .refused(error.error)
        }
    }
    /// No message begins within a datagram.
    func resync(_ bytes: RawSpan) -> Int? { nil }

    mutating func datagram(_ bytes: RawSpan, at time: Instant) -> DatagramContent? {
        let header: Header
        do throws(DatagramFault) {
            header = try Header.read(bytes)
        } catch {
            // The reassembler counts it too.
            _ = reassembler.receive(bytes, from: Self.somewhere, now: time)
            return DatagramContent(part: Fragment.check(bytes) == nil ? Fragment.self : nil, problem: error.error)
        }
        guard let type = header.type.message else { return DatagramContent(part: Fragment.self) }
        switch reassembler.receive(bytes, from: Self.somewhere, now: time) {
        case .message(let m):
            let whole = DatagramContent.Whole(type, m.bytes, isReassembled: header.fragCount > 1)
            return DatagramContent(part: Fragment.self, of: type, whole: [whole])
        case .done where header.fragCount == 1 && Self.isWhole(bytes, header):
            // Sent again: a receiver does not apply it again, and it is the message all the same.
            let whole = DatagramContent.Whole(type, [UInt8](bytes), isReassembled: false)
            return DatagramContent(part: Fragment.self, of: type, whole: [whole])
        case .done(let key) where header.fragCount > 1:
            var again = repeated.removeValue(forKey: key) ?? Reassembler()
            guard case .message(let m) = again.receive(bytes, from: Self.somewhere, now: time) else {
                if repeated.count >= Self.mostRepeated, let one = repeated.first?.key { repeated[one] = nil }
                repeated[key] = again
                return DatagramContent(part: Fragment.self, of: type)
            }
            return DatagramContent(
                part: Fragment.self, of: type, whole: [DatagramContent.Whole(type, m.bytes, isReassembled: true)])
        case .more, .done, .relay, .dropped(.dup): return DatagramContent(part: Fragment.self, of: type)
        case .dropped(let counter):
            return DatagramContent(part: Fragment.self, of: type, problem: Self.problem(counter, bytes))
        }
    }
    var unfinished: [String] {
        reassembler.open.map { a, _ in
            let (h, had) = (a.header, a.fragments)
            return "\(h.type.value(in: RawSpan())) \(h.msgID): \(had) of \(h.fragCount) fragments"
        }
    }
    private static func isWhole(_ bytes: RawSpan, _ header: Header) -> Bool {
        let body = bytes.extracting(Limits.header...)
        return body.byteCount == header.bodyLen.count && CRC32C.checksum(body) == header.bodyCRC.value
            && BodyCheck.fault(body, of: header.type) == nil
    }
    /// What a receiver that counts this has against a datagram, at the field that it is about.
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
