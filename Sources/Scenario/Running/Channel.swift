internal import Network
internal import Node
internal import Wire

/// A link of a running case: bytes in, records out, kept until a step takes them.
struct Channel {
    var name: String
    var ours: String
    var theirs: String
    var link: LinkID
    var isOpen = false
    var framing: any Framing
    var buffer: [UInt8] = []
    var records: [Record] = []
    /// Records before this one were taken by steps.
    var taken = 0
    var ending: (how: String, at: Instant, isTaken: Bool)?
    /// Why the connection could not be made.
    var failure: String?
    /// The stream made no sense any more.
    var isBroken = false
    /// Bytes that one message may wait for: no known message is larger.
    static let maximumMessage = 1 << 20

    /// A message that came, or bytes that are none.
    struct Record {
        var at: Instant
        var type: (any Message.Type)?
        var bytes: [UInt8]
        var problem: WireError?
        var trace: Int
        var name: String { type.map { $0.name.description } ?? "bytes that are no message" }
    }

    /// The scenario itself ended it.
    var isOurEnd: Bool { ending.map { $0.isTaken && $0.how == Self.ourEnd } ?? false }
    static let ourEnd = "closed by us"

    /// Adds bytes that came; returns what they completed.
    mutating func receive(_ bytes: [UInt8], at: Instant) -> [Record] {
        let all = buffer + bytes
        buffer = []
        var out: [Record] = []
        var start = 0
        while start < all.count, !isBroken {
            switch framing.next(all.span.bytes.extracting(start..<all.count)) {
            case .message(let type, let length) where length > 0 && length <= all.count - start:
                out.append(Record(at: at, type: type, bytes: Array(all[start..<start + length]), trace: -1))
                start += length
            case .needMore where all.count - start < Self.maximumMessage:
                buffer = Array(all[start...])
                return out
            case .refused(let error):
                out.append(Record(at: at, type: nil, bytes: Array(all[start...]), problem: error, trace: -1))
                isBroken = true
            default:
                out.append(Record(at: at, type: nil, bytes: Array(all[start...]), trace: -1))
                isBroken = true
            }
        }
        return out
    }
}
