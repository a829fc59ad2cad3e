import Node
import Wire

// Reading of bytes to messages.
extension Session {
    /// Reads bytes after the heads, up to the end of a message.
    mutating func read(
        _ bytes: RawSpan, at now: Instant, into up: inout LayerOutput, in turn: inout LayerTurn
    ) -> Int {
        reader.resume(&up.made)
        defer { reader.suspend(&up.made) }
        let (count, told) = (bytes.byteCount, up.items.count)
        var at = 0
        while at < count {
            // Bytes after the end are dropped.
            guard state == .open || state == .closing else { return count }
            if let header = frame {
                let part = Int(min(UInt64(count - at), header.payloadCount - UInt64(done)))
                take(bytes.extracting(at..<at + part), header, at: now, into: &up, in: &turn)
                at += part
            } else {
                at += readHeader(bytes.extracting(at..<count), at: now, into: &up, in: &turn)
            }
            if up.items.count > told { return at }
        }
        return at
    }
    /// Reads the header of a frame and returns the number of used bytes.
    private mutating func readHeader(
        _ bytes: RawSpan, at now: Instant, into up: inout LayerOutput, in turn: inout LayerTurn
    ) -> Int {
        if pending.isEmpty {
            switch FrameHeader.prefix(of: bytes) {
            case .message(let header, let count):
                begin(header, at: now, into: &up, in: &turn)
                return count
            case .needMore:
                pending.append(bytes)
                return bytes.byteCount
            case .refused(let error):
                fail(ConnectionFailure(.protocolError, "\(error)"), now, &turn)
                return bytes.byteCount
            }
        }
        var used = 0
        while true {
            switch FrameHeader.prefix(of: pending.span.bytes) {
            case .message(let header, _):
                pending.removeAll(keepingCapacity: true)
                begin(header, at: now, into: &up, in: &turn)
                return used
            case .needMore(let missing):
                let count = min(missing, bytes.byteCount - used)
                if count == 0 { return used }
                pending.append(bytes.extracting(used..<used + count))
                used += count
            case .refused(let error):
                fail(ConnectionFailure(.protocolError, "\(error)"), now, &turn)
                return bytes.byteCount
            }
        }
    }
    private mutating func begin(
        _ read: FrameHeader, at now: Instant, into up: inout LayerOutput, in turn: inout LayerTurn
    ) {
        var header = read
        if let bug {
            let isInside = reader.opcode != nil
            if bug == .controlInsideRefused, isInside, header.opcode.isControl {
                return fail(FrameFault.messageInsideMessage.failure, now, &turn)
            }
            header = bug.heard(header, isInside: isInside, compresses: agreed?.deflate != nil, as: role)
        }
        if let fault = reader.fault(of: header), bug?.passes(fault, of: header) != true {
            return fail(fault.failure, now, &turn)
        }
        if header.opcode.isControl {
            control.removeAll(keepingCapacity: true)
        } else if let failure = reader.begin(header, up.made) {
            return fail(failure, now, &turn)
        }
        (frame, done) = (header, 0)
        if header.payloadCount == 0 { finish(header, at: now, into: &up, in: &turn) }
    }
    /// Takes the next bytes of a payload.
    private mutating func take(
        _ bytes: RawSpan, _ header: FrameHeader, at now: Instant, into up: inout LayerOutput, in turn: inout LayerTurn
    ) {
        if header.opcode.isControl {
            if let key = header.maskingKey {
                Mask.append(bytes, key, from: done, to: &control)
            } else {
                control.append(bytes)
            }
        } else if let failure = reader.add(bytes, header.maskingKey, at: done, into: &up.made) {
            return fail(failure, now, &turn)
        }
        done += bytes.byteCount
        if UInt64(done) == header.payloadCount { finish(header, at: now, into: &up, in: &turn) }
    }
    /// Handles the end of a frame.
    private mutating func finish(
        _ header: FrameHeader, at now: Instant, into up: inout LayerOutput, in turn: inout LayerTurn
    ) {
        frame = nil
        switch header.opcode {
        case .ping:
            if state == .open, unsent > limits.unsent { return fail(.unread, now, &turn) }
            var payload: [UInt8] = []
            swap(&payload, &control)
            if state == .open {
                if let bug {
                    for part in bug.pongs(payload, isInside: reader.opcode != nil, as: role) {
                        put(.pong, part.span.bytes, &turn)
                    }
                } else {
                    put(.pong, payload.span.bytes, &turn)
                }
            }
            swap(&payload, &control)
        case .pong: break
        case .close: closeFrame(now, &turn)
        default:
            do {
                guard let (range, opcode) = try reader.end(header, into: &up.made) else { return }
                // Messages after our Close frame are dropped.
                guard state == .open, bug != .emptyIsNone || !range.isEmpty else { return }
                up.append(.made(.first, range, unit: 0..<0))
                up.append(.whole(.first, kind: opcode.rawValue))
            } catch {
                fail(error, now, &turn)
            }
        }
    }
    /// Answers the peer's Close frame with the same code (section 5.5.1). Then the server closes the connection, and
    /// the client waits for that (section 7.1.1).
    private mutating func closeFrame(_ now: Instant, _ turn: inout LayerTurn) {
        let close: ClosePayload
        do {
            close = try ClosePayload(bug?.heard(close: control) ?? control)
        } catch {
            return bug == .malformedClosePassed ? () : fail(error, now, &turn)
        }
        if bug == .closeInsideUnanswered, reader.opcode != nil { return }
        let isSilent = bug == .closeUnanswered || bug == .closeOfServerUnanswered && role == .client
        if state == .open, !isSilent {
            let answer = bug?.answer(to: close) ?? limits.closeAnswer.payload(close).bytes
            put(.close, answer.span.bytes, &turn)
            if bug == .messageAfterClose { put(.text, answer.span.bytes, &turn) }
        }
        turn.report("closed", close)
        if role == .server, bug != .staysOpen { return end(&turn) }
        state = .ending
        deadline = bug == .staysOpen ? nil : now + limits.end
    }
    /// Fails the connection (section 7.1.7): sends a Close frame with the reason, then ends it.
    mutating func fail(_ cause: ConnectionFailure, _ now: Instant, _ turn: inout LayerTurn) {
        if bug == .brokenFramesOfServerTaken, role == .client { return }
        var failure = cause
        if let bug { failure.code = bug.code(for: cause.code) }
        if state == .open {
            let said = ClosePayload(failure.code, limits.tellsWhy ? failure.reason : "")
            put(.close, said.bytes.span.bytes, &turn)
        }
        turn.report("failed", ClosePayload(failure.code, failure.reason))
        state = .failing
        deadline = now + limits.linger
        (pending, frame) = ([], nil)
    }
}
