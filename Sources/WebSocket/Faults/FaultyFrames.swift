import Wire

// Faults in frames.
extension Misbehaviour {
    /// Returns the header that the faulty node reads instead of this one. `isInside`: the frame is between the
    /// fragments of a message. `role`: the role of the faulty node.
    func heard(_ header: FrameHeader, isInside: Bool, compresses: Bool, as role: Role) -> FrameHeader {
        var out = header
        let isContinuation = header.opcode == .continuation
        switch self {
        case .reservedBitsIgnored where !compresses: (out.rsv1, out.rsv2, out.rsv3) = (0, 0, 0)
        case .reservedBitsOfControl where header.opcode.isControl: (out.rsv1, out.rsv2, out.rsv3) = (0, 0, 0)
        case .rsv1OfControlTaken where compresses && header.opcode.isControl: out.rsv1 = 0
        case .rsv1OfContinuationTaken where compresses && isContinuation: out.rsv1 = 0
        case .rsv2Taken where compresses: (out.rsv2, out.rsv3) = (0, 0)
        case .rsv1AlwaysTaken where !compresses, .compressedTakenAsIs: out.rsv1 = 0
        // A pong is ignored as well.
        case .reservedOpcodeIgnored where !header.opcode.isKnown: out.opcode = .pong
        case .reservedControlIgnored where !header.opcode.isKnown && header.opcode.isControl: out.opcode = .pong
        case .fragmentedControlTaken where header.opcode.isControl: out.fin = 1
        case .length16Signed where header.payloadCount >= 0x8000 && header.length.value == 126:
            // The node reads a length that no endpoint accepts.
            (out.length.stored, out.length64.stored) = (127, .max >> 1)
        case .length64Cut where header.length.value == 127:
            (out.length.stored, out.length16.stored) = (126, UInt16(truncatingIfNeeded: header.payloadCount))
        case .serverNotInflated where role == .client: out.rsv1 = 0
        case .fragmentsAreMessages where !header.opcode.isControl,
            .fragmentsOfServerAreMessages where role == .client && !header.opcode.isControl:
            (out.fin, out.opcode) = (1, isContinuation ? .text : header.opcode)
        case .continuationOfNothingTaken where isContinuation && !isInside: out.opcode = .binary
        default: break
        }
        return out
    }
    /// Returns true if the faulty node accepts a frame with this fault.
    func passes(_ fault: FrameFault, of header: FrameHeader) -> Bool {
        switch (self, fault) {
        case (.unmaskedTaken, .unmaskedFromClient), (.maskedTaken, .maskedFromServer),
            (.nestedMessageTaken, .messageInsideMessage), (.longControlTaken, .longControl):
            true
        case (.unmaskedControlTaken, .unmaskedFromClient): header.opcode.isControl
        // The truncated length is not in its shortest form either.
        case (.length64Cut, .lengthNotShortest): true
        default: false
        }
    }
    /// Returns the payloads of the answer to a ping, one for each frame.
    func pongs(_ ping: [UInt8], isInside: Bool, as role: Role) -> [[UInt8]] {
        switch self {
        case .pingUnanswered: []
        case .pingOfServerUnanswered: role == .client ? [] : [ping]
        case .pingInsideUnanswered: isInside ? [] : [ping]
        case .pongIsEmpty: [[]]
        case .pongCut: [Array(ping.prefix(64))]
        case .pongInFragments: ping.count > 64 ? [Array(ping[..<64]), Array(ping[64...])] : [ping]
        default: [ping]
        }
    }
    /// Appends the next bytes of a payload in the way of the faulty node. Returns false if the node reads them
    /// correctly.
    func append(_ bytes: RawSpan, _ key: Fixed<4>, at offset: Int, to made: inout [UInt8]) -> Bool {
        switch self {
        case .unmasksFourBytes:
            let count = min(bytes.byteCount, max(0, 4 - offset))
            Mask.append(bytes.extracting(first: count), key, from: offset, to: &made)
            made.append(bytes.extracting(count...))
        case .maskRestarts: Mask.append(bytes, key, to: &made)
        default: return false
        }
        return true
    }
    /// Returns the payload of a Close frame that the faulty node reads instead of this one.
    func heard(close payload: [UInt8]) -> [UInt8] {
        switch self {
        case .shortCloseTaken: payload.count == 1 ? [] : payload
        case .closeCodeNotChecked: payload.count < 2 ? payload : [0x03, 0xe8]
        default: payload
        }
    }
    /// Returns the payload of the answer to a Close frame; nil if the node answers correctly.
    func answer(to close: ClosePayload) -> [UInt8]? {
        switch self {
        case .closeIsCut: Array(close.bytes.prefix(1))
        case .closeSaysNoStatus where close.code == .noStatus: [0x03, 0xed]
        case .closeReasonCut where !close.reason.isEmpty: ClosePayload(close.code).bytes + [0xc3]
        default: nil
        }
    }
    /// Returns the close code that the faulty node sends for a failure with this code.
    func code(for code: CloseCode) -> CloseCode {
        switch self {
        case .failsWithNormal: .normal
        case .failsAlwaysAs1002: .protocolError
        default: code
        }
    }
    /// Returns the bytes of a frame that the faulty node writes.
    func frame(_ header: FrameHeader, _ payload: [UInt8], key spare: Fixed<4>) -> [UInt8] {
        var header = header
        let count = payload.count
        switch self {
        case .masksAsServer: if header.maskingKey == nil { header.maskingKey = spare }
        case .masksNothing: header.maskingKey = nil
        case .length125In16: if count == 125 { (header.length.stored, header.length16.stored) = (126, 125) }
        case .length65535In64: if count == 65535 { (header.length.stored, header.length64.stored) = (127, 65535) }
        case .length65535Of64AsClient:
            if count == 65535, header.maskingKey != nil {
                (header.length.stored, header.length64.stored) = (127, 65535)
            }
        case .masksNoPong: if header.opcode == .pong { header.maskingKey = nil }
        case .length65536In16: if count == 65536 { (header.length.stored, header.length16.stored) = (126, 0) }
        case .finMissing: if !header.opcode.isControl { header.fin = 0 }
        case .echoesBinary: if header.opcode == .text { header.opcode = .binary }
        case .echoesReservedOpcode: if header.opcode == .text { header.opcode = Opcode(rawValue: 3) }
        case .setsReservedBit: if !header.opcode.isControl { header.rsv1 = 1 }
        case .pongInFragments: if header.opcode == .pong, count == 64 { header.fin = 0 }
        default: break
        }
        var out: [UInt8] = []
        header.encode(appendingTo: &out)
        if self == .length126In7, count == 126 { out.removeLast(2) }
        var masked = header.maskingKey.map { Mask.copy(payload.span.bytes, $0) } ?? payload
        if self == .masksFourBytes { masked = Array(masked.prefix(4) + payload.dropFirst(4)) }
        return out + masked
    }
}
