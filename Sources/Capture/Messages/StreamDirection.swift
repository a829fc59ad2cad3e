import Node

/// A direction of a connection, named by its sender.
enum StreamDirection: Int, CaseIterable {
    case fromClient
    case fromServer

    @inline(__always)
    init(isFromClient: Bool) { self = isFromClient ? .fromClient : .fromServer }
    @inline(__always)
    var isFromClient: Bool { self == .fromClient }
    @inline(__always)
    var opposite: StreamDirection { self == .fromClient ? .fromServer : .fromClient }
    /// Returns the sending side; `us` is the side that opened the stream. `isSwapped`: that side is the connection's
    /// server.
    @inline(__always)
    func sender(isSwapped: Bool) -> Opener { isFromClient != isSwapped ? .us : .them }
}

/// A value for each direction of a connection, changed in place.
struct PerDirection<Value> {
    private var values: InlineArray<2, Value>

    init(_ make: (StreamDirection) -> Value) { values = [make(.fromClient), make(.fromServer)] }

    subscript(direction: StreamDirection) -> Value {
        @inline(__always) _read { yield values[direction.rawValue] }
        @inline(__always) _modify { yield &values[direction.rawValue] }
    }
}
