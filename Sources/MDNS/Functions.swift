internal import Libp2p
internal import Node
import Wire

/// The functions that expressions of scenarios can call.
let mdnsFunctions: [ProtocolFunction] = [
    ProtocolFunction(
        "mdns.peers", arguments: 1...2,
        usage: "mdns.peers(message, service?): the peers that the bytes of a response announce: {peer, addresses, ttl}"
    ) { arguments throws(ProtocolFunction.Refusal) in
        let bytes = try arguments[0].bytesArgument()
        let service = try arguments.count > 1 ? nameArgument(arguments[1]) : ServiceNames().service
        let message: DNSMessage
        do { message = try DNSMessage(copying: bytes.span.bytes) } catch { throw .init("no message: \(error)") }
        return .list(
            PeerAnnouncement.read(message, of: service).map { found in
                [
                    "peer": .text(found.peer.description),
                    "addresses": .list(found.addresses.map { .text($0.description) }), "ttl": .uint(UInt64(found.ttl)),
                ]
            })
    },
    ProtocolFunction(
        "mdns.strings", arguments: 1...1,
        usage: "mdns.strings([text, ...]): the strings of a TXT record with these texts"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard case .list(let texts) = arguments[0] else { throw .init("\(arguments[0]) is no list") }
        return .list(texts.map { ["text": $0] })
    },
    ProtocolFunction(
        "mdns.local", arguments: 1...1,
        usage: "mdns.local(address): whether a multiaddr begins with an address or name of a local network"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard let address = Multiaddr(try arguments[0].textArgument()) else {
            throw .init("\(arguments[0]) is no address")
        }
        return .bool(address.isLocal)
    },
    ProtocolFunction(
        "mdns.label", arguments: 1...1, usage: "mdns.label(name): the first label of a name, a text"
    ) { arguments throws(ProtocolFunction.Refusal) in
        guard let first = try nameArgument(arguments[0]).labels.first else { throw .init("the root has no label") }
        return .text(String(decoding: first, as: UTF8.self))
    },
    ProtocolFunction(
        "mdns.same", arguments: 2...2, usage: "mdns.same(name, name): whether two names are equal, ignoring case"
    ) { arguments throws(ProtocolFunction.Refusal) in
        .bool(try nameArgument(arguments[0]).isSame(as: try nameArgument(arguments[1])))
    },
    ProtocolFunction(
        "mdns.peer", arguments: 1...1,
        usage: "mdns.peer(label): the id of a peer, in base 58, that is the same for each label in a case",
        inCase: { arguments, setting throws(ProtocolFunction.Refusal) in
            let seed = setting.salt + Array(try arguments[0].textArgument().utf8)
            return .text(Identity(seed: seed).peer.description)
        }),
]

private func nameArgument(_ value: Value) throws(ProtocolFunction.Refusal) -> DomainName {
    guard let name = DomainName(value), !name.expanded.isEmpty else { throw .init("\(value) is no domain name") }
    return name
}
