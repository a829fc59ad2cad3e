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
            Option("--profile", value: "NAME", "profile of the protocol"),
            Option(
                "--param", short: "-P", value: "NAME=VALUE", repeatable: true,
                "parameter of the protocol, such as network=live"),
            Option("--bug", value: "NAME", "misbehave in one way (`explain bugs` lists them)"),
            Option("--seed", value: "N", "keys and cookies derive from it"),
            Option("--for", value: "TIME", "stop after that time, such as 10s"),
        ],
        examples: [
            ("meshspec node nano --listen 127.0.0.1:17075", "a node of the dev network"),
            ("meshspec node nano --connect 127.0.0.1:7075 -P network=live", "dial a node of the live network"),
            ("meshspec node nano --listen 127.0.0.1:0 --bug bad-signature", "one that breaks a rule"),
        ],
        notes: "Events go to standard output, one JSON object a line; the first one tells the port.",
        body: NodeCommand.run)
}

/// `meshspec node`.
enum NodeCommand {
    static func run(_ invocation: Invocation) throws(UsageError) -> Int32 {
        guard let name = invocation.operands.first, invocation.operands.count == 1 else {
            throw UsageError("which protocol? \(Registry.definitions.map(\.name).joined(separator: ", "))")
        }
        guard let definition = Registry.definitions.first(where: { $0.name == name }) else {
            throw UsageError("no protocol is called `\(name)`\(Words.nearest(name, Registry.definitions.map(\.name)))")
        }
        guard invocation.has("--listen") || invocation.has("--connect") else {
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
            throw UsageError("no bug is called `\(bug)`\(Words.nearest(bug, definition.bugs.map(\.name)))")
        }
        var limit = Instant.never
        if let text = invocation["--for"] {
            guard let d = Duration(text: text) else { throw UsageError("`--for` is a time such as 10s, not `\(text)`") }
            limit = .zero + d
        }
        let seed = invocation.has("--seed") ? try RunCommand.seed(invocation) : Seed.fresh()
        do throws(NetworkError) {
            let driver = Driver(try SocketNetwork())
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
            let options = NodeOptions(
                settings, random: Random(seed: seed, "node"), listening: bound, peers: peers, bug: invocation["--bug"])
            tell("started", driver.now, nil, [.init("listening", bound.map { .text("\($0)") } ?? .null)])
            driver.add(definition.node(options), listeners: listeners, transport: definition.transport)
            while driver.now < limit {
                if case .reported(_, let event)? = driver.next(until: limit) {
                    tell(event.name, driver.now, event.link, event.details)
                }
            }
            return ExitCode.good
        } catch {
            Console.error("meshspec node: \(Printable.text("\(error)"))")
            return error.isMalformed ? ExitCode.usage : ExitCode.environment
        }
    }
    static func tell(_ name: String, _ now: Instant, _ link: LinkID?, _ details: [Value.Entry]) {
        var entries: [Value.Entry] = [
            .init("event", .text(name)), .init("milliseconds", .int(now.nanoseconds / 1_000_000)),
        ]
        if let link { entries.append(.init("link", .uint(link.number))) }
        Console.write(RunEvents.line(.map(entries + details)), to: 1)
    }
}
