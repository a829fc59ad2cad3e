import Libp2p
import Node
import Wire

/// The functions of scenario expressions.
let kadFunctions: [ProtocolFunction] = [
    function("id", 1...1, "kad.id(bytes): the place of a preimage in the key space, 32 bytes") {
        arguments throws(ProtocolFunction.Refusal) in
        .bytes(KadID(of: try bytes(arguments[0])).bytes)
    },
    function("distance", 2...2, "kad.distance(a, b): the distance of two preimages, 32 bytes") {
        arguments throws(ProtocolFunction.Refusal) in
        .bytes((KadID(of: try bytes(arguments[0])) ^ KadID(of: try bytes(arguments[1]))).bytes)
    },
    function("prefix", 2...2, "kad.prefix(a, b): the number of leading bits that the places of two preimages share") {
        arguments throws(ProtocolFunction.Refusal) in
        .uint(UInt64((KadID(of: try bytes(arguments[0])) ^ KadID(of: try bytes(arguments[1]))).leadingZeros))
    },
    function(
        "nearest", 3...3, "kad.nearest(key, list of preimages, n): the n that are nearest to the key, the nearest first"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let place = KadID(of: try bytes(arguments[0]))
        guard case .list(let all) = arguments[1], case .uint(let count) = arguments[2] else {
            throw ProtocolFunction.Refusal("expected a key, a list of byte strings and a number")
        }
        var found: [(distance: KadID, value: Value)] = []
        for value in all { found.append((KadID(of: try bytes(value)) ^ place, value)) }
        found.sort { $0.distance < $1.distance }
        return .list(found.prefix(Int(clamping: count)).map(\.value))
    },
    function("key", 1...1, "kad.key(text): the provider key of a CID, or of a namespace") {
        arguments throws(ProtocolFunction.Refusal) in
        guard case .text(let text) = arguments[0] else { throw ProtocolFunction.Refusal("expected a text") }
        return .bytes(ContentID(text)?.multihash ?? ContentID(ofRaw: Array(text.utf8)).multihash)
    },
    function("namespace", 1...1, "kad.namespace(text): the provider key of a namespace, even if the text is a CID") {
        arguments throws(ProtocolFunction.Refusal) in
        guard case .text(let text) = arguments[0] else { throw ProtocolFunction.Refusal("expected a text") }
        return .bytes(ContentID(ofRaw: Array(text.utf8)).multihash)
    },
    function("peer", 1...1, "kad.peer(public key): the peer id of an Ed25519 key, as bytes") {
        arguments throws(ProtocolFunction.Refusal) in
        .bytes(PeerID(of: PublicKey(.ed25519, try bytes(arguments[0])).encoded()).bytes)
    },
    function("address", 2...2, "kad.address(IP address, port): a multiaddr, as bytes") {
        arguments throws(ProtocolFunction.Refusal) in
        guard case .text(let host) = arguments[0], case .uint(let port) = arguments[1],
            let endpoint = Endpoint(host: host, port: UInt16(clamping: port))
        else { throw ProtocolFunction.Refusal("expected an IP address and a port") }
        return .bytes(Multiaddr(endpoint).bytes)
    },
    function(
        "draw", 2...2,
        "kad.draw(preimage, n): a preimage whose place shares exactly n bits with the place of the first one"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .uint(let count) = arguments[1], count <= 16 else {
            throw ProtocolFunction.Refusal("expected a number from 0 to 16")
        }
        let place = KadID(of: try bytes(arguments[0]))
        var random = Random(seed: count)
        guard let found = KadID.preimage(sharing: Int(count), with: place, &random) else {
            throw ProtocolFunction.Refusal("no preimage was found")
        }
        return .bytes(found)
    },
]
private func function(
    _ name: String, _ arguments: ClosedRange<Int>, _ usage: String,
    _ body: @escaping @Sendable ([Value]) throws(ProtocolFunction.Refusal) -> Value
) -> ProtocolFunction {
    ProtocolFunction("kad.\(name)", arguments: arguments, usage: usage, body)
}
private func bytes(_ value: Value) throws(ProtocolFunction.Refusal) -> [UInt8] {
    if case .text(let text) = value { Array(text.utf8) } else { try value.bytesArgument() }
}
