internal import Crypto
internal import Node
import Wire

/// The functions that expressions of scenarios can call to compute ids, checksums and datagrams.
let rightMeshFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "rightmesh.id", arguments: 1...1,
        usage: "rightmesh.id(name): the id that a name stands for in this case and run, 20 bytes",
        inCase: { arguments, setting throws(ProtocolFunction.Refusal) in
            guard case .text(let name) = arguments[0] else { throw .init("\(arguments[0]) is no name") }
            return .bytes(meshID(of: name, in: setting).array)
        }),
    ProtocolFunction(
        "rightmesh.role", arguments: 1...1,
        usage: "rightmesh.role(kind): the role in the headers of a node of this kind, a number"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .text(let name) = arguments[0], let kind = Kind(rawValue: name) else {
            throw .init("\(arguments[0]) is no kind of node")
        }
        return .uint(UInt64(kind.role.rawValue))
    },
    ProtocolFunction(
        "rightmesh.peers", arguments: 2...3,
        usage: "rightmesh.peers(n, name, hop?): n records of PEERS with the ids of name/0, name/1, ..., one hop away",
        inCase: { arguments, setting throws(ProtocolFunction.Refusal) in
            let hop = try arguments.count > 2 ? arguments[2].numberArgument() : 1
            return .list(
                try idsArgument(arguments, setting).map {
                    ["id": .bytes($0.array), "hop": .uint(hop), "role": .uint(1)]
                })
        }),
    ProtocolFunction(
        "rightmesh.targets", arguments: 2...2,
        usage: "rightmesh.targets(n, name): n records of TARGETS with the ids of name/0, name/1, ...",
        inCase: { arguments, setting throws(ProtocolFunction.Refusal) in
            .list(try idsArgument(arguments, setting).map { ["id": .bytes($0.array)] })
        }),
    ProtocolFunction(
        "rightmesh.own", arguments: 1...2,
        usage: "rightmesh.own(records, name?): those whose id, or member of that name, is one of this case; all of them"
            + " where the node was started for it",
        inCase: { arguments, setting throws(ProtocolFunction.Refusal) in
            guard case .list(let records) = arguments[0] else { throw .init("\(arguments[0]) is no list") }
            guard !setting.isNodeFresh else { return arguments[0] }
            let member = arguments.count > 1 ? arguments[1] : "id"
            guard case .text(let name) = member else { throw .init("\(member) is no name") }
            let mark = caseMark(setting)
            return .list(records.filter { $0[name].flatMap(idBytes)?.starts(with: mark) ?? false })
        }),
    ProtocolFunction(
        "rightmesh.crc32c", arguments: 1...1, usage: "rightmesh.crc32c(bytes): the checksum of a body, a number"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let body = try arguments[0].bytesArgument()
        return .uint(UInt64(CRC32C.checksum(body.span.bytes)))
    },
    ProtocolFunction(
        "rightmesh.split", arguments: 1...2,
        usage: "rightmesh.split(message, max_datagram?): the datagrams of a message that may be longer than one"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let message = try arguments[0].bytesArgument()
        let most = try arguments.count > 1 ? arguments[1].numberArgument() : UInt64(Limits.datagram.upperBound)
        do {
            return .list(
                try Fragmenter.split(message.span.bytes, maxDatagram: Int(clamping: most)).map { .bytes($0) })
        } catch { throw .init("it cannot be split: \(error)") }
    },
    ProtocolFunction(
        "rightmesh.rejoin", arguments: 2...3,
        usage:
            "rightmesh.rejoin(own, [[ms, from, datagram], ...], end_ms?): what a receiver that is called own, or null, makes"
            + " of datagrams"
    ) { arguments throws(ProtocolFunction.Refusal) in
        try ReceiverFunction.play(arguments)
    },
]

/// Returns the 8 bytes that all ids of a case begin with.
private func caseMark(_ setting: ProtocolFunction.Setting) -> ArraySlice<UInt8> { SHA256.hash(setting.salt).prefix(8) }
/// Returns the id that a name has in a case: the 8 bytes of `caseMark`, and 12 bytes of SHA-256 of the salt of the case
/// and the name. Without a salt, it is the first 20 bytes of SHA-256 of the name.
func meshID(of name: String, in setting: ProtocolFunction.Setting) -> MeshID {
    guard !setting.salt.isEmpty else { return meshID(of: name) }
    return MeshID(caseMark(setting) + SHA256.hash(setting.salt + Array(name.utf8)).prefix(12)) ?? MeshID()
}
/// Returns the bytes of an id, in the form that messages use or in the hexadecimal form that commands print.
private func idBytes(_ value: Value) -> [UInt8]? {
    if case .text(let text) = value, text.hasPrefix("0x") { return [UInt8](hex: text.dropFirst(2)) }
    return Bytes(value)?.own
}
/// Returns a number of ids made from one name, as a node that invents peers makes them.
private func idsArgument(
    _ arguments: [Value], _ setting: ProtocolFunction.Setting
) throws(ProtocolFunction.Refusal) -> [MeshID] {
    let n = try arguments[0].numberArgument()
    guard n <= UInt64(Limits.records) else { throw .init("a message has no more than \(Limits.records) records") }
    guard case .text(let name) = arguments[1] else { throw .init("\(arguments[1]) is no name") }
    return (0..<n).map { meshID(of: "\(name)/\($0)", in: setting) }
}

/// A receiver that gets datagrams at given times.
private enum ReceiverFunction {
    static func play(_ arguments: [Value]) throws(ProtocolFunction.Refusal) -> Value {
        var own: MeshID?
        if arguments[0] != .null {
            guard let id = MeshID(arguments[0]) else { throw .init("\(arguments[0]) is no id") }
            own = id
        }
        guard case .list(let steps) = arguments[1] else { throw .init("\(arguments[1]) is no list of datagrams") }
        var reassembler = Reassembler(own: own)
        var names: [String] = []
        var outcomes: [Value] = []
        for step in steps {
            guard case .list(let parts) = step, parts.count == 3, case .text(let name) = parts[1] else {
                throw .init("\(step) is not a time, a name and a datagram")
            }
            if !names.contains(name) { names.append(name) }
            let from = Endpoint.loopback(UInt16(clamping: names.firstIndex(of: name) ?? 0))
            let (now, datagram) = (try time(parts[0]), try parts[2].bytesArgument())
            let outcome = reassembler.receive(datagram.span.bytes, from: from, now: now)
            outcomes.append(value(outcome))
        }
        if arguments.count > 2 { reassembler.expire(now: try time(arguments[2])) }
        let counted = Counter.allCases.filter { reassembler.counters[$0] > 0 }
        return [
            "outcomes": .list(outcomes),
            "counters": .map(counted.map { .init($0.name, .uint(reassembler.counters[$0])) }),
        ]
    }
    private static func time(_ value: Value) throws(ProtocolFunction.Refusal) -> Instant {
        .zero + .milliseconds(Int64(clamping: try value.numberArgument()))
    }
    private static func value(_ outcome: Reassembler.Outcome) -> Value {
        switch outcome {
        case .more: return "more"
        case .relay: return "relay"
        case .done: return "dupDone"
        case .dropped(let counter): return .text(counter.name)
        case .message(let whole):
            let h = whole.header
            // This cannot fail: the body of a rejoined message has been checked.
            let body = try? Body(copying: Array(whole.bytes[Limits.header...]))
            return [
                "message": h.type.value(in: RawSpan()), "src": .bytes(h.src.array), "msg_id": .uint(UInt64(h.msgID)),
                "flags": .uint(UInt64(h.flags.rawValue)), "role": .uint(UInt64(h.role.rawValue)),
                "records": .uint(UInt64(body?.recordCount ?? 0)),
            ]
        }
    }
}
