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
            Option("--listen", value: "HOST:PORT", "accept connections there; port 0 takes a free one"),
            Option("--connect", value: "HOST:PORT", repeatable: true, "open a connection to a peer"),
            Option("--role", value: "NAME", "what the node is, such as superpeer, where a protocol has several roles"),
            Option("--id", value: "HEX", "its identity in the protocol (default: made from the seed)"),
            Option(
                "--told", value: "[ROLE=][HEX@]HOST:PORT", repeatable: true,
                "another node that it is told of: what that is, who, and where it listens"),
        ] + shorthands + [
            Option(
                "--control", value: "PATH",
                "where it can be asked while it runs (default: a socket of this user's own; `none`: nowhere)"),
            Option("--profile", value: "NAME", "profile of the protocol"),
            Option(
                "--param", short: "-P", value: "NAME=VALUE", repeatable: true,
                "parameter of the protocol, such as network=live"),
            Option("--bug", value: "NAME", "misbehave in one way (`explain bugs` lists them)"), MutantOption.option,
            Option("--seed", value: "N", "keys and cookies derive from it"),
            Option("--for", value: "TIME", "stop after that time, such as 10s"),
        ],
        examples: [
            ("meshspec node nano --listen 127.0.0.1:17075", "a node of the dev network"),
            ("meshspec node nano --connect 127.0.0.1:7075 -P network=live", "dial a node of the live network"),
            ("meshspec node nano --listen 127.0.0.1:0 --bug bad-signature", "one that breaks a rule"),
            (
                "meshspec node rightmesh --role seller --listen 127.0.0.1:0 --superpeer 127.0.0.1:40000",
                "a phone that reports to a superpeer"
            ),
        ],
        notes:
            "Events go to standard output, one JSON object a line; the first one tells the port, and where the\n"
            + "node can be asked. The node does not wait for those who read: what they do not take is kept up to 1 MiB, and\n"
            + "beyond it dropped; the event `dropped` tells how many. See \(helpForAsking).",
        body: NodeCommand.run)

    private static let helpForAsking = Command.asking.map { "`meshspec \($0.name) --help`" }.joined(separator: ", ")
    /// `--superpeer` for `--told superpeer=`, and so on.
    private static let shorthands = NodeCommand.kinds.map {
        Option("--" + $0, value: "[HEX@]HOST:PORT", repeatable: true, "the same as --told \($0)=...")
    }
}

/// `meshspec node`.
enum NodeCommand {
    static func run(_ invocation: Invocation) throws(UsageError) -> Int32 {
        guard let name = invocation.operands.first, invocation.operands.count == 1 else {
            throw UsageError("which protocol? \(Registry.definitions.map(\.name).joined(separator: ", "))")
        }
        guard let definition = Registry.definitions.first(where: { $0.name == name }) else {
            let near = Suggestion.nearest(name, Registry.definitions.map(\.name))
            throw UsageError("no protocol is called `\(name)`\(near)")
        }
        let acquaintances =
            invocation.all("--told") + kinds.flatMap { kind in invocation.all("--" + kind).map { "\(kind)=\($0)" } }
        guard invocation.has("--listen") || invocation.has("--connect") || !acquaintances.isEmpty else {
            throw UsageError("give --listen, --connect or both: a node that does neither does nothing")
        }
        let parameters = try invocation.pairs("--param")
        let settings: Settings
        do throws(SettingsError) {
            settings = try definition.settings(profile: invocation["--profile"], parameters)
        } catch {
            throw UsageError("\(error)")
        }
        if let bug = invocation["--bug"], !definition.bugs.contains(where: { $0.name == bug }) {
            throw UsageError("no bug is called `\(bug)`\(Suggestion.nearest(bug, definition.bugs.map(\.name)))")
        }
        let mutant = try MutantOption(invocation, [definition])
        let role = invocation["--role"]
        if let role, !definition.kinds.contains(where: { $0.name == role }) {
            throw UsageError("no role is called `\(role)`\(Suggestion.nearest(role, definition.kinds.map(\.name)))")
        }
        var identity: [UInt8]?
        if let text = invocation["--id"] {
            guard let id = Hexadecimal.bytes(text) else { throw UsageError("`--id` is hexadecimal, not `\(text)`") }
            identity = id
        }
        var limit = Instant.never
        if let text = invocation["--for"] {
            guard let d = Duration(text: text) else { throw UsageError("`--for` is a time such as 10s, not `\(text)`") }
            limit = .zero + d
        }
        let controlPath = invocation["--control"]
        if controlPath != nil, definition.controls.isEmpty {
            throw UsageError("a node of \(definition.name) cannot be asked anything: it takes no `--control`")
        }
        let seed = invocation.has("--seed") ? try Seed.chosen(invocation) : Seed.fresh()
        do throws(NetworkError) {
            linux_keep_heap()
            let network = try SocketNetwork()
            let driver = Driver(network)
            driver.tellsReports = true
            var listeners: [ListenerID] = []
            var bound: Endpoint?
            if let text = invocation["--listen"] {
                let (id, at) = try driver.listen(try Resolver.resolve(text), definition.transport)
                listeners = [id]
                bound = at
            }
            var peers: [Endpoint] = []
            for text in invocation.all("--connect") { peers.append(try Resolver.resolve(text)) }
            var told: [NodeOptions.Acquaintance] = []
            for text in acquaintances { told.append(try acquaintance(text, definition)) }
            var options = NodeOptions(
                settings, random: Random(seed: seed, "node"), listening: bound, peers: peers + told.map(\.endpoint),
                bug: invocation["--bug"])
            options.kind = role
            options.identity = identity
            // Those of `--connect` are told without a word.
            if !told.isEmpty {
                options.acquaintances = peers.map { .init(name: $0.description, endpoint: $0) } + told
            }
            let server = try controlServer(definition, network, driver, told: controlPath, bound)
            defer { server?.close() }
            // Signals wait to be asked for where there is a file to take away.
            let interrupts = server.map { _ in Interrupts() }
            var made = definition.node(options)
            if let wrap = try wrap(mutant, definition, settings) { made = wrap(made) }
            let events = EventOutput()
            events.tell(
                "started", driver.now, nil,
                [.init("listening", bound.map { .text("\($0)") } ?? .null)]
                    + (server.map { [.init("control", .text($0.path))] } ?? []))
            let node = driver.add(made, listeners: listeners, transport: definition.transport)
            server?.node = node
            var status = ExitCode.good
            var trimmed = driver.now
            while driver.now < limit, status == ExitCode.good {
                // What a flood made it take goes back to the system.
                if driver.now - trimmed >= .seconds(10) {
                    linux_trim_heap()
                    trimmed = driver.now
                }
                // With something left to be said there is no waiting, or a little one for those who read.
                let isHeldUp = server?.isWriting ?? false
                let pause: Duration =
                    server?.isBusy ?? false ? .zero : .milliseconds(isHeldUp ? 2 : events.isWaiting ? 20 : 200)
                let rest = min(limit, trimmed + .seconds(10))
                let soon = interrupts == nil && !events.isWaiting ? rest : min(rest, driver.now + pause)
                if let networkEvent = driver.next(until: soon) {
                    if case .reported(_, let event) = networkEvent {
                        events.tell(event.name, driver.now, event.link, event.details)
                    }
                    server?.take(networkEvent)
                } else {
                    server?.work()
                }
                events.work()
                status = interrupts?.status ?? ExitCode.good
            }
            events.finish(driver.now)
            return events.failure.map(Console.unwritten) ?? status
        } catch {
            Console.error("meshspec node: \(Printable.text("\(error)"))")
            return error.isMalformed ? ExitCode.usage : ExitCode.environment
        }
    }
    private static func wrap(
        _ mutant: MutantOption?, _ d: Definition, _ settings: Settings
    ) throws(NetworkError) -> (@Sendable (any Node) -> any Node)? {
        do throws(Files.Failure) {
            return try mutant?.wrap(d, settings, try? Suite(nil)) ?? nil
        } catch { throw NetworkError("read", "mutations.yaml", "\(error)") }
    }
    /// Where the node is asked: as told, and then it must be possible; else at a place of its own, if there is one.
    private static func controlServer(
        _ definition: Definition, _ network: SocketNetwork, _ driver: Driver, told: String?, _ listening: Endpoint?
    ) throws(NetworkError) -> ControlServer? {
        if definition.controls.isEmpty || told == "none" { return nil }
        if let told { return try ControlServer(told, definition, network, driver) }
        do {
            try ControlPath.prepare()
            return try ControlServer(ControlPath.socket(definition.name, listening), definition, network, driver)
        } catch {
            Console.error("meshspec node: it cannot be asked while it runs: \(Printable.text("\(error)"))")
            return nil
        }
    }
    /// What nodes may be, whatever the protocol.
    static var kinds: [String] {
        var out: [String] = []
        for kind in Registry.definitions.flatMap(\.kinds) where !out.contains(kind.name) { out.append(kind.name) }
        return out
    }
    /// `superpeer=0x0102@127.0.0.1:40000`, of which the first two parts may be missing.
    private static func acquaintance(
        _ text: String, _ definition: Definition
    ) throws(NetworkError) -> NodeOptions.Acquaintance {
        var rest = text[...]
        var kind: String?
        if let end = rest.firstIndex(of: "=") {
            let name = String(rest[..<end])
            guard definition.kinds.contains(where: { $0.name == name }) else {
                throw NetworkError(
                    "use", text, "no role is called `\(name)`\(Suggestion.nearest(name, definition.kinds.map(\.name)))",
                    isMalformed: true)
            }
            kind = name
            rest = rest[rest.index(after: end)...]
        }
        var identity: [UInt8]?
        if let end = rest.firstIndex(of: "@") {
            guard let id = Hexadecimal.bytes(rest[..<end]) else {
                throw NetworkError("use", text, "what stands before @ is not hexadecimal", isMalformed: true)
            }
            identity = id
            rest = rest[rest.index(after: end)...]
        }
        let endpoint = try Resolver.resolve(String(rest))
        return .init(name: endpoint.description, endpoint: endpoint, kind: kind, identity: identity)
    }
}
