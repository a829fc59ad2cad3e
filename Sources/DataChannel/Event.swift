#if WebRTC
    import CGStreamer
    import Glibc
    import Synchronization

    /// An event from the threads of GStreamer.
    enum Event: Sendable {
        /// A candidate address of this side, and the media description that it belongs to.
        case candidate(String, line: UInt32)
        /// A channel that the other side created.
        case channel(ChannelHandle)
        case open
        case text(String)
        case bytes([UInt8])
        /// The amount of data that waits to be sent has decreased.
        case drained
        case closed
        case failed(String)

        /// The number of bytes that it contains.
        var size: Int {
            switch self {
            case .text(let text): text.utf8.count
            case .bytes(let bytes): bytes.count
            default: 0
            }
        }
    }

    /// A channel that its holder owns. GStreamer protects it with its own locks.
    struct ChannelHandle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// The queue of events from the threads of GStreamer to the thread of the program.
    final class Events: Sendable {
        /// The maximum number of bytes in the queue. The program ends if its lines are read too slowly for the data of
        /// the other side.
        static let limit = 64 << 20

        private struct Waiting {
            var events: [Event] = []
            var size = 0
            var overflowed = false
        }
        private let waiting = Mutex(Waiting())
        /// A file descriptor that is readable while there are events.
        let descriptor: Int32

        /// A certificate and its key as PEM, with an elliptic-curve key. The certificate that GStreamer makes is RSA,
        /// which some peers do not accept.
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
