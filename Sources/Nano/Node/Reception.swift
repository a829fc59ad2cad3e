import Node
import Wire

/// The meaning of the front of a stream to a node.
enum Reception {
    case message(any NanoMessage.Type, length: Int)
    case needMore
    /// The connection ends.
    case refused(CloseReason)
    /// Bytes to skip: only for nodes with a seeded fault.
    case skipped(Int)
}

extension NodeCore {
    /// Returns the message at the front of `bytes`, or the reason why there is no message.
    func frame(_ bytes: RawSpan, isRealtime: Bool = true) -> Reception {
        var framing = StreamFraming(rules)
        if let header = RawHeader(bytes, at: 0), let reason = peculiarRefusal(header) { return .refused(reason) }
        let reading = misread(bytes, isRealtime: isRealtime)
        let frame = if let reading { framing.next(reading.span.bytes) } else { framing.next(bytes) }
        switch frame {
        case .needMore: return .needMore
        case .message(let type, let length):
            guard let type = type as? any NanoMessage.Type else { return .refused(.invalidType) }
            return .message(type, length: length)
        case .refused(let error):
            switch error.path {
            case "network": return .refused(.wrongNetwork)
            case "version_using": return .refused(.outdatedVersion)
            default:
                return stepsOver(error.had, isRealtime: isRealtime) ? .skipped(Header.count) : .refused(.invalidType)
            }
        }
    }
    /// Decodes the handshake in `bytes`, with the handshake bits that our generation knows.
    func handshake(_ bytes: RawSpan) -> NodeIDHandshake? {
        let unknown = NodeIDHandshake.definedBits & ~rules.profile.handshakeBits
        guard let header = RawHeader(bytes, at: 0), header.extensions & unknown != 0 else {
            return try? NodeIDHandshake(copying: bytes)
        }
        var known = [UInt8](bytes)
        known[6] &= ~UInt8(truncatingIfNeeded: unknown)
        return try? NodeIDHandshake(copying: known)
    }

    /// Returns the error in the content of a message. nano-node drops such a message and continues, up to V28.
    func contentError(_ type: any NanoMessage.Type, _ bytes: RawSpan) -> String? {
        if type.type == .nodeIDHandshake { return handshake(bytes) == nil ? "malformed handshake" : nil }
        if let error = type.check(bytes) { return error.description }
        if type.type == .ascPullReq || type.type == .ascPullAck, bytes.byteCount > Header.count,
            PullType.load(bytes, Header.count, .big).rawValue > rules.profile.highestPull
        {
            return "pull type is not known"
        }
        return nil
    }
}
