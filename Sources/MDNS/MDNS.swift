internal import Libp2p
public import Node
internal import Wire

extension Definition {
    /// The discovery of libp2p peers by multicast DNS (libp2p specs, discovery/mdns.md). It runs over UDP; each datagram
    /// holds one message.
    public static let mdns = Definition(
        name: "mdns", title: "libp2p peer discovery by multicast DNS", transport: .udp, requirementPrefix: "MDNS",
        messages: [DNSMessage.self],
        configuration: .init(
            profiles: [Named("r2", "libp2p specs, discovery/mdns.md, revision 2")],
            parameters: [
                Parameter(
                    "network", "the public network, or a private one with the fingerprint 0123456789abcdef in its name",
                    choices: ["public", "private"], preset: "public"),
                Parameter(
                    "addresses",
                    "the listen addresses of the reference node: its own, or 40 and two that it must not send",
                    choices: ["own", "many"], preset: "own"),
            ],
            capabilities: [
                Named("private_network", "belongs to the private network with the fingerprint 0123456789abcdef"),
                Named("many_addresses", "has 40 or more listen addresses"),
            ],
            lacks: { settings in
                var out: Set<String> = []
                if settings["network"] != "private" { out.insert("private_network") }
                if settings["addresses"] != "many" { out.insert("many_addresses") }
                return out
            }),
        reading: .init(framing: { _ in MessageFraming() }, probe: ServiceProbe.likelihood),
        judging: .init(
            observed: MDNSRule.allCases.map { ObservedRequirement($0) }, observer: { _, _ in ResponseObserver() },
            datagramObserver: { _, _, _ in MessageObserver() }),
        playing: .init(
            constants: { settings in
                let isPrivate = settings["network"] == "private"
                let names = ServiceNames(fingerprint: isPrivate ? DiscoveryNode.fingerprint : nil)
                return [
                    .init("service", .text(names.service.text)), .init("meta_service", .text(ServiceNames.meta.text)),
                ]
            },
            durations: { _ in Limits.durations }, functions: mdnsFunctions),
        naming: .init(peerNames: .libp2p),
        reference: .init(controls: Control.allCases.map(\.rule), node: { DiscoveryNode($0) }))
}
