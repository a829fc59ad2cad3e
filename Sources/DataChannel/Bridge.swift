#if WebRTC
    import CGStreamer
    import Glibc
    import PeerPigeon
    import Wire

    /// A bridge between lines on standard input and output and a data channel.
    struct Bridge {
        /// The label of the channel between hubs.
        static let label = "messages"
        /// The time in seconds for a channel to close on both sides.
        static let closing = 5.0
        /// The time in seconds that a connection remains after its channel is closed. The answer to the other side's
        /// end of the stream (RFC 6525 4.1) is sent after the event of the close, and there is no event for the answer.
        static let lingering = 1.0

        private let peer: Peer
        private let events: Events
        private let offers: Bool
        private let chunk = ChunkSize()
        private var lines = Lines()
        private var reader = ChannelReader()
        /// The texts that announced the following bytes of streams.
        private var headers: [[UInt8]?] = []
        /// The candidates that arrived before their description.
        private var early: [(String, UInt32)] = []
        private var isDescribed = false
        private var state = State.connecting
        /// True if the other side reads more slowly than this side receives data to send.
        private var isPaused = false
        private var inputEnded = false

        private enum State { case connecting, open, closing, closed }

        init(_ peer: Peer, _ events: Events, offers: Bool) {
            (self.peer, self.events, self.offers) = (peer, events, offers)
        }

        /// Runs until the channel is closed. Returns false if it failed.
        mutating func run() throws -> Bool {
            if offers { try Lines.write(Line("offer", Self.description("offer", try peer.offer(Self.label)))) }
            var closesBy: Double?
            while state != .closed {
                if inputEnded, state == .connecting { return false }
                if inputEnded, state == .open, peer.buffered == 0 { close() }
                if state == .closing {
                    let by = closesBy ?? Self.seconds() + Self.closing
                    closesBy = by
                    if Self.seconds() > by { return false }
                }
                if isPaused, peer.buffered <= chunk.resumes { isPaused = false }
                var ready = [
                    pollfd(fd: events.descriptor, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: inputEnded || isPaused ? -1 : 0, events: Int16(POLLIN), revents: 0),
                ]
                // The loop wakes up regularly while data waits to be sent, or the channel to be closed.
                poll(&ready, 2, isPaused || inputEnded || state == .closing ? 20 : -1)
                if ready[0].revents != 0 {
                    for event in events.take() where try !take(event) { return false }
                }
                if ready[1].revents != 0, state != .closed { try readLines() }
            }
            usleep(UInt32(Self.lingering * 1e6))
            return true
        }
        private static func seconds() -> Double {
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
        }
        private static func description(_ type: String, _ sdp: String) -> Value {
            .map([.init("type", .text(type)), .init("sdp", .text(sdp))])
        }
        private mutating func close() {
            state = .closing
            peer.close()
        }

        // MARK: - Events of the other side

        /// Handles an event. Returns false if the bridge must end.
        private mutating func take(_ event: Event) throws -> Bool {
            switch event {
            case .candidate(let text, let line):
                let index = Value.uint(UInt64(line))
                try Lines.write(
                    Line(
                        "ice-candidate",
                        .map([
                            .init("candidate", .text(text)), .init("sdpMid", .text(peer.mid(line))),
                            .init("sdpMLineIndex", index),
                        ])))
            case .channel(let handle): peer.adopt(handle)
            case .open:
                guard state == .connecting else { break }
                state = .open
                var line = Line("channel-open")
                (line.label, line.ordered, line.reliable) = (Text(peer.label), peer.isOrdered, peer.isReliable)
                try Lines.write(line)
            case .text(let text): try take(.text(Array(text.utf8)))
            case .bytes(let data): try take(ChannelFrame.bytes(data))
            case .drained: isPaused = false
            case .closed:
                guard state != .closed else { break }
                state = .closed
                try Lines.write(Line("channel-close"))
            case .failed(let reason):
                try Lines.write(Line(error: reason))
                return false
            }
            return true
        }
        private mutating func take(_ frame: ChannelFrame) throws {
            do throws(ChannelFault) {
                guard let message = try reader.receive(frame) else { return }
                guard let line = Self.line(message, frame) else { return }
                do { try Lines.write(line) } catch { inputEnded = true }
            } catch {
                try Lines.write(Line(error: "\(error)"))
            }
        }
        private static func line(_ message: ChannelMessage, _ frame: ChannelFrame) -> Line? {
            switch message {
            case .binary(let bytes):
                var line = Line("channel-binary")
                line.bytes = Text(bytes.hex)
                return line
            case .streamChunk(let header, let bytes):
                var line = Line("channel-binary")
                (line.header, line.bytes) = (Text(bytes: Bytes(header.encoded())), Text(bytes.hex))
                return line
            case .text, .streamInit, .streamEnd, .streamAbort:
                guard case .text(let text) = frame else { return nil }
                var line = Line("channel-text")
                line.text = Text(bytes: Bytes(text))
                return line
            }
        }

        // MARK: - Input lines

        private mutating func readLines() throws {
            guard let read = try lines.read() else {
                inputEnded = true
                return
            }
            for line in read where !line.isEmpty {
                do {
                    try take(try Line(copying: line))
                } catch let error as PeerError {
                    try Lines.write(Line(error: error.text))
                } catch let error as WireError {
                    try Lines.write(Line(error: "\(error)"))
                }
            }
            if state == .open, peer.buffered >= chunk.pauses { isPaused = true }
        }
        private mutating func take(_ line: Line) throws {
            let data = line.data?.value(in: RawSpan())
            switch line.type?.string(in: RawSpan()) {
            case "offer" where !offers && !isDescribed:
                let answer = try peer.answer(try Self.sdp(data, "offer"))
                try Lines.write(Line("answer", Self.description("answer", answer)))
                describeDone()
            case "answer" where offers && !isDescribed:
                try peer.finish(try Self.sdp(data, "answer"))
                describeDone()
            case "ice-candidate":
                // An empty candidate means that there are no more.
                guard case .text(let text)? = data?["candidate"], !text.isEmpty else { return }
                var index: UInt32 = 0
                if case .uint(let n)? = data?["sdpMLineIndex"] { index = UInt32(clamping: n) }
                if isDescribed { peer.add(candidate: text, line: index) } else { early.append((text, index)) }
            case "channel-text":
                let text = line.text?.string(in: RawSpan()) ?? ""
                guard !text.utf8.contains(0) else { throw PeerError(text: "a text with U+0000 cannot be sent") }
                try requireOpen()
                try peer.send(text)
            case "channel-binary":
                guard let bytes = [UInt8](hex: line.bytes?.string(in: RawSpan()) ?? "") else {
                    throw PeerError(text: "bytes: no hexadecimal digits")
                }
                try requireOpen()
                if let header = line.header {
                    try peer.send(header.string(in: RawSpan()))
                    try peer.send(bytes)
                } else {
                    for frame in ChannelFrame.binary(bytes) {
                        switch frame {
                        case .text(let text): try peer.send(String(decoding: text, as: UTF8.self))
                        case .bytes(let bytes): try peer.send(bytes)
                        }
                    }
                }
            case "channel-close": inputEnded = true
            case let type: throw PeerError(text: "\(type ?? "a line without type") does not fit here")
            }
        }
        private func requireOpen() throws(PeerError) {
            guard state == .open else { throw PeerError(text: "the channel is not open") }
        }
        private mutating func describeDone() {
            isDescribed = true
            for (text, line) in early { peer.add(candidate: text, line: line) }
            early = []
        }
        /// Returns the text of a session description, which must have this type.
        private static func sdp(_ data: Value?, _ type: String) throws(PeerError) -> String {
            guard case .text(type)? = data?["type"], case .text(let sdp)? = data?["sdp"] else {
                throw PeerError(text: "data: no session description of type \(type)")
            }
            return sdp
        }
    }
#endif
