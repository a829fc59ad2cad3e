public import Node

/// Connections within this machine, through the path of a socket.
extension SocketNetwork {
    /// Accepts connections at a path, which only programs of the same user may open (mode 0600). The file is removed
    /// with the listener. An existing file is replaced only if it is a socket of the same user without a listener.
    public func listen(path: String) throws(NetworkError) -> ListenerID {
        let local = try LocalSocket.listen(at: path)
        let id = newID()
        localListeners[id] = local
        listeners[id] = local.socket
        watch(local.socket, id, writing: false, change: false)
        return ListenerID(id)
    }
    /// Connects to the listener at a path. The link is open at once: `opened` is not called for it.
    public func dial(path: String) throws(NetworkError) -> LinkID {
        let socket = try LocalSocket.connect(to: path)
        let id = newID()
        connections[id] = Connection(
            id, socket, Socket.nowhere, isOpen: true, backlog: Self.localBacklog, isCounted: false)
        watch(socket, id, writing: false, change: false)
        return LinkID(id)
    }
    /// The maximum number of bytes that wait for a program of the same user, for example all that a node keeps: 256
    /// MiB.
    static var localBacklog: Int { 256 << 20 }
}
