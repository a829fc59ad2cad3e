import Wire

/// A reader that assembles the messages of one direction: it unmasks, joins and inflates them, and checks their text.
/// Endpoints and passive observers use it.
///
/// The bytes of a message are collected at the end of a buffer that the caller provides from `resume` to `suspend`.
/// Between calls the reader keeps the incomplete part. A frame arrives in parts: `begin`, any number of `add`, `end`.
struct MessageReader: Sendable {
    /// The side that sends in this direction.
    let sender: Role
    private let limits: Limits
    /// True if text is checked.
    private let checksText: Bool
    private let deflate: DeflateParameters?
    /// The fault of the reading end; nil without one.
    private let bug: Misbehaviour?
    private var inflater: Inflater?
    /// The type of the current message; nil between messages.
    private(set) var opcode: Opcode?
    private(set) var isCompressed = false
    private var fragments = 0
    private var text = UTF8Validator()
    /// The offset of the message in the caller's buffer.
    private var start = 0
    /// The incomplete message while the caller provides no buffer.
    private var kept: [UInt8] = []

    init(
        from sender: Role, _ limits: Limits, _ deflate: DeflateParameters?, checksText: Bool, bug: Misbehaviour? = nil
    ) {
        self.sender = sender
        self.limits = limits
        self.deflate = deflate
        self.checksText = checksText && bug != .utf8NotChecked
        self.bug = bug
    }

    /// Returns the fault of a header; nil if it is valid. It must be called for each frame.
    func fault(of header: FrameHeader) -> FrameFault? {
        let (opcode, count) = (header.opcode, header.payloadCount)
        if header.rsv2 | header.rsv3 != 0 { return .reservedBit }
        if !opcode.isKnown { return .reservedOpcode(opcode) }
        if (header.mask.value == 1) != (sender == .client) {
            return sender == .client ? .unmaskedFromClient : .maskedFromServer
        }
        if !header.isMinimal { return .lengthNotShortest }
        if header.rsv1 != 0, deflate == nil || opcode.isControl || opcode == .continuation {
            return .compressedWhereNotAllowed
        }
        if opcode.isControl {
            if header.fin == 0 { return .fragmentedControl }
            return count > 125 ? .longControl : nil
        }
        if opcode == .continuation, self.opcode == nil { return .continuationOfNothing }
        if opcode != .continuation, self.opcode != nil { return .messageInsideMessage }
        if count > UInt64(limits.frame) { return .frameTooBig(count) }
        return fragments >= limits.fragments ? .tooManyFragments : nil
    }
    /// Begins a data frame with a valid header. `made` has the bytes of the message so far, from `start`.
    mutating func begin(_ header: FrameHeader, _ made: [UInt8]) -> ConnectionFailure? {
        if header.opcode != .continuation {
            opcode = header.opcode
            isCompressed = header.rsv1 == 1
            start = made.count
            text = UTF8Validator()
            fragments = 0
        }
        fragments += 1
        // A compressed message grows by more than the size of its frames; `add` checks its size.
        let (size, over) = header.payloadCount.addingReportingOverflow(UInt64(made.count - start))
        if !isCompressed, over || size > UInt64(limits.message) {
            return ConnectionFailure(.tooBig, "message of more than \(limits.message) bytes")
        }
        return nil
    }
    /// Adds the next bytes of the payload. `offset` is their place in the payload.
    mutating func add(
        _ bytes: RawSpan, _ key: Fixed<4>?, at offset: Int, into made: inout [UInt8]
    ) -> ConnectionFailure? {
        let before = made.count
        if isCompressed, bug != .inflatesFirstFragment || fragments == 1 {
            if let failure = inflate(bytes, key, at: offset, into: &made) { return failure }
        } else if let key {
            if bug?.append(bytes, key, at: offset, to: &made) != true {
                Mask.append(bytes, key, from: offset, to: &made)
            }
        } else {
            made.append(bytes)
        }
        return check(made, from: before)
    }
    /// Ends the frame. Returns the range of the message if this was its last frame.
    mutating func end(
        _ header: FrameHeader, into made: inout [UInt8]
    ) throws(ConnectionFailure) -> (range: Range<Int>, opcode: Opcode)? {
        if bug == .utf8OfEachFrame, opcode == .text, !text.isComplete {
            throw ConnectionFailure(.invalidPayload, "a fragment that ends inside a character")
        }
        if bug == .compressesFragmentsAlone, isCompressed, header.fin == 0 {
            let failure = inflater?.finish(into: &made, atMost: limits.message - (made.count - start), forgets: false)
            if let failure { throw self.failure(failure) }
        }
        guard header.fin == 1, let opcode else { return nil }
        if isCompressed {
            let before = made.count
            let failure = inflater?.finish(
                into: &made, atMost: limits.message - (made.count - start),
                forgets: deflate?.forgetsContext(sender) ?? true || bug == .inflaterForgets)
            if let failure { throw self.failure(failure) }
            if let failure = check(made, from: before) { throw failure }
        }
        if checksText, opcode == .text, !text.isComplete, bug != .utf8OfWholeFramesOnly || fragments == 1 {
            throw ConnectionFailure(.invalidPayload, "text that ends inside a character")
        }
        self.opcode = nil
        fragments = 0
        return (start..<made.count, opcode)
    }
    /// Moves the incomplete message into the caller's buffer.
    mutating func resume(_ made: inout [UInt8]) {
        guard opcode != nil else { return }
        start = made.count
        if made.isEmpty { return swap(&made, &kept) }
        made += kept
        kept.removeAll(keepingCapacity: true)
    }
    /// Moves the incomplete message out of the caller's buffer.
    mutating func suspend(_ made: inout [UInt8]) {
        guard opcode != nil else { return }
        if start == 0 { return swap(&made, &kept) }
        kept.append(contentsOf: made[start...])
        made.removeLast(made.count - start)
    }
    /// The number of bytes that the reader keeps without a buffer: the incomplete message and the context of
    /// compression.
    var memory: Int { kept.capacity &+ (inflater == nil ? 0 : Inflater.memory(deflate?.windowBits(sender) ?? 15)) }
    /// Drops the current message after a fault, for a passive observer.
    mutating func drop() {
        opcode = nil
        kept = []
        fragments = 0
    }
    /// Assumes a message of this type whose beginning is missing.
    mutating func assume(_ opcode: Opcode) { self.opcode = opcode }
    /// Records a frame whose payload is not needed.
    mutating func note(_ header: FrameHeader) {
        if header.opcode.isControl { return }
        if header.opcode != .continuation { opcode = header.opcode }
        if header.fin == 1 { opcode = nil }
    }
    /// Handles missing bytes. The current message stays incomplete. No later message can be inflated unless each is
    /// compressed by itself.
    mutating func lose() {
        drop()
        inflater = nil
    }

    private mutating func check(_ made: [UInt8], from before: Int) -> ConnectionFailure? {
        guard checksText, opcode == .text, made.count > before else { return nil }
        if bug == .utf8OfWholeFramesOnly, fragments > 1 { return nil }
        let isGood = text.accepts(made.span.bytes.extracting(before..<made.count))
        return isGood ? nil : ConnectionFailure(.invalidPayload, "text that is not UTF-8")
    }
    private mutating func inflate(
        _ bytes: RawSpan, _ key: Fixed<4>?, at offset: Int, into made: inout [UInt8]
    ) -> ConnectionFailure? {
        if inflater == nil { inflater = Inflater(windowBits: deflate?.windowBits(sender) ?? 15) }
        var at = 0
        while at < bytes.byteCount {
            let part = bytes.extracting(at..<min(bytes.byteCount, at + 4096))
            let room = limits.message - (made.count - start)
            let failure: Inflater.Failure? = withUnsafeTemporaryAllocation(
                byteCount: part.byteCount, alignment: 16
            ) { scratch in
                part.withUnsafeBytes { scratch.copyMemory(from: $0) }
                if let key {
                    var clear = scratch.mutableBytes
                    Mask.apply(key, to: &clear, from: offset + at)
                }
                guard inflater != nil else { return .noMemory }
                return inflater?.inflate(UnsafeRawBufferPointer(scratch).bytes, into: &made, atMost: room)
            }
            if let failure { return self.failure(failure) }
            at += part.byteCount
        }
        return nil
    }
    private func failure(_ failure: Inflater.Failure) -> ConnectionFailure {
        switch failure {
        case .malformed: ConnectionFailure(.invalidPayload, "compressed data that is none")
        case .tooLong: ConnectionFailure(.tooBig, "message of more than \(limits.message) bytes, inflated")
        case .noMemory: ConnectionFailure(.internalError, "no memory")
        }
    }
}
