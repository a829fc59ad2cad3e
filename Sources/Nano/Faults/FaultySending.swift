import Node
import Wire

// Faults in the bytes that a node sends, and in the times at which it sends them.
extension Misbehaviour {
    /// Returns the delay with which a node with this fault sends a message on a connection.
    func delay(of message: [UInt8], on opener: Opener) -> Duration? {
        guard let header = RawHeader(message.span.bytes, at: 0) else { return nil }
        let form = header.type == .nodeIDHandshake ? header.extensions & 0x000e : 0
        let isAnswer = form & 2 != 0
        switch self {
        case .answersLate: return isAnswer && form != 2 && opener == .them ? Self.lateness : nil
        case .v1AnswersLate: return form == 2 && opener == .them ? Self.lateness : nil
        case .openerAnswersLate: return isAnswer && form != 2 && opener == .us ? Self.lateness : nil
        case .openerV1Late: return form == 2 && opener == .us ? Self.lateness : nil
        case .keepaliveLate: return header.type == .keepalive ? .seconds(3) : nil
        case .repQueryLate: return header.type == .confirmReq ? .seconds(6) : nil
        case .floodsLate: return header.type == .publish ? Self.lateness : nil
        case .pullsLate: return header.type == .ascPullAck && message[Header.count] == 2 ? Self.lateness : nil
        default: return nil
        }
    }
    /// The delay of faults that are late. It is longer than the 10 s that the cases wait, and shorter than the idle time
    /// on dev.
    static let lateness = Duration.seconds(12)
    /// Returns the delay with which a node with this fault closes a connection.
    func delay(of reason: CloseReason, on type: MessageType?, _ opener: Opener) -> Duration? {
        let isLate =
            switch self {
            case .wrongNetworkLate: reason == .wrongNetwork
            case .outdatedVersionLate: reason == .outdatedVersion
            case .invalidTypeLate: reason == .invalidType
            case .secondQueryLate: reason == .secondQuery
            case .badSignatureLate: reason == .invalidSignature
            case .wrongGenesisLate: reason == .wrongGenesis && opener == .them
            case .openerGenesisLate: reason == .wrongGenesis && opener == .us
            case .ownIDLate: reason == .ownNodeID
            case .responseFirstLate: reason == .missingCookie
            case .emptyHandshakeLate: reason == .emptyHandshake
            case .earlyMessageLate: reason == .beforeHandshake && type != .ascPullReq
            case .earlyPullLate: reason == .beforeHandshake && type == .ascPullReq
            case .duplicateLate: reason == .duplicateNodeID
            default: false
            }
        return isLate ? Self.lateness : nil
    }

    /// Changes a message to the bytes that a node with this fault sends.
    func spoil(_ m: inout [UInt8], on opener: Opener) {
        guard let header = RawHeader(m.span.bytes, at: 0) else { return }
        let body = Header.count
        switch (self, header.type) {
        case (.versionsReversed, _): m.swapAt(2, 4)
        case (.extensionsSwapped, .nodeIDHandshake): m.swapAt(6, 7)
        case (.extraHandshakeBit, .nodeIDHandshake): if opener == .them { m[6] |= 0x10 }
        case (.keepalivePortSwapped, .keepalive):
            for slot in 0..<8 { m.swapAt(body + 18 * slot + 16, body + 18 * slot + 17) }
        case (.keepaliveUnmapped, .keepalive):
            for slot in 0..<8 where m[body + 18 * slot + 10] == 0xff {
                m.replaceSubrange(body + 18 * slot + 10..<body + 18 * slot + 12, with: [0, 0])
            }
        case (.keepalivePortElsewhere, .keepalive):
            guard m[body..<body + 16].allSatisfy({ $0 == 0 }) else { return }
            for i in 16..<18 { m.swapAt(body + i, body + 18 + i) }
        case (.repQuerySwapped, .confirmReq):
            m = Array(m[..<body] + m[(body + 32)..<(body + 64)] + m[body..<(body + 32)])
        case (.repQueryTwoPairs, .confirmReq):
            m += Array(m[body...])
            m[7] = 0x21
        case (.floodWorkSwapped, .publish): if m.count == 224 { m.reverse(216..<224) }
        case (.floodBalanceSwapped, .publish): if m.count == 224 { m.reverse(body + 96..<body + 112) }
        case (.keepsOriginator, .publish): m[6] |= 4
        case (.pullIDSwapped, .ascPullAck): m.reverse(body + 1..<body + 9)
        case (.pullIDShort, .ascPullAck): for i in body + 1..<body + 5 { m[i] = 0 }
        case (.infoNumbersLittle, .ascPullAck):
            guard m[body] == 2, m.count >= body + 9 + 144 else { return }
            m.reverse(body + 105..<body + 113)
            m.reverse(body + 145..<body + 153)
        default: break
        }
    }
}

extension [UInt8] {
    fileprivate mutating func reverse(_ range: Range<Int>) { self[range].reverse() }
}

/// The actions that a node with a fault delays.
struct HeldBack: Sendable {
    private(set) var messages: [(at: Instant, bytes: [UInt8])] = []
    var close: (at: Instant, reason: CloseReason)?

    var deadline: Instant? { (messages.map { $0.at } + (close.map { [$0.at] } ?? [])).min() }
    mutating func hold(_ bytes: [UInt8], until at: Instant) { messages.append((at, bytes)) }
    /// Removes and returns the messages whose time has come.
    mutating func takeDue(_ now: Instant) -> [[UInt8]] {
        defer { messages.removeAll { $0.at <= now } }
        return messages.filter { $0.at <= now }.map { $0.bytes }
    }
}
