import Node
import Wire

/// The functions of scenario expressions for accounts, blocks, work, votes and telemetry.
let nanoFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "nano.account", arguments: 1...2, usage: "nano.account(key, prefix?): a public key as text, behind nano_"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let key = try Arguments.key(arguments[0])
        guard arguments.count > 1 else { return .text(AccountText.text(key)) }
        guard case .text(let prefix) = arguments[1], AccountText.prefixes.contains(prefix) else {
            throw .init("the prefix is one of \(AccountText.prefixes.joined(separator: ", "))")
        }
        return .text(AccountText.text(key, prefix: prefix))
    },
    ProtocolFunction(
        "nano.node_id", arguments: 1...1, usage: "nano.node_id(key): the public key of a node as text, behind node_"
    ) { arguments throws(ProtocolFunction.Refusal) in
        .text(AccountText.text(try Arguments.key(arguments[0]), prefix: "node_"))
    },
    ProtocolFunction(
        "nano.public_key", arguments: 1...1,
        usage: "nano.public_key(text): the key of nano_, xrb_ or node_ and 60 characters"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .text(let text) = arguments[0], let key = AccountText.key(text) else {
            throw .init("\(arguments[0]) is no account: prefix, characters, length or checksum are wrong")
        }
        return key.value(in: RawSpan())
    },
    ProtocolFunction(
        "nano.endpoint", arguments: 2...2, usage: "nano.endpoint(address, port): the text of an endpoint, address:port"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .bytes(let address)? = Fixed<16>(arguments[0])?.value(in: RawSpan()),
            let port = UInt16(exactly: try arguments[1].numberArgument()),
            let endpoint = Endpoint(address: address, port: port)
        else { throw .init("an endpoint has an address of 16 bytes and a port") }
        return .text(endpoint.description)
    },
    ProtocolFunction(
        "nano.block_hash", arguments: 2...2, usage: "nano.block_hash(type, fields): the hash of a block"
    ) { arguments throws(ProtocolFunction.Refusal) in
        try Arguments.block(arguments).hash.value(in: RawSpan())
    },
    ProtocolFunction(
        "nano.block_root", arguments: 2...2, usage: "nano.block_root(type, fields): what its work is over"
    ) { arguments throws(ProtocolFunction.Refusal) in
        try Arguments.block(arguments).root.value(in: RawSpan())
    },
    ProtocolFunction(
        "nano.work_value", arguments: 2...2, usage: "nano.work_value(root, work): what is held against a threshold"
    ) { arguments throws(ProtocolFunction.Refusal) in
        .uint(Work.value(try arguments[1].numberArgument(), root: try Arguments.key(arguments[0])))
    },
    ProtocolFunction(
        "nano.work", arguments: 2...2,
        usage: "nano.work(root, threshold): work that reaches it; thresholds of the dev and beta networks"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let threshold = try arguments[1].numberArgument()
        // For a threshold that takes 2^20 attempts on average, three searches in a million need more than 12 times that
        // number. This limit takes seconds.
        let attempts: UInt64 = 12 << 20
        guard threshold <= 0xffff_f000_0000_0000,
            let work = Work.find(
                root: try Arguments.key(arguments[0]), threshold: threshold, attempts: attempts)
        else { throw .init("work for this threshold takes too long to find") }
        return .uint(work)
    },
    ProtocolFunction(
        "nano.vote_hash", arguments: 3...3,
        usage: "nano.vote_hash(hashes, timestamp, duration): what the signature of a vote is over"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .list(let hashes) = arguments[0] else { throw .init("the hashes are a list") }
        var vote = Vote()
        for hash in hashes { vote.hashes.append(try Arguments.key(hash)) }
        let duration = try arguments[2].numberArgument()
        guard duration < 16 else { throw .init("a duration is 0 to 15") }
        vote.timestamp = try arguments[1].numberArgument()
        vote.duration = UInt8(duration)
        return vote.hash.value(in: RawSpan())
    },
    ProtocolFunction(
        "nano.telemetry_signed", arguments: 1...1,
        usage: "nano.telemetry_signed(data): the bytes that the signature of a telemetry_ack is over"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let (data, errors) = TelemetryAck.Telemetry.build(arguments[0])
        if let first = errors.first { throw .init("no telemetry: \(first)") }
        return .bytes(data.signed())
    },
]

/// Reads arguments in the form that the functions need.
private enum Arguments {
    static func key(_ value: Value) throws(ProtocolFunction.Refusal) -> Key32 {
        guard let key = Key32(value) else { throw .init("\(value) is not 32 bytes") }
        return key
    }
    /// Returns the block with the type name and the fields of the arguments, in the form of `publish`.
    static func block(_ arguments: [Value]) throws(ProtocolFunction.Refusal) -> any LedgerBlock {
        guard let type = BlockType(arguments[0]), let empty = type.block else {
            throw .init("\(arguments[0]) is not send, receive, open, change or state")
        }
        func built<B: LedgerBlock>(_: B) throws(ProtocolFunction.Refusal) -> any LedgerBlock {
            let (block, errors) = B.build(arguments[1])
            if let first = errors.first { throw .init("no \(arguments[0]) block: \(first)") }
            return block
        }
        return try built(empty)
    }
}
