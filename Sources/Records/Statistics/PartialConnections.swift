internal import Capture
internal import Node
internal import Text
internal import Wire

/// The connections that failed or have an unknown protocol, in the form of partial statistics.
extension TroubledConnections {
    var partial: Value {
        let known: [Value] = failures.sorted.map { Self.value($0.key, $0.row) }
        let open: [Value] = waiting.map(Self.value)
        let strange: [Value] = unknown.sorted.map { Self.value($0.key, $0.row) }
        return [
            "failures": .list(known), "other_failures": Self.value(failures.others), "waiting": .list(open),
            "unknown": .list(strange), "other_unknown": Self.value(unknown.others),
        ]
    }
    private static func value(_ key: FailureKey, _ row: ConnectionCounts<FailureKey>.Row) -> Value {
        .map(members(key) + members(row))
    }
    private static func value(_ one: Pending) -> Value {
        let row = ConnectionCounts<FailureKey>.Row(count: 1, bytes: one.bytes, first: one.first)
        var all = members(one.key)
        all += members(row)
        all.append(.init("due", .int(one.due.nanoseconds)))
        return .map(all)
    }
    private static func value(_ key: UnknownKey, _ row: ConnectionCounts<UnknownKey>.Row) -> Value {
        var all: [Value.Entry] = [
            .init("port", .number(key.port)), .init("first_bytes", .text(key.first.bytes.hex)),
            .init("from_client", .bool(key.first.isFromClient)),
        ]
        all += members(row)
        return .map(all)
    }
    private static func members(_ key: FailureKey) -> [Value.Entry] {
        [
            .init("kind", .text(key.kind.rawValue)), .init("end", .text(key.end.rawValue)),
            .init("handshake", .text(key.handshake)), .init("to", .text("\(key.server)")),
        ]
    }
    /// The numbers of connections and frames have no meaning in another part.
    private static func members<Key>(_ row: ConnectionCounts<Key>.Row) -> [Value.Entry] {
        [
            .init("count", .number(row.count)), .init("bytes", .number(row.bytes)),
            .init("time", .int(row.first.time.nanoseconds)), .init("client", .text("\(row.first.client)")),
            .init("server", .text("\(row.first.server)")),
        ]
    }
    private static func value(_ others: (keys: Int, count: Int, bytes: Int)) -> Value {
        ["keys": .number(others.keys), "count": .number(others.count), "bytes": .number(others.bytes)]
    }

    /// Reads the connections; nil if a member is invalid.
    init?(_ v: Value) {
        var failures = ConnectionCounts<FailureKey>()
        var unknown = ConnectionCounts<UnknownKey>()
        var pending: [Pending] = []
        for item in v.items("failures") {
            guard let key = FailureKey(item), let row = ConnectionCounts<FailureKey>.Row(item) else { return nil }
            failures.add(key, row)
        }
        for item in v.items("waiting") {
            guard let key = FailureKey(item), let row = ConnectionCounts<FailureKey>.Row(item),
                let due = item.whole("due")
            else { return nil }
            pending.append(
                Pending(due: Timestamp(nanoseconds: due), key: key, bytes: row.bytes, first: row.first))
        }
        for item in v.items("unknown") {
            guard let port = item.amount("port").flatMap({ UInt16(exactly: $0) }),
                let bytes = item.string("first_bytes").flatMap({ [UInt8](hex: $0) }),
                bytes.count <= FirstBytes.limit, case .bool(let isFromClient)? = item["from_client"],
                let row = ConnectionCounts<UnknownKey>.Row(item)
            else { return nil }
            unknown.add(UnknownKey(port: port, first: FirstBytes(bytes, isFromClient: isFromClient)), row)
        }
        guard failures.addOthers(v["other_failures"]), unknown.addOthers(v["other_unknown"]) else { return nil }
        self.init(failures, unknown, pending)
    }
}

extension FailureKey {
    fileprivate init?(_ v: Value) {
        guard let kind = v.string("kind").flatMap({ ConnectionFailure.Kind(rawValue: $0) }),
            let end = v.string("end").flatMap({ ConnectionFailure.End(rawValue: $0) }),
            let handshake = v.string("handshake"), let server = v.string("to").flatMap({ Endpoint($0) })
        else { return nil }
        self.init(ConnectionFailure(kind, end, handshake: handshake), server)
    }
}

extension ConnectionCounts {
    /// Adds the combined keys of another part. Returns false if a member is invalid.
    fileprivate mutating func addOthers(_ v: Value?) -> Bool {
        guard let v, let keys = v.amount("keys"), let count = v.amount("count"), let bytes = v.amount("bytes") else {
            return false
        }
        addOthers(keys: keys, count: count, bytes: bytes)
        return true
    }
}

extension ConnectionCounts.Row {
    fileprivate init?(_ v: Value) {
        guard let count = v.amount("count"), let bytes = v.amount("bytes"), let time = v.whole("time"),
            let client = v.string("client").flatMap({ Endpoint($0) }),
            let server = v.string("server").flatMap({ Endpoint($0) })
        else { return nil }
        self.init(
            count: count, bytes: bytes,
            first: .init(time: Timestamp(nanoseconds: time), client: client, server: server))
    }
}
