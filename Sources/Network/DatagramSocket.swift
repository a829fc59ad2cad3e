internal import CLinux
internal import Glibc
internal import Node

/// A UDP socket and what goes over it: the datagrams of all peers where it is listened on, those of one peer where it
/// was dialed.
final class DatagramSocket {
    let socket: Socket
    /// Its number on the event loop: that of the listener, or of the link that was dialed.
    let id: UInt64
    /// Whom it is connected to.
    let peer: Endpoint?
    /// Who sends to it, where it is listened on.
    var peers: PeerTable
    /// New peers are welcome.
    var isListening: Bool
    var isClosed = false
    /// Nobody hears of it any more; it goes once everything is out.
    var isClosing = false
    /// What the system had no room for yet.
    private(set) var waiting: ArraySlice<Waiting> = []
    private(set) var waitingBytes = 0

    struct Waiting {
        var link: LinkID
        var peer: Endpoint
        var bytes: [UInt8]
    }
    enum Outcome: Equatable {
        case sent
        /// There is no room now.
        case full
        case failed(Int32)
    }
    /// What the system is asked to keep for us while we are busy; it may grant less.
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
    /// Datagrams that the system threw away because there was no room for them.
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
            // The device has lost it, as any station on the way may.
            case ENOBUFS: return .sent
            case let code: return .failed(code)
            }
        }
    }
    func wait(_ w: Waiting) {
        waiting.append(w)
        waitingBytes += w.bytes.count
    }
    /// The datagram that is to go out next.
    var first: Waiting? { waiting.first }
    func removeFirst() {
        guard let w = waiting.popFirst() else { return }
        waitingBytes -= w.bytes.count
        if waiting.isEmpty { waiting = [] }
    }
    /// Drops what waits on a link.
    func forget(_ link: LinkID) {
        waiting.removeAll { $0.link == link }
        waitingBytes = waiting.reduce(0) { $0 + $1.bytes.count }
    }

    /// The next datagram: its length and who sent it; nil with the reason in `errno` when there is none.
    func read(_ buffer: UnsafeMutableRawBufferPointer) -> (count: Int, from: Endpoint?)? {
        var storage = sockaddr_storage()
        let n = Socket.fill(&storage) {
            recvfrom(socket.descriptor, buffer.baseAddress, buffer.count, 0, $0, &$1)
        }
        guard n >= 0 else { return nil }
        return (n, peer ?? Socket.endpoint(&storage))
    }
}
