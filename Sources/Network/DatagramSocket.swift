internal import CLinux
internal import Glibc
internal import Node

/// A UDP socket and its waiting datagrams. A listening socket has any number of peers, a dialed socket has one.
final class DatagramSocket {
    let socket: Socket
    /// Its number on the event loop, which is the number of the listener or of the dialed link.
    let id: UInt64
    /// The peer to which it is connected.
    let peer: Endpoint?
    /// The peers of a listening socket.
    var peers: PeerTable
    /// True if new peers are accepted.
    var isListening: Bool
    var isClosed = false
    /// True if the client gets no more events for it. It is removed once all datagrams are sent.
    var isClosing = false
    /// The datagrams that the system had no room for yet.
    private(set) var waiting: ArraySlice<Waiting> = []
    private(set) var waitingBytes = 0

    struct Waiting {
        var link: LinkID
        var peer: Endpoint
        var bytes: [UInt8]
    }
    enum Outcome: Equatable {
        case sent
        /// The system has no room now.
        case full
        case failed(Int32)
    }
    /// The size in bytes of the buffers requested from the system, which may grant less.
    static let systemBuffer: Int32 = 4 << 20

    init(_ socket: Socket, id: UInt64, peer: Endpoint?, limit: Int) {
        self.socket = socket
        self.id = id
        self.peer = peer
        peers = PeerTable(limit: limit)
        isListening = peer == nil
        socket.set(SOL_SOCKET, SO_RCVBUF, Self.systemBuffer)
        socket.set(SOL_SOCKET, SO_SNDBUF, Self.systemBuffer)
    }
    /// The number of datagrams that the system dropped because its buffer was full.
    var lost: Int { isClosed ? 0 : Int(linux_lost_datagrams(socket.descriptor)) }
    func close() {
        guard !isClosed else { return }
        isClosed = true
        socket.close()
    }

    func write(_ bytes: [UInt8], to: Endpoint) -> Outcome {
        while true {
            let n = bytes.withUnsafeBytes { p in
                // A connected socket knows its peer.
                if peer != nil { return Glibc.send(socket.descriptor, p.baseAddress, p.count, Int32(MSG_NOSIGNAL)) }
                return Socket.withAddress(to) {
                    sendto(socket.descriptor, p.baseAddress, p.count, Int32(MSG_NOSIGNAL), $0, $1)
                }
            }
            if n >= 0 { return .sent }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .full
            // The network device dropped it, as any station on the path may.
            case ENOBUFS: return .sent
            case let code: return .failed(code)
            }
        }
    }
    func wait(_ w: Waiting) {
        waiting.append(w)
        waitingBytes += w.bytes.count
    }
    /// The next datagram to send.
    var first: Waiting? { waiting.first }
    func removeFirst() {
        guard let w = waiting.popFirst() else { return }
        waitingBytes -= w.bytes.count
        if waiting.isEmpty { waiting = [] }
    }
    /// Drops the waiting datagrams of a link.
    func forget(_ link: LinkID) {
        waiting.removeAll { $0.link == link }
        waitingBytes = waiting.reduce(0) { $0 + $1.bytes.count }
    }

    /// Reads the next datagram. Returns its length and its sender; nil with the reason in `errno` if it has none.
    func read(_ buffer: UnsafeMutableRawBufferPointer) -> (count: Int, from: Endpoint?)? {
        var storage = sockaddr_storage()
        let n = Socket.fill(&storage) {
            recvfrom(socket.descriptor, buffer.baseAddress, buffer.count, 0, $0, &$1)
        }
        guard n >= 0 else { return nil }
        return (n, peer ?? Socket.endpoint(&storage))
    }
}

/// A link over UDP: its peer, and its socket, which it may share.
struct DatagramLink {
    var socket: DatagramSocket
    var peer: Endpoint
}
