import Node
import TestThreads
import Testing

@testable import meshspec

/// The environment variables of `meshspec node`.
@Suite(.waits) struct NodeEnvironmentTests {
    private func read(_ options: [String], _ variables: [String: String], isConnecting: Bool = false) throws
        -> NodeEnvironment
    {
        let invocation = try Invocation(options: Command.node.options, hasOperands: true, ["peerpigeon"] + options)
        let definition = try #require(Registry.definitions.first { $0.name == "peerpigeon" })
        return try NodeEnvironment(invocation, definition, isConnecting: isConnecting) { variables[$0] }
    }
    private static let seed = ["--profile", "seed"]
    private static let all = ["PORT": "3002", "BOOTSTRAP_HUBS": "ws://hub.example:3000, 192.0.2.1:3001,"]

    @Test func givePortAndHubs() throws {
        let both = try read(Self.seed, Self.all)
        #expect(both.listening == "0.0.0.0:3002" && both.parameters.isEmpty)
        #expect(both.peers == ["ws://hub.example:3000", "192.0.2.1:3001"])
        let none = try read(Self.seed, ["PORT": "", "BOOTSTRAP_HUBS": ""])
        #expect(none.listening == nil && none.peers.isEmpty && none.parameters.isEmpty)
    }
    /// A hub with a port and without other hubs dials the hub at port 3000 of its machine, as in the design document.
    @Test func portAloneTurnsOnDefaultHub() throws {
        let port = ["PORT": "3001"]
        #expect(try read(Self.seed, port).parameters == ["default_bootstrap": "on"])
        #expect(try read(Self.seed + ["-P", "default_bootstrap=off"], port).parameters.isEmpty)
        #expect(try read(Self.seed, port, isConnecting: true).parameters.isEmpty)
        #expect(try read(Self.seed + ["--listen", "127.0.0.1:0"], port).parameters.isEmpty)
    }
    @Test func optionsTakePrecedence() throws {
        let listens = try read(Self.seed + ["--listen", "127.0.0.1:0"], Self.all)
        #expect(listens.listening == nil && listens.peers.count == 2)
        let connects = try read(Self.seed, Self.all, isConnecting: true)
        #expect(connects.listening == "0.0.0.0:3002" && connects.peers.isEmpty)
    }
    @Test(arguments: [[], ["--profile", "robust"], seed + ["--role", "client"]]) func areForHubsOfProfileSeed(
        _ options: [String]
    ) throws {
        let read = try read(options, Self.all)
        #expect(read.listening == nil && read.peers.isEmpty && read.parameters.isEmpty)
    }
    @Test(arguments: ["65536", "-1", "http", "3000 "]) func rejectsBadPort(_ port: String) {
        #expect(throws: CommandError.self) { try read(Self.seed, ["PORT": port]) }
    }
    /// The program listens on the port of the variable. Its parameters without effect are those that the user gave.
    @Test func nodeReadsThem() throws {
        let command = "meshspec node peerpigeon --profile seed --control none --for 10ms"
        let first = try Shell.run("PORT=0 BOOTSTRAP_HUBS=ws://127.0.0.1:9 \(command)")
        #expect(first.status == 0 && first.err == "", "\(first.err)")
        #expect(first.out.contains(#""listening":"0.0.0.0:"#), "\(first.out)")
        let off = try Shell.run("PORT=0 \(command) -P auto_connect=off -P reconnect=1s")
        #expect(off.status == 0 && off.err.contains("-P reconnect=1s has no effect"), "\(off.err)")
        #expect(!off.err.contains("default_bootstrap"), "\(off.err)")
        #expect(try Shell.run("PORT=x \(command)").failed(.badValue, "PORT"))
        #expect(try Shell.run("PORT= BOOTSTRAP_HUBS= \(command)").failed(.missingArgument, "--listen"))
        let help = try Shell.run("meshspec node --help").out
        #expect(help.contains("it reads PORT,") && help.contains("it reads BOOTSTRAP_HUBS,"))
    }
}
