import CBench
import Glibc
import Network
import Node

extension Benchmark {
    /// Messages of 300 bytes through our node, window 8, compared with node's `ws`. Both are whole processes, one after
    /// the other.
    static let webSocketLoads: [Benchmark] =
        besideNode("websocket echo, 32") { WebSocketLoad.echo32 }
        + besideNode("websocket echo, 256") { WebSocketLoad.echo256 }
        + besideNode("websocket relay, 32") { WebSocketLoad.relay32 }
        + besideNode("websocket relay, 256") { WebSocketLoad.relay256 }
}

/// Clients with a window of outstanding messages, and a server that returns them or passes them on.
private struct WebSocketLoad {
    var clients: Int
    var isRelay: Bool

    // Each is measured only once, when its first row needs it.
    static let echo32 = Self(clients: 32, isRelay: false).compare()
    static let echo256 = Self(clients: 256, isRelay: false).compare()
    static let relay32 = Self(clients: 32, isRelay: true).compare()
    static let relay256 = Self(clients: 256, isRelay: true).compare()

    func compare() -> ServerComparison? {
        let role = isRelay ? "relay" : "echo"
        guard
            let mine = Server({
                "'\(Tool.program)' node websocket --listen \($0) --role \(role) -P deflate=off --control none"
            }),
            let theirs = Server({
                "env NODE_PATH=\(Tool.nodePackages) node \(Tool.webSocketPeer) \(role) \($0.port) off"
            })
        else { return nil }
        return ServerComparison(mine, against: theirs, under: "\(clients) clients", measure)
    }
    private func measure(_ server: Server, _ figures: inout ServerFigures) -> Bool {
        var plan = bench_load_plan(
            port: server.port, clients: clients, window: 8, size: 300, seconds: 1.5, is_paired: isRelay ? 1 : 0)
        var load = bench_load()
        return bench_websocket_load(&plan, &load) == 0 && figures.take(load, of: server)
    }
}
