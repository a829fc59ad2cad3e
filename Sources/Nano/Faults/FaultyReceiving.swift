import Node
import Wire

// Faults in reading the header of a message.
extension NodeCore {
    /// Returns a message with the header as a node with a fault reads it; nil if it reads the header correctly.
    func misread(_ bytes: RawSpan, isRealtime: Bool) -> [UInt8]? {
        guard let bug, let header = RawHeader(bytes, at: 0) else { return nil }
        let own = rules.header(header.type)
        var out = [UInt8](bytes)
        switch bug {
        case .networkByFirstByte: out[1] = UInt8(truncatingIfNeeded: own.network.rawValue)
        case .networkBySecondByte: out[0] = UInt8(truncatingIfNeeded: own.network.rawValue >> 8)
        case .networkCheckedOnce where isRealtime:
            out[0] = UInt8(truncatingIfNeeded: own.network.rawValue >> 8)
            out[1] = UInt8(truncatingIfNeeded: own.network.rawValue)
        case .versionMaxDecides: out[3] = header.versionMax
        case .versionCheckedOnce where isRealtime: out[3] = own.versionUsing
        case .countNibblesSwapped where header.isAboutVotes && header.extensions & 1 != 0:
            out[6] = UInt8(truncatingIfNeeded: header.extensions >> 12) << 4 | 1
            out[7] = UInt8(truncatingIfNeeded: header.extensions & 0x00f0) | out[7] & 0x0f
        case .countFlagIgnored where header.isAboutVotes: out[6] &= ~1
        case .voteFlagsCounted where header.type == .confirmAck && header.extensions & 0x0004 != 0: out[7] &+= 0x10
        case .blockTypeIgnored where header.isAboutVotes: out[7] = out[7] & 0xf0 | 1
        default: return nil
        }
        return out
    }
    /// Returns the refusal by a node with a fault that checks too much; nil if it does not refuse the header.
    func peculiarRefusal(_ header: RawHeader) -> CloseReason? {
        let own = rules.header(header.type)
        let isRefused =
            switch bug {
            case .newVersionRefused: header.versionUsing > own.versionUsing
            case .checksVersionMax:
                header.versionUsing == own.versionUsing
                    && (header.versionMax != own.versionMax || header.versionMin != own.versionMin)
            case .refusesHigherMin: header.versionMin > own.versionUsing
            case .refusesLowerMax: header.versionMax < own.versionMin
            case .refusesRequestBits: header.type == .telemetryReq && header.extensions != 0
            case .refusesHandshakeBits:
                header.type == .nodeIDHandshake && header.extensions & ~NodeIDHandshake.definedBits != 0
            default: false
            }
        return isRefused ? .fault : nil
    }
    /// Returns true if a node with a fault skips a header of this unknown type.
    func stepsOver(_ type: UInt64, isRealtime: Bool) -> Bool {
        switch bug {
        case .deletedTypeIgnored: type == 9
        case .deletedTypeIgnoredEarly: type == 9 && !isRealtime
        case .unknownTypeIgnored: type > 9
        case .highTypesIgnored: type > 0x11
        case .lowTypesIgnored: type < 2
        default: false
        }
    }

    /// Returns true if a node with a fault accepts a message with malformed content.
    func takesBadContent(_ type: MessageType, _ bytes: RawSpan) -> Bool {
        switch bug {
        case .zeroPairTaken: type == .confirmReq && bytes.byteCount > Header.count
        case .pullReservedIgnored: type == .bulkPull
        case .noPairTaken: type == .confirmReq && bytes.byteCount == Header.count
        default: false
        }
    }
    /// Returns the wrong judgement of a node with a fault about a peer: true if it may be contacted, false if not, nil
    /// for no wrong judgement.
    func misjudges(_ peer: Endpoint) -> Bool? {
        guard let v4 = peer.v4 else { return nil }
        switch bug {
        case .contactsThisNetwork: return v4 >> 24 == 0 && v4 != 0 ? true : nil
        case .contactsDocumentation: return v4 >> 8 == 0xc6_3364 ? true : nil
        case .contactsTestNetwork: return v4 >> 8 == 0xcb_0071 ? true : nil
        case .contactsMulticast: return v4 >> 28 == 0xe ? true : nil
        case .contactsFuture: return v4 >> 28 == 0xf ? true : nil
        case .reservesTooMuch:
            return v4 >> 24 == 1 || v4 >> 9 == 0xc0_0003 >> 1 || v4 >> 9 == 0xc6_3365 >> 1 || v4 >> 24 == 223
                ? false : nil
        default: return nil
        }
    }
    /// Returns the peers of a keepalive as a node with a fault reads them.
    func misread(_ peers: [Endpoint]) -> [Endpoint] {
        var peers = peers
        switch bug {
        case .hearsPortSwapped: for i in peers.indices { peers[i].port = peers[i].port.byteSwapped }
        case .hearsUnmapped: peers.removeAll { $0.v4 != nil }
        case .ignoresLastSlot: if peers.count == 8 { peers.removeLast() }
        case .contactsFirstNamed:
            let first = peers.dropFirst().firstIndex { $0 != Endpoint(high: 0, low: 0, port: 0) }
            if let first { peers.removeSubrange((first + 1)...) }
        default: break
        }
        return peers
    }
}

extension RawHeader {
    fileprivate var isAboutVotes: Bool { type == .confirmReq || type == .confirmAck }
}
