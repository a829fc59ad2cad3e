import Crypto
public import Node
import Wire

extension Definition {
    /// The Nano node protocol: TCP, with one stream of messages in each direction.
    public static let nano = Definition(
        name: "nano", title: "Nano node protocol", transport: .tcp, requirementPrefix: "NANO",
        messages: catalogue + streamed,
        configuration: .init(
            ports: NanoNetwork.all.map { Port($0.port, ["network": $0.name]) },
            profiles: Profile.allCases.map { Named($0.rawValue, $0.summary) },
            parameters: [
                Parameter(
                    "network", "the network that a node belongs to", choices: ["dev", "live", "beta", "test"],
                    preset: "dev"),
                Parameter(
                    "ledger", "the blocks that the reference node has when it starts",
                    choices: LedgerSize.allCases.map(\.rawValue), preset: LedgerSize.small.rawValue),
            ],
            capabilities: [
                Named("server", "accepts connections"),
                Named("client", "opens connections to the peers that it is given"),
                Named("keepalive", "sends keepalives"),
                Named("asc_pull", "answers asc_pull_req account_info: the probe for a live connection"),
                Named("idle_timeout", "closes connections on which nothing comes"),
                Named("cookie_expiry", "refuses responses that come too late"),
                Named("duplicate_id_check", "closes a second connection of a node id from the same address"),
                Named("stable_node_id", "keeps its node id from connection to connection"),
                Named("peering", "contacts the peers that keepalives name"),
                Named("peer_exchange", "names its peers to others, with the ports that they listen on"),
                Named("redial", "contacts the peers that it was given again when they are gone"),
                Named("peer_history", "contacts peers again that were connected once"),
                Named("peer_store", "keeps the peers that it was connected with over a restart"),
                Named("rep_crawler", "asks each new connection for its votes"),
                Named("address_limit", "limits the connections with one address"),
                Named("silence_timeout", "closes connections of peers that say nothing more after the handshake"),
                Named("soft_errors", "drops messages with bad content and continues, if its profile does"),
                Named("blocks", "passes blocks on to other peers, when it knows what they follow"),
                Named(
                    "duplicate_filter",
                    "looks at a block or vote that comes again only once, and sends none again by itself"),
                Named("spares_publisher", "does not send a block back to who published it, as nano-node may"),
                Named("telemetry", "sends telemetry unasked"),
                Named("telemetry_checks", "ends connections with those whose telemetry is of another genesis"),
                Named("pull_server", "serves blocks, accounts and frontiers by asc_pull_req"),
                Named(
                    "legacy_bootstrap",
                    "takes legacy bootstrap requests before a handshake, and answers them where its profile does"),
                Named("v1", "speaks V1 of the handshake with those who ask for it"),
                Named("v2", "speaks V2 of the handshake"),
                Named("v3", "speaks V3 of the handshake"),
            ],
            lacks: { Ruleset($0).lacks }),
        reading: .init(framing: { StreamFraming($0.map(Ruleset.init)) }),
        judging: .init(
            observed: NanoRule.allCases.map { ObservedRequirement($0) },
            observer: { ConnectionObserver($0.map(Ruleset.init), $1) }),
        playing: .init(
            algorithms: [
                SignatureAlgorithm(
                    name: "ed25519-blake2b", seedCount: 32, publicKey: Ed25519Blake2b.publicKey(seed:),
                    sign: Ed25519Blake2b.sign(seed:message:),
                    verify: Ed25519Blake2b.verify(publicKey:message:signature:),
                    mistaken: [
                        SignatureAlgorithm(
                            name: "ed25519 with SHA-512 (RFC 8032)", seedCount: 32,
                            publicKey: { Ed25519(seed: $0)?.publicKey }, sign: { Ed25519(seed: $0)?.sign($1) },
                            verify: { Ed25519.verify(publicKey: $0, message: $1, signature: $2) })
                    ])
            ],
            defaults: { settings in
                let header = Ruleset(settings).header(.keepalive)
                return [
                    "network": .text(Ruleset(settings).network.name), "version_max": .uint(UInt64(header.versionMax)),
                    "version_using": .uint(UInt64(header.versionUsing)),
                    "version_min": .uint(UInt64(header.versionMin)),
                ]
            },
            constants: { settings in
                let rules = Ruleset(settings)
                return [
                    .init("genesis", rules.network.genesis.value(in: RawSpan())),
                    .init("genesis_account", rules.network.genesisAccount.value(in: RawSpan())),
                    .init("network", .text(rules.network.name)),
                    .init(
                        "magic",
                        .bytes([UInt8(rules.network.id.rawValue >> 8), UInt8(rules.network.id.rawValue & 255)])),
                    .init("profile", .text(rules.profile.rawValue)),
                    .init("version_using", .uint(UInt64(rules.profile.versionUsing))),
                    .init("version_min", .uint(UInt64(rules.profile.versionMin))),
                    .init("handshake_version", .uint(UInt64(rules.profile.handshake))),
                    .init(
                        "genesis_key",
                        rules.network.id == .dev
                            ? .map([
                                .init("public", rules.network.genesisAccount.value(in: RawSpan())),
                                .init("seed", NanoNetwork.devGenesisSeed.value(in: RawSpan())),
                            ]) : .null),
                    .init("work_epoch_1", .uint(rules.network.work.epoch1)),
                    .init("work_epoch_2_send", .uint(rules.network.work.epoch2Send)),
                    .init("work_epoch_2_receive", .uint(rules.network.work.epoch2Receive)),
                    .init("work_entry", .uint(rules.network.work.entry(.state))),
                    .init("connections_per_address", .uint(UInt64(Limits(rules).connectionsPerAddress))),
                ]
            },
            durations: { settings in
                let limits = Limits(Ruleset(settings))
                return [
                    ("keepalive_period", limits.keepalivePeriod),
                    ("idle_timeout", limits.handshake.map { min($0, limits.idle) } ?? limits.idle),
                    ("idle_check", limits.check), ("cookie_lifetime", limits.cookieLifetime),
                    ("cookie_cutoff", limits.cookieLifetime + limits.cookiePurge),
                    ("attempt_memory", limits.attemptMemory), ("history_period", limits.historyPeriod),
                    ("silence_timeout", limits.silence), ("telemetry_period", limits.telemetryPeriod),
                    ("telemetry_cooldown", limits.telemetryCooldown),
                ] + ObserverTimeouts(Ruleset(settings)).durations
            },
            functions: nanoFunctions),
        naming: .init(
            identities: ["nano.node_id_handshake.response.node_id"],
            peerNames: PeerNames(shown: 8, text: \.hex, typed: { AccountText.key($0)?.array.hex })),
        exchanges: [
            MessageExchange(
                .init("nano.node_id_handshake", .has("query")), .init("nano.node_id_handshake", .has("response"))),
            // A node ignores a request that follows another one too early.
            MessageExchange(.init("nano.telemetry_req"), .init("nano.telemetry_ack"), isOptional: true),
            MessageExchange(
                .init("nano.confirm_req", key: ["pairs.hash"]), .init("nano.confirm_ack", key: ["hashes"])),
            MessageExchange(.init("nano.asc_pull_req", key: ["id"]), .init("nano.asc_pull_ack", key: ["id"])),
        ],
        reference: .init(
            bugs: Misbehaviour.bugs,
            controls: ReferenceNode.controls,
            store: ReferenceNode.store,
            preconfigured: { Ruleset($0).network.preconfigured },
            inquiry: .nano,
            node: { ReferenceNode($0) }), recording: .nano)
}
