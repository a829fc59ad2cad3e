import Wire

/// The full name of a protobuf type, and its forms in payloads.
enum TypeName: CaseIterable, Sendable {
    case joinRequest
    case receptionRequest
    case message
    case swarmEvent
    case hostEvent
    case peerEvent
    /// A type of meshspec, not of DXOS.
    case busSubscription
    case empty

    var name: StaticString {
        switch self {
        case .joinRequest: "dxos.mesh.signal.JoinRequest"
        case .receptionRequest: "dxos.mesh.signal.ReceptionRequest"
        case .message: "dxos.mesh.signal.Message"
        case .swarmEvent: "dxos.mesh.signal.SwarmEvent"
        case .hostEvent: "dxos.mesh.signal.HostEvent"
        case .peerEvent: "dxos.mesh.signal.PeerEvent"
        case .busSubscription: "meshspec.bus.Subscription"
        case .empty: "google.protobuf.Empty"
        }
    }

    /// Returns true if a type URL is this name: alone, after a dot or after a slash.
    func isWritten(as url: RawSpan) -> Bool {
        let start = url.byteCount - name.utf8CodeUnitCount
        guard start >= 0, url.extracting(start...).isText(name) else { return false }
        if start == 0 { return true }
        let before = url.unsafeLoad(fromUncheckedByteOffset: start - 1, as: UInt8.self)
        return start == 1 && before == UInt8(ascii: ".") || before == UInt8(ascii: "/")
    }
}

extension RawSpan {
    /// Returns true if these bytes equal a text. It compares words of eight bytes; the last word may overlap the one
    /// before.
    func isText(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard byteCount == count else { return false }
        let wanted = UnsafeRawPointer(text.utf8Start)
        func isEqual<W: FixedWidthInteger & BitwiseCopyable>(_ at: Int, _: W.Type) -> Bool {
            unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: W.self)
                == wanted.loadUnaligned(fromByteOffset: at, as: W.self)
        }
        guard count >= 8 else { return (0..<count).allSatisfy { isEqual($0, UInt8.self) } }
        // Names differ at their ends, so the last word is compared first.
        guard isEqual(count - 8, UInt64.self) else { return false }
        for at in stride(from: 0, to: count - 8, by: 8) where !isEqual(at, UInt64.self) { return false }
        return true
    }
}
