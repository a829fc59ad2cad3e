#if WebRTC
    import CGStreamer
    import Glibc
    import Synchronization

    /// What the threads of GStreamer tell.
    enum Event: Sendable {
        /// A way to reach us, and the media description that it belongs to.
        case candidate(String, line: UInt32)
        /// The other side has made a channel.
        case channel(ChannelHandle)
        case open
        case text(String)
        case bytes([UInt8])
        /// Less waits to be sent than before.
        case drained
        case closed
        case failed(String)

        /// Bytes that it holds.
        var size: Int {
            switch self {
            case .text(let text): text.utf8.count
            case .bytes(let bytes): bytes.count
            default: 0
            }
        }
    }

    /// A channel that its holder owns. GStreamer guards it by locks of its own.
    struct ChannelHandle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Events on their way from the threads of GStreamer to the one of the program.
    final class Events: Sendable {
        /// Bytes that may wait; a program that reads the lines more slowly than the other side sends ends.
        static let limit = 64 << 20

        private struct Waiting {
            var events: [Event] = []
            var size = 0
            var overflowed = false
        }
        private let waiting = Mutex(Waiting())
        /// Readable while there are events.
        let descriptor: Int32

        /// A certificate and its key as PEM, with a key on a curve: that which GStreamer makes is RSA, which not every peer takes.
        let identity: String

        init(identity: String) {
            self.identity = identity
            descriptor = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        }
        deinit { close(descriptor) }

        func put(_ event: Event) {
            waiting.withLock {
                guard !$0.overflowed else { return }
                $0.size += event.size
                $0.overflowed = $0.size > Self.limit
                $0.events.append($0.overflowed ? .failed("more than \(Self.limit >> 20) MiB wait to be read") : event)
            }
            var one: UInt64 = 1
            write(descriptor, &one, 8)
        }
        func take() -> [Event] {
            var count: UInt64 = 0
            read(descriptor, &count, 8)
            return waiting.withLock {
                let events = $0.events
                ($0.events, $0.size) = ([], 0)
                return events
            }
        }
    }
#endif
