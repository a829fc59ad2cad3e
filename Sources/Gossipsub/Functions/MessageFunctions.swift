import Libp2p
import Node
import Wire

/// Functions of scenario expressions that make and check signed objects: messages, with a mistake on request, and
/// records of peers. An identity is the seed of an Ed25519 key.
let messageFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "gossipsub.signed", arguments: 4...5,
        usage:
            "gossipsub.signed(seed, seqno, topic, data, mistake?): a signed message; seqno: bytes or null; mistakes: "
            + Mistake.allCases.map(\.rawValue).joined(separator: " ")
    ) { arguments throws(ProtocolFunction.Refusal) in
        let author = Identity(seed: try arguments[0].bytesArgument())
        var message = PublishedMessage()
        message.from = Bytes(author.peer.bytes)
        if arguments[1] != .null { message.sequence = Bytes(try arguments[1].bytesArgument()) }
        message.topic = Text(try arguments[2].textArgument())
        message.data = Bytes(try arguments[3].bytesArgument())
        guard arguments.count > 4 else { return .bytes(message.signed(by: author).encoded()) }
        guard let mistake = Mistake(rawValue: try arguments[4].textArgument()) else {
            throw ProtocolFunction.Refusal("no mistake is called \(try arguments[4].textArgument())")
        }
        return .bytes(mistake.make(message, author))
    },
    ProtocolFunction(
        "gossipsub.id", arguments: 1...2,
        usage: "gossipsub.id(message, function?): the id of a message; function: a value of the parameter message_id"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard let read = try? PublishedMessage(copying: try arguments[0].bytesArgument()) else {
            throw ProtocolFunction.Refusal("a message is expected")
        }
        guard arguments.count > 1 else { return .bytes(read.defaultID) }
        guard let function = MessageIDFunction(rawValue: try arguments[1].textArgument()) else {
            throw ProtocolFunction.Refusal("\(try arguments[1].textArgument()) is not a value of message_id")
        }
        return .bytes(function.id(of: read))
    },
    ProtocolFunction(
        "gossipsub.is_signed", arguments: 1...1,
        usage: "gossipsub.is_signed(message as bytes): whether the author signed the message"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .bytes(let wire) = arguments[0], let read = try? PublishedMessage(copying: wire) else {
            return .bool(false)
        }
        return .bool(read.isSigned ?? true)
    },
    ProtocolFunction(
        "gossipsub.rpc", arguments: 1...2,
        usage:
            "gossipsub.rpc(list of messages, more?): an RPC with these messages, with its length; more: bytes after them"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .list(let messages) = arguments[0] else { throw ProtocolFunction.Refusal("a list is expected") }
        var content: [UInt8] = []
        for message in messages {
            let wire = try message.bytesArgument()
            content.append(publishTag)
            Varint.append(UInt64(wire.count), to: &content)
            content += wire
        }
        if arguments.count > 1 { content += try arguments[1].bytesArgument() }
        var out: [UInt8] = []
        Varint.append(UInt64(content.count), to: &out)
        return .bytes(out + content)
    },
    ProtocolFunction(
        "gossipsub.record", arguments: 3...4,
        usage:
            "gossipsub.record(seed, address, port, mistake?): the signed record of a peer with this address; mistakes: "
            + "flipped other_domain other_peer"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let identity = Identity(seed: try arguments[0].bytesArgument())
        guard case .uint(let port) = arguments[2], let port = UInt16(exactly: port) else {
            throw ProtocolFunction.Refusal("a port is expected")
        }
        guard let place = Endpoint(address: try arguments[1].bytesArgument(), port: port) else {
            throw ProtocolFunction.Refusal("an address of 16 bytes is expected")
        }
        let address = Multiaddr(place)
        let mistake = arguments.count > 3 ? try arguments[3].textArgument() : ""
        var record = PeerRecord()
        let peer = mistake == "other_peer" ? Identity(seed: identity.peer.bytes).peer : identity.peer
        (record.peerID, record.sequence) = (Bytes(peer.bytes), 1)
        var listed = RecordAddress()
        listed.multiaddr = Bytes(address.bytes)
        record.addresses = [listed]
        let domain = mistake == "other_domain" ? PeerRecord.domainOfText : PeerRecord.domain
        var envelope = Envelope(record.encoded(), type: PeerRecord.payloadType, in: domain, identity)
        if mistake == "flipped" { envelope.signature = Bytes((envelope.signature?.own ?? []).spoiled) }
        return .bytes(envelope.encoded())
    },
    ProtocolFunction(
        "gossipsub.record_peer", arguments: 1...1,
        usage: "gossipsub.record_peer(record): the id of the peer that signed its own record; null if it is invalid"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .bytes(let wire) = arguments[0], let read = try? Envelope(copying: wire),
            read.isGood(in: PeerRecord.domain) ?? true, let payload = read.payload?.own,
            let record = try? PeerRecord(copying: payload), let key = read.publicKey, let peer = record.peerID?.own,
            PeerID(of: key.encoded()).bytes == peer
        else { return .null }
        return .bytes(peer)
    },
]

/// The tag of field 2 of an RPC, which has a length.
private let publishTag: UInt8 = 0x12

/// The mistakes that a message may have, and valid variants that only look like mistakes.
private enum Mistake: String, CaseIterable {
    /// A message that conforms to the policy of this name, so it has no mistake.
    case strictSign = "strict-sign"
    case laxSign = "lax-sign"
    case laxNoSign = "lax-no-sign"
    case strictNoSign = "strict-no-sign"
    case unsigned
    case empty
    case zeros
    case flipped
    /// The signature does not cover the prefix.
    case bare
    /// The signature and the key belong to another identity.
    case foreign
    /// The signature belongs to another identity, whose key is not included.
    case forged
    /// The signature is good, but the key belongs to another identity.
    case otherKey = "other_key"
    /// The author's key is included too, which is not wrong.
    case withKey = "with_key"
    /// The signature covers the key.
    case signsKey = "signs_key"
    case anonymous
    /// An unknown field that the signature covers, which is not wrong.
    case unknown
    /// An unknown field that was added after signing.
    case addition
    /// A message as StrictNoSign requires, with one field too many. This describes the following cases too.
    case onlyFrom = "only_from"
    case onlySequence = "only_seqno"
    case onlySignature = "only_signature"
    case onlyKey = "only_key"
    case emptyFrom = "empty_from"

    func make(_ message: PublishedMessage, _ author: Identity) -> [UInt8] {
        let other = Identity(seed: author.peer.bytes)
        var made = message
        switch self {
        case .strictSign, .laxSign: made = message.signed(by: author)
        case .unsigned, .laxNoSign: break
        case .empty: made.signature = Bytes([])
        case .zeros: made.signature = Bytes([UInt8](repeating: 0, count: 64))
        case .flipped: made.signature = Bytes(author.sign(message.signed).spoiled)
        case .bare: made.signature = Bytes(author.sign(message.encoded()))
        case .foreign:
            made.signature = Bytes(other.sign(message.signed))
            made.key = Bytes(other.publicKey.encoded())
        case .forged: made.signature = Bytes(other.sign(message.signed))
        case .otherKey:
            made.signature = Bytes(author.sign(message.signed))
            made.key = Bytes(other.publicKey.encoded())
        case .withKey: made = message.signed(by: author, withKey: true)
        case .signsKey:
            made.key = Bytes(author.publicKey.encoded())
            made.signature = Bytes(author.sign(PublishedMessage.signaturePrefix + made.encoded()))
        case .anonymous:
            made.from = nil
            made.signature = Bytes(author.sign(made.signed))
        case .unknown:
            let wire = message.encoded() + .unknownField
            return wire + Self.signature(author.sign(PublishedMessage.signaturePrefix + wire))
        case .addition: return message.signed(by: author).encoded() + .unknownField
        case .strictNoSign: (made.from, made.sequence) = (nil, nil)
        case .onlyFrom: made.sequence = nil
        case .onlySequence: made.from = nil
        case .onlySignature:
            (made.from, made.sequence) = (nil, nil)
            made.signature = Bytes(author.sign(made.signed))
        case .onlyKey:
            (made.from, made.sequence) = (nil, nil)
            made.key = Bytes(author.publicKey.encoded())
        case .emptyFrom: (made.from, made.sequence) = (Bytes([]), nil)
        }
        return made.encoded()
    }
    private static func signature(_ bytes: [UInt8]) -> [UInt8] { [0x2a, UInt8(bytes.count)] + bytes }
}
