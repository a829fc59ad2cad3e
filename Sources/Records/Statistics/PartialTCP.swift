internal import Capture
internal import Node
internal import Text
internal import Wire

/// The TCP statistics in the form of partial statistics.
extension TCPStatistics {
    var partial: Value {
        [
            "connections": .number(connections), "from_client": Self.value(fromClients),
            "from_server": Self.value(fromServers), "handshakes": Self.value(handshakes),
            "list": .list(
                list.map { c in
                    .object([
                        "client": .text("\(c.client)"), "server": .text("\(c.server)"),
                        "first": .int(c.first.nanoseconds), "last": .int(c.last.nanoseconds),
                        "handshake": c.handshake.map { .number($0) }, "from_client": Self.value(c.fromClient),
                        "from_server": Self.value(c.fromServer),
                    ])
                }),
        ]
    }
    private static func value(_ c: TCPCounts) -> Value {
        // Most counts are zero.
        let counts = TCPCounts.counts.filter { c[keyPath: $0.path] != 0 }
        return .map(
            counts.map { .init($0.name, .number(c[keyPath: $0.path])) } + [
                .init("round_trips", value(c.roundTrips)), .init("windows", value(c.windows)),
            ])
    }
    private static func value(_ s: Samples) -> Value {
        .list(s.count > 0 ? [s.count, s.sum, s.least, s.most].map { .number($0) } : [])
    }

    /// Reads TCP statistics; nil if a member is invalid.
    init?(_ v: Value) {
        guard let connections = v.amount("connections"), let fromClients = TCPCounts(v["from_client"]),
            let fromServers = TCPCounts(v["from_server"]), let handshakes = Samples(v["handshakes"])
        else { return nil }
        var list: [TCPSummary] = []
        for item in v.items("list") {
            guard let summary = TCPSummary(item) else { return nil }
            list.append(summary)
        }
        self.init(connections, fromClients: fromClients, fromServers: fromServers, handshakes: handshakes, list)
    }
}

extension TCPSummary {
    fileprivate init?(_ v: Value) {
        guard let client = v.string("client").flatMap({ Endpoint($0) }),
            let server = v.string("server").flatMap({ Endpoint($0) }), let first = v.whole("first"),
            let last = v.whole("last"), let fromClient = TCPCounts(v["from_client"]),
            let fromServer = TCPCounts(v["from_server"])
        else { return nil }
        self.init(
            flow: 0, client: client, server: server, first: Timestamp(nanoseconds: first),
            last: Timestamp(nanoseconds: last), handshake: v.amount("handshake"), fromClient: fromClient,
            fromServer: fromServer)
    }
}

extension TCPCounts {
    fileprivate init?(_ v: Value?) {
        guard let v, let roundTrips = Samples(v["round_trips"]), let windows = Samples(v["windows"]) else { return nil }
        self.init()
        for (name, path) in Self.counts {
            guard v[name] != nil else { continue }
            guard let n = v.amount(name) else { return nil }
            self[keyPath: path] = n
        }
        (self.roundTrips, self.windows) = (roundTrips, windows)
    }
}

extension Samples {
    fileprivate init?(_ v: Value?) {
        guard case .list(let items)? = v else { return nil }
        guard !items.isEmpty else {
            self.init()
            return
        }
        // A sum may be above 2^53.
        let numbers = items.compactMap { item -> Int? in
            let n: Int64? = if case .text(let s) = item { Int64(s) } else { item.signedInteger }
            return n.flatMap { (0...1 << 60).contains($0) ? Int($0) : nil }
        }
        guard numbers.count == 4, items.count == 4, numbers[0] > 0 else { return nil }
        self.init(count: numbers[0], sum: numbers[1], least: numbers[2], most: numbers[3])
    }
}
