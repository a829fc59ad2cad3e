internal import CLinux
internal import Glibc
public import Node

/// A network of TCP connections and UDP sockets of this machine, on one epoll loop.
///
/// It reads into one buffer that all connections share. Bytes that cannot be written at once wait in the connection, up
/// to `backlog` bytes. Above that the connection is reset: a peer that does not read must not fill our memory. A closed
/// connection is also reset if the peer reads no waiting byte for `patience`. If more than `totalBacklog` bytes wait
/// for all peers together, the network resets the connections with the longest queues.
///
/// Bytes that are sent while `poll` reports events are collected. They are written after the events of one wait, in one
/// piece for each connection, because a system call costs more than most messages.
///
/// Datagrams that arrive faster than they are read are lost, as on any machine. A dialed UDP link ends (`reset`) if the
/// other machine reports that no program listens there. A link through a listening socket stays open.
public final class SocketNetwork: Network {
    let clock = MonotonicClock()
    let epoll: Int32
    var connections: [UInt64: Connection] = [:]
    var listeners: [UInt64: Socket] = [:]
    /// The sockets of `listeners` that are reached by a path.
    var localListeners: [UInt64: LocalSocket] = [:]
    /// The UDP sockets, by their numbers on the event loop.
    var datagramSockets: [UInt64: DatagramSocket] = [:]
    var datagramLinks: [UInt64: DatagramLink] = [:]
    /// The maximum number of peers of each listening UDP socket.
    var maximumPeers = Datagram.maximumPeers
    /// The events that the next poll reports; nil if the link was closed meanwhile.
    var pendingEvents: [(link: LinkID, what: PendingEvent?)] = []
    /// The connections that are closed once all bytes are sent, in order of time. Each has the time of its next check,
    /// and the number of bytes that waited at the last check.
    var closing: [(at: Instant, id: UInt64, left: Int)] = []
    /// The time that a closed connection waits for the other side to read more bytes.
    var patience = Duration.seconds(30)
    /// The connections with collected bytes; nil if bytes are written at once.
    var gathered: [Connection]?
    var lastID: UInt64 = 0
    /// The number of datagrams that closed sockets dropped.
    var lostBefore = 0
    /// The UDP ports that the system chose for us recently, oldest first. A later socket with any port must not receive
    /// datagrams that are on their way to such a port.
    var recentPorts: [UInt16] = []
    /// A descriptor that is closed for a moment if descriptors run out, to refuse connections that could not be
    /// accepted.
    var spare: Int32
    var buffer: UnsafeMutableRawBufferPointer
    var events: UnsafeMutablePointer<epoll_event>

    static let bufferSize = 65536
    static let eventCount = 64
    /// The maximum number of event lists in one `poll`, so that it returns under any load.
    static let rounds = 64
    /// The maximum number of bytes that wait for a peer that does not read: 16 MiB.
    public static let backlog = 16 << 20
    /// The maximum number of bytes that wait for all peers of a `meshspec node` process together: 64 MiB.
    public static let nodeBacklog = 64 << 20
    /// The maximum number of bytes that wait in all TCP connections together. If more wait, the network resets the
    /// connections with the longest queues until an eighth is free. The `backlog` of each connection applies as well.
    /// Connections within this machine do not count.
    public let totalBacklog: Int
    /// The number of bytes that wait in all TCP connections.
    public private(set) var totalUnsent = 0

    /// Creates an event loop without connections. Throws if the system has none available.
    public init(totalBacklog: Int = .max) throws(NetworkError) {
        self.totalBacklog = totalBacklog
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw NetworkError("make", "an event loop", Socket.error(errno)) }
        spare = Self.nothing()
        signal(SIGPIPE, SIG_IGN)
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
        events = .allocate(capacity: Self.eventCount)
    }
    deinit {
        for c in connections.values { c.socket.close() }
        for (id, l) in listeners where localListeners[id] == nil { l.close() }
        for l in localListeners.values { l.close() }
        for d in datagramSockets.values { d.close() }
        buffer.deallocate()
        events.deallocate()
        Glibc.close(epoll)
        Glibc.close(spare)
    }
    static func nothing() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }
    /// The time since the network was created.
    public var now: Instant { clock.now }
    public let beginning = MonotonicClock.date
    /// False.
    public var isVirtual: Bool { false }

    func newID() -> UInt64 {
        lastID += 1
        return lastID
    }
    func watch(_ socket: Socket, _ id: UInt64, reading: Bool = true, writing: Bool, change: Bool) {
        var e = epoll_event()
        e.events = (reading ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0) | (writing ? EPOLLOUT.rawValue : 0)
        e.data.u64 = id
        epoll_ctl(epoll, change ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket.descriptor, &e)
    }

    /// Binds and listens. The address is free for others as soon as the listener is closed.
    public func listen(
        _ at: Endpoint, _ transport: Transport
    ) throws(NetworkError) -> (id: ListenerID, bound: Endpoint) {
        if transport == .udp { return try listenForDatagrams(at) }
        guard let s = Socket.open(for: at) else { throw NetworkError("listen on", at.description, Socket.error(errno)) }
        s.set(SOL_SOCKET, SO_REUSEADDR, Int32(1))
        guard s.bind(to: at), Glibc.listen(s.descriptor, 512) == 0, let local = s.local else {
            s.close()
            throw NetworkError("listen on", at.description, Socket.error(errno))
        }
        let id = newID()
        listeners[id] = s
        watch(s, id, writing: false, change: false)
        return (ListenerID(id), local)
    }
    /// Closes the listening socket. Open connections remain. A UDP socket is closed with its last link.
    public func stopListening(_ listener: ListenerID) {
        if let d = datagramSockets[listener.number], d.peer == nil { return stopListening(d) }
        let socket = listeners.removeValue(forKey: listener.number)
        let local = localListeners.removeValue(forKey: listener.number)
        if let local { local.close() } else { socket?.endListening() }
    }

    /// Begins to connect. The next `poll` reports a failure, even one that is known at once.
    public func dial(
        _ to: Endpoint, _ transport: Transport, from listening: [ListenerID], at local: Endpoint?
    ) -> LinkID {
        if transport == .udp { return dialDatagrams(to, from: listening, at: local) }
        let id = newID()
        guard let s = Socket.open(for: to) else { return failed(id, "connect to", to.description) }
        if let local, !s.bind(to: local) {
            s.close()
            return failed(id, "connect from", local.host)
        }
        s.dontDelay()
        let done = Socket.withAddress(to) { connect(s.descriptor, $0, $1) }
        if done != 0, errno != EINPROGRESS {
            s.close()
            return failed(id, "connect to", to.description)
        }
        connections[id] = Connection(id, s, to, isOpen: false, backlog: Self.backlog)
        watch(s, id, writing: true, change: false)
        return LinkID(id)
    }
    /// Reports a link that cannot be dialed, for the reason in `errno`.
    func failed(_ id: UInt64, _ action: String, _ endpoint: String) -> LinkID {
        tell(LinkID(id), .failed(NetworkError(action, endpoint, Socket.error(errno))))
        return LinkID(id)
    }
    /// Returns the number of sent bytes of a stream that wait for room.
    public func unsent(on link: LinkID) -> Int { connections[link.number]?.left ?? 0 }
    /// Writes the bytes that the system accepts, and keeps the rest until there is room, up to `backlog`.
    public func send(_ bytes: [UInt8], on link: LinkID) {
        if let l = datagramLinks[link.number] { return send(bytes, on: link, l) }
        guard !bytes.isEmpty, let c = connections[link.number], !c.isClosing, !c.hasEndedSending else { return }
        let hadRoom = c.isOpen && (c.isGathered || c.waiting.isEmpty)
        // Written bytes are removed before the rest grows further, so a slow reader costs only the memory of the
        // waiting bytes.
        if c.sent > c.left {
            c.waiting.removeFirst(c.sent)
            c.sent = 0
        }
        if c.waiting.isEmpty { c.waiting = bytes } else { c.waiting += bytes }
        count(c)
        defer { if totalUnsent > totalBacklog { resetLongest() } }
        guard hadRoom else { return wait(forRoom: c) }
        guard gathered != nil, c.left < Self.bufferSize else { return write(c) }
        if !c.isGathered { gathered?.append(c) }
        c.isGathered = true
    }
    /// Writes the bytes of a connection on which no other bytes waited.
    func write(_ c: Connection) {
        c.isGathered = false
        c.sent = Self.write(c.socket, c.waiting, from: 0)
        defer { count(c) }
        if c.sent < 0 || c.left == 0 {
            // The error appears again when the connection is read.
            c.waiting = []
            c.sent = 0
        } else {
            watch(c.socket, c.id, writing: true, change: true)
            wait(forRoom: c)
        }
    }
    /// Waits until the other side reads.
    private func wait(forRoom c: Connection) {
        if c.left > c.backlog {
            c.socket.resetOnClose()
            drop(c)
            tell(LinkID(c.id), .failed(NetworkError("send to", c.peer.description, "it does not read")))
            return
        }
        if !c.isUnsentPending { tell(LinkID(c.id), .unsent) }
        c.isUnsentPending = true
    }
    /// Updates the number of bytes that wait in a connection, and the total.
    private func count(_ c: Connection) {
        guard c.isCounted else { return }
        let left = connections[c.id] === c ? c.left : 0
        totalUnsent += left - c.counted
        c.counted = left
    }
    /// Resets the connections with the longest queues until an eighth of `totalBacklog` is free.
    private func resetLongest() {
        let all = connections.values.filter { $0.counted > 0 }.sorted { ($1.counted, $0.id) < ($0.counted, $1.id) }
        for c in all {
            guard totalUnsent > totalBacklog / 8 * 7 else { return }
            c.socket.resetOnClose()
            let wasTold = c.isClosing
            drop(c)
            if wasTold { continue }
            let why = "it does not read, and more than \(totalBacklog) bytes wait for all peers together"
            tell(LinkID(c.id), .failed(NetworkError("send to", c.peer.description, why)))
        }
    }
    func writeGathered() {
        for c in gathered ?? [] where c.isGathered { write(c) }
        gathered?.removeAll(keepingCapacity: true)
    }
    /// Closes the socket, and forgets the connection.
    func drop(_ c: Connection) {
        c.isGathered = false
        c.socket.close()
        connections[c.id] = nil
        count(c)
    }
    /// Writes bytes and returns their number; -1 on an error.
    static func write(_ socket: Socket, _ bytes: [UInt8], from start: Int) -> Int {
        bytes.withUnsafeBytes { p in
            var at = start
            while at < p.count {
                let n = Glibc.send(socket.descriptor, p.baseAddress.map { $0 + at }, p.count - at, Int32(MSG_NOSIGNAL))
                if n > 0 {
                    at += n
                } else if n < 0, errno == EINTR {
                    continue
                } else {
                    return n < 0 && errno != EAGAIN ? -1 : at - start
                }
            }
            return at - start
        }
    }
    /// Closes a link when all bytes are written, or at once and without the rest if `reset`.
    public func close(_ link: LinkID, reset: Bool) {
        unsay(link)
        if let l = datagramLinks[link.number] { return forget(link, l, isAtOnce: reset) }
        guard let c = connections[link.number], reset || !c.isClosing else { return }
        if c.isGathered, !reset { write(c) }
        if !reset, c.isOpen, c.left > 0 {
            unsay(link)
            c.isClosing = true
            return wait(toClose: c)
        }
        if reset { c.socket.resetOnClose() }
        drop(c)
    }
    /// Ends the sending direction as soon as all bytes are written.
    public func endSending(on link: LinkID) {
        guard let c = connections[link.number], !c.isClosing, !c.hasEndedSending else { return }
        if c.isGathered { write(c) }
        c.hasEndedSending = true
        if c.isOpen, c.left == 0 { c.socket.endSending() }
    }

    private func wait(toClose c: Connection) { closing.append((now + patience, c.id, c.left)) }
    /// Resets closed connections from which the other side has read nothing for `patience`.
    private func resetUnread() {
        guard let first = closing.first, first.at <= now else { return }
        let due = closing.prefix { $0.at <= now }
        closing.removeFirst(due.count)
        for (_, id, left) in due {
            guard let c = connections[id], c.isClosing else { continue }
            if c.left < left { wait(toClose: c) } else { close(LinkID(id), reset: true) }
        }
    }

    /// Waits once on epoll, at most a second, and reports its events.
    public func poll(until deadline: Instant, _ client: any NetworkClient) {
        resetUnread()
        let left = (deadline - now).nanoseconds
        // The time is rounded up: to wake a little late takes one wait, to wake a little early would take many.
        var milliseconds = left <= 0 ? 0 : min(1000, left / 1_000_000 + 1)
        gathered = []
        defer { gathered = nil }
        // If the list is full, more events may have happened.
        for _ in 0..<Self.rounds {
            if deliverPending(client) { milliseconds = 0 }
            writeGathered()
            let n = Int(epoll_wait(epoll, events, Int32(Self.eventCount), Int32(milliseconds)))
            for i in 0..<max(0, n) { handle(events[i].data.u64, events[i].events, client) }
            writeGathered()
            if n < Self.eventCount { return }
            milliseconds = 0
        }
    }
    func handle(_ id: UInt64, _ what: UInt32, _ client: any NetworkClient) {
        if let l = listeners[id] { return accept(ListenerID(id), l, client) }
        if let d = datagramSockets[id] { return handle(d, what, client) }
        if what & EPOLLOUT.rawValue != 0 || connections[id]?.isOpen == false { flush(id, client) }
        guard what & ~EPOLLOUT.rawValue != 0, let c = connections[id], c.isOpen else { return }
        if !c.isAtEnd { return read(id, client) }
        // The end of this connection was reported. Now it is broken, and no more bytes can be sent.
        drop(c)
    }
    func accept(_ listener: ListenerID, _ socket: Socket, _ client: any NetworkClient) {
        let isLocal = localListeners[listener.number] != nil
        while let (s, peer) = socket.accept(isLocal: isLocal) {
            let id = newID()
            if !isLocal { s.dontDelay() }
            connections[id] = Connection(
                id, s, peer, isOpen: true, backlog: isLocal ? Self.localBacklog : Self.backlog, isCounted: !isLocal)
            watch(s, id, writing: false, change: false)
            client.opened(LinkID(id), peer: peer, through: listener)
            if listeners[listener.number] == nil { return }
        }
        // Connections without an available descriptor would wake us again and again if they stayed in the queue.
        guard errno == EMFILE || errno == ENFILE else { return }
        Glibc.close(spare)
        while let (s, _) = socket.accept(isLocal: isLocal) { s.close() }
        spare = Self.nothing()
    }
    /// Handles a writable connection: it has opened or failed, or has room again.
    func flush(_ id: UInt64, _ client: any NetworkClient) {
        guard let c = connections[id] else { return }
        if !c.isOpen {
            let code = c.socket.pendingError
            if code != 0 {
                drop(c)
                return client.failed(LinkID(id), NetworkError("connect to", c.peer.description, Socket.error(code)))
            }
            c.isOpen = true
            if c.waiting.isEmpty { watch(c.socket, id, writing: false, change: true) }
            client.opened(LinkID(id), peer: c.peer, through: nil)
            guard connections[id] != nil else { return }
        }
        if c.isGathered { return }
        guard c.left > 0 else {
            if c.hasEndedSending { c.socket.endSending() }
            return
        }
        let n = Self.write(c.socket, c.waiting, from: c.sent)
        if n > 0 { c.sent += n }
        // Written bytes do not occupy memory for long, even if nothing more is sent.
        if c.sent >= Self.bufferSize, c.sent > c.left {
            c.waiting = Array(c.waiting[c.sent...])
            c.sent = 0
        }
        defer { count(c) }
        if n < 0 || c.left == 0 {
            c.waiting = []
            c.sent = 0
            if c.isClosing { return drop(c) }
            if c.hasEndedSending { c.socket.endSending() }
            watch(c.socket, id, reading: !c.isAtEnd, writing: false, change: true)
        }
        if n > 0, !c.isClosing { client.unsent(c.left, on: LinkID(id)) }
    }
    func read(_ id: UInt64, _ client: any NetworkClient) {
        // It does not read until the socket is empty: one busy peer must not starve the others.
        for _ in 0..<4 {
            guard let c = connections[id] else { return }
            let n = recv(c.socket.descriptor, buffer.baseAddress, Self.bufferSize, 0)
            if n > 0 {
                if c.isClosing { continue }
                client.received(UnsafeRawBufferPointer(rebasing: buffer[..<n]).bytes, on: LinkID(id))
                if n < Self.bufferSize { return }
            } else if n == 0 || errno != EAGAIN && errno != EINTR {
                let ending: Ending = n == 0 ? .closed : .reset
                let wasTold = c.isClosing
                if c.isGathered { write(c) }
                if n == 0, c.left > 0 {
                    // The other side sends no more, but may still read the waiting bytes.
                    c.isClosing = true
                    c.isAtEnd = true
                    if !wasTold { wait(toClose: c) }
                    watch(c.socket, id, reading: false, writing: true, change: true)
                } else {
                    drop(c)
                }
                if !wasTold { client.ended(LinkID(id), ending) }
                return
            } else {
                return
            }
        }
    }
}
