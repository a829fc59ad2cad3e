import CLinux
import Network
import Node
import Report
import Scenario
import Wire

extension Command {
    static let node = Command(
        name: "node", summary: "run the reference node of a protocol", operands: "PROTOCOL",
        options: [
            Option(.listen, value: "HOST:PORT", "accept connections there; port 0 chooses a free one"),
            Option(
                .connect, value: "HOST:PORT or URL", repeatable: true,
                "open a connection to a peer; ws://HOST:PORT/PATH?QUERY, and wss:// for TLS, if the protocol has URLs"
            ),
            Option(.role, value: "NAME", "role of the node, such as superpeer, if the protocol has several roles"),
            Option(.id, value: "HEX", "identity of the node in the protocol (default: derived from the seed)"),
            Option(
                .told, value: "[ROLE=][HEX@]HOST:PORT", repeatable: true,
                "another node that it knows from the start: role, identity and address"),
        ] + shorthands + PeerDiscovery.options + StoreFile.options + NodeSecurity.options + [
            Option(
                .control, value: "PATH",
                "path of its control socket (default: a private socket of this user; `none`: no socket)"),
            Option(.profile, value: "NAME", "profile of the protocol"),
            Option(
                .param, short: "-P", value: "NAME=VALUE", repeatable: true,
                "parameter of the protocol, such as network=live"),
            Option(
                .bus, value: "PROTOCOL",
                "protocol of the bus between nodes, such as gossipsub for dxos; --connect names nodes of that bus"
            ),
            Option(
                .stun, value: "HOST:PORT",
                "STUN server that tells the node the address of its data channels behind a NAT"),
            Option(.bug, value: "NAME", "give the node a seeded fault (`explain bugs` lists them)"),
            MutantOption.option,
            Option(.seed, value: "N", "seed of keys and cookies"),
            Option(.for, value: "TIME", "stop after TIME, such as 10s"),
        ],
        examples: [
            ("meshspec node nano --listen 127.0.0.1:17075", "a node of the dev network"),
            ("meshspec node nano --connect 127.0.0.1:7075 -P network=live", "dial a node of the live network"),
            ("meshspec node nano --listen 127.0.0.1:0 --bug bad-signature", "a node with a seeded fault"),
            (
                "meshspec node websocket --listen 127.0.0.1:8443 --tls --keylog keys.txt",
                "over TLS; `decode --keylog keys.txt` decodes a capture of it"
            ),
            ("meshspec node websocket --connect 'wss://127.0.0.1:8443/chat?room=1'", "a client of that server"),
            (
                "meshspec node dxos --bus gossipsub --listen 127.0.0.1:0 --connect 127.0.0.1:8081",
                "a host that reaches another one over gossipsub"
            ),
            (
                "meshspec node dxos --dht --network alpha --listen 127.0.0.1:0 --bootstrap 127.0.0.1:8081",
                "a host that finds its network in a DHT"
            ),
            (
                "meshspec node nano --listen 127.0.0.1:7075 -P network=live --peers peers.json --preconfigured default",
                "keep its peers in a file"
            ),
            (
                "meshspec node mdns --listen 192.168.1.7:5353 --connect 224.0.0.251:5353",
                "over multicast, on the interface with this address"
            ),
            (
                "meshspec node rightmesh --role seller --listen 127.0.0.1:0 --superpeer 127.0.0.1:40000",
                "a phone that reports to a superpeer"
            ),
        ],
        notes: """
            The node prints events to standard output, one JSON object per line; the first one contains the port and the
            control socket. The node does not wait for readers: it keeps up to 1 MiB of unread events, and drops further
            ones; the event `dropped` contains their number.
            The node queues at most \(SocketNetwork.nodeBacklog >> 20) MiB for all peers together, and 16 MiB for one.
            If more is queued for all of them, the node resets the connections with the longest queues.
            \(NodeEnvironment.help)
            See \(helpForAsking).
            """,
        body: NodeCommand.run)

    private static let helpForAsking =
        "`meshspec PROTOCOL --help` for " + Command.asking.map(\.name).joined(separator: ", ")
    /// The options such as `--superpeer`, which is short for `--told superpeer=`.
    private static let shorthands = NodeCommand.kinds.map {
        Option(OptionName("--" + $0), value: "[HEX@]HOST:PORT", repeatable: true, "the same as --told \($0)=...")
    }
}

/// `meshspec node`.
enum NodeCommand {
    static func run(_ invocation: Invocation) throws -> Int32 {
        let definition = try invocation.definition()
        let acquaintances =
            invocation.all(.told)
            + kinds.flatMap { kind in invocation.all(OptionName("--" + kind)).map { "\(kind)=\($0)" } }
        let named = invocation.all(.connect) + invocation.all(.bootstrap)
        let isConnecting = !named.isEmpty || invocation.has(.preconfigured) || !acquaintances.isEmpty
        let environment = try NodeEnvironment(invocation, definition, isConnecting: isConnecting)
        let dialed = named + environment.peers
        let listening = invocation[.listen] ?? environment.listening
        guard listening != nil || isConnecting || !dialed.isEmpty else {
            throw CommandError(
                .missingArgument, "a node that neither listens nor connects does nothing",
                remedy: "give --listen, --connect or both")
        }
        let discovery = try PeerDiscovery(invocation)
        let parameters = try discovery.parameters(
            invocation.pairs(.param).merging(environment.parameters) { given, _ in given }, of: definition,
            profile: invocation[.profile])
        let settings = try CommandError.usage {
            try definition.settings(profile: invocation[.profile], parameters)
        }
        // A node of gossipsub takes over the peers of a node whose bus it carries.
        let carrier = Definition.carrier(of: settings)
        let bug = try invocation.name(.bug, of: "bug", definition.reference.bugs.map(\.name))
        let mutant = try MutantOption(invocation, [definition])
        let role = try invocation.name(.role, of: "role", definition.reference.kinds.map(\.name))
        var identity: [UInt8]?
        if let text = invocation[.id] {
            guard let id = Hexadecimal.bytes(text) else {
                throw CommandError(.badValue, at: .id, expected: "hexadecimal digits", found: text)
            }
            identity = id
        }
        let limit = try invocation.duration(.for, "10s").map { Instant.zero + $0 } ?? .never
        let controlPath = invocation[.control]
        if controlPath != nil, definition.reference.controls.isEmpty {
            throw CommandError(
                .notApplicable, at: .control, "a node of \(definition.name) has no control socket",
                remedy: "leave out --control")
        }
        let seed = try invocation.seed ?? .random(in: .min ... .max)
        linux_keep_heap()
        let network = try SocketNetwork(totalBacklog: SocketNetwork.nodeBacklog)
        let driver = Driver(network)
        driver.tellsReports = true
        var listeners: [ListenerID] = []
        var bound: Endpoint?
        let addresses = try dialed.map { try TargetURL($0, carrier ?? definition) }
        let store = try StoreFile(invocation, definition, settings)
        let preconfigured = try StoreFile.preconfigured(invocation, definition, settings, store)
        let peers = addresses.map(\.endpoint) + preconfigured
        let group = definition.transport == .udp ? peers.first(where: \.isMulticast) : nil
        if let text = listening {
            let local = try Resolver.resolve(text)
            let (id, at) =
                try group.map { try network.listen(joining: $0, at: local) }
                ?? driver.listen(local, definition.transport)
            listeners = [id]
            bound = at
        }
        let channels = definition.reference.carrier(for: settings)
        let hasChannels = channels != nil
        guard hasChannels || !invocation.has(.stun) else {
            throw CommandError(
                .notApplicable, at: .stun, "this node opens no data channels",
                remedy: "leave out --stun, or give a PeerPigeon hub --profile seed -P channels=on")
        }
        let stunServer = try invocation[.stun].map { try Resolver.resolve($0) }
        let security = try NodeSecurity(invocation, definition, over: carrier, addresses, hasChannels: hasChannels)
        let told = try acquaintances.map { try acquaintance($0, definition) }
        var options = NodeOptions(
            settings, random: Random(seed: seed, "node"), listening: bound, peers: peers + told.map(\.endpoint),
            bug: bug)
        if addresses.contains(where: { $0.target != nil }) {
            options.targets = addresses.map { $0.target ?? "/" } + preconfigured.map { _ in "/" }
        }
        options.date = network.beginning
        options.network = discovery.network
        options.secrets = security.secrets
        options.hasChannels = hasChannels
        options.kind = role
        options.identity = identity
        options.stored = store?.stored
        // The peers of `--connect` have no role and no identity.
        if !told.isEmpty {
            options.acquaintances = peers.map { .init(name: $0.description, endpoint: $0) } + told
        }
        for one in definition.configuration.idle(settings, role)
        where parameters[one.name] != nil && environment.parameters[one.name] == nil {
            let given = Printable.text("-P \(one.name)=\(settings[one.name])")
            Console.error("meshspec node: \(given) has no effect: \(one.summary)")
        }
        let server = try controlServer(definition, network, driver, told: controlPath, listening: bound)
        defer { server?.close() }
        // Signals are queued if there is a socket file to remove, a goodbye to send or a state to write.
        let saysGoodbye = definition.reference.controls.contains { $0.name == goodbye }
        let interrupts = server != nil || saysGoodbye || store != nil ? Interrupts() : nil
        var made = security.applied(to: definition).reference.node(options)
        if let wrap = try mutant?.wrap(definition, settings, try? Suite(nil)) { made = made.wrappingMessages(wrap) }
        let events = EventOutput()
        events.tell(
            "started", at: driver.now, on: nil,
            [.init("listening", bound.map { .text("\($0)") } ?? .null)]
                + (server.map { [.init("control", .text($0.path))] } ?? []))
        let node = driver.add(made, listeners: listeners, transport: definition.transport)
        if let channels {
            let local = bound ?? Endpoint(v4: 0, port: 0)
            let random = Random(seed: seed, "channels")
            let make: (ChannelCarrierOptions) -> (any ChannelCarrier)? = { given in
                var options = given
                options.server = stunServer
                return channels(options)
            }
            try driver.addCarrier(make, for: node, at: local, random, security.secrets)
        }
        server?.node = node
        var multicast: MulticastDiscovery?
        var status = ExitCode.good
        var trimming = Pace(.seconds(10))
        while driver.now < limit, status == ExitCode.good {
            // Return memory to the system after a flood of messages.
            if trimming.isDue(driver.now - .zero) { linux_trim_heap() }
            // Do not wait while an answer can be written. Wait only briefly for a slow reader.
            let isHeldUp = server?.isWriting ?? false
            let pause: Duration =
                server?.isBusy ?? false ? .zero : .milliseconds(isHeldUp ? 2 : events.isWaiting ? 20 : 200)
            let rest = min(limit, driver.now + trimming.interval)
            let soon = interrupts == nil && !events.isWaiting ? rest : min(rest, driver.now + pause)
            if let networkEvent = driver.next(until: soon) {
                if case .reported(let from, let event) = networkEvent {
                    events.tell(event.name, at: driver.now, on: event.link, event.details)
                    multicast?.take(from, event, driver)
                    if discovery.ways.contains(.mdns), from == node, event.name == "ready", let bound {
                        multicast = try MulticastDiscovery(
                            node, event, listening: bound, network, driver, Random(seed: seed, "mdns"))
                    }
                }
                server?.take(networkEvent)
                try security.writeKeys()
            } else {
                server?.work()
            }
            events.work()
            try store?.write(driver, node)
            status = interrupts?.status ?? ExitCode.good
        }
        try store?.write(driver, node, isLast: true)
        if status != ExitCode.good { end(node, driver, events) }
        events.finish(driver.now)
        try security.writeKeys()
        if let why = events.failure { throw CommandError.unwritten(nil, why) }
        return status
    }
    /// The control that makes a node end its connections.
    private static let goodbye = "shutdown"
    /// Makes a node say goodbye if it can, and waits at most one second.
    private static func end(_ node: NodeID, _ driver: Driver, _ events: EventOutput) {
        guard driver.control(node, goodbye, []) != nil else { return }
        let limit = driver.now + .seconds(1)
        while driver.now < limit, driver.hasLinks(node) {
            let soon = min(limit, driver.now + .milliseconds(20))
            guard case .reported(_, let event)? = driver.next(until: soon) else { continue }
            events.tell(event.name, at: driver.now, on: event.link, event.details)
        }
    }
    /// Creates the control server. A path that the user gave must work. At the default path, a failure is only
    /// reported.
    private static func controlServer(
        _ definition: Definition, _ network: SocketNetwork, _ driver: Driver, told: String?, listening: Endpoint?
    ) throws(NetworkError) -> ControlServer? {
        if definition.reference.controls.isEmpty || told == "none" { return nil }
        if let told { return try ControlServer(told, definition: definition, network: network, driver: driver) }
        do {
            try ControlPath.prepare()
            return try ControlServer(
                ControlPath.socket(definition.name, listening), definition: definition, network: network, driver: driver
            )
        } catch {
            var failure = CommandError(error)
            failure.place = "the control socket is not available" + (failure.place.map { ": \($0)" } ?? "")
            Console.report(failure, "node")
            return nil
        }
    }
    /// The roles of nodes of all protocols.
    static var kinds: [String] {
        Registry.definitions.flatMap(\.reference.kinds).map(\.name).reduce(into: []) {
            if !$0.contains($1) { $0.append($1) }
        }
    }
    /// Parses `superpeer=0x0102@127.0.0.1:40000`. The role and the identity are optional.
    private static func acquaintance(
        _ text: String, _ definition: Definition
    ) throws -> NodeOptions.Acquaintance {
        var parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let kind = parts.count > 1 ? String(parts.removeFirst()) : nil
        let known = definition.reference.kinds.map(\.name)
        if let kind, !known.contains(kind) {
            throw CommandError(at: "--told \(text)", no: "role", called: kind, of: known)
        }
        parts = parts[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        var identity: [UInt8]?
        if parts.count > 1 {
            identity = Hexadecimal.bytes(parts.removeFirst())
            if identity == nil {
                throw CommandError(.badValue, at: "--told \(text)", "the identity before @ is not hexadecimal")
            }
        }
        let endpoint = try Resolver.resolve(String(parts[0]))
        return .init(name: endpoint.description, endpoint: endpoint, kind: kind, identity: identity)
    }
}
