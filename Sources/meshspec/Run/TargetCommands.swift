import Glibc
import Network
import Node
import Report
import Scenario

/// The shell commands of a target file, and the processes that they started.
extension ChosenTarget {
    /// Returns a free port of loopback, which stays reserved while this target lives.
    func freePort() throws(NetworkError) -> UInt16 {
        let reserved = try ReservedPort(definition.transport)
        reservedPorts.append(reserved)
        return reserved.port
    }
    /// Starts the node and waits until it is ready.
    func begin(_ command: String) throws {
        do throws(NetworkError) {
            try launch(command)
            try waitUntilReady(node)
        } catch {
            var failure = CommandError(error)
            failure.status = interrupts.status ?? ExitCode.environment
            throw failure
        }
    }
    /// Starts the node, and ends the previous one.
    func launch(_ command: String) throws(NetworkError) {
        node = nil
        node = try launched(command, at: address, setups.first)
    }
    /// Starts a further node of the case, and ends the previous node of that name.
    private func launch(_ command: String, further setup: NodeSetup) throws(NetworkError) {
        further[setup.name] = nil
        further[setup.name] = try launched(command, at: addresses[setup.name], setup)
    }
    private func launched(
        _ command: String, at place: Endpoint?, _ setup: NodeSetup?
    ) throws(NetworkError) -> StartedNode {
        let filled = fill(command, place, setup.map(templates.parts) ?? [:])
        let occupant = occupant(at: place)
        let process = try spawn(filled)
        var asks: (() throws(NetworkError) -> Subprocess)?
        if let ready = file?.ready { asks = { [self] () throws(NetworkError) in try spawn(fill(ready, place)) } }
        let probe = try ReadyProbe(definition, at: place, within: file?.readyWithin ?? .zero, command: asks)
        return StartedNode(command: filled.shown, process: process, probe: probe, occupant: occupant)
    }
    /// Returns the listener of another program at an address. A node that has ended may leave its address after some
    /// time, so this waits for that. A program that listens for the node is no other program.
    private func occupant(at place: Endpoint?) -> LocalOccupant? {
        guard let place, file?.isListenerKept != true else { return nil }
        let clock = MonotonicClock()
        let end = clock.now + Self.timeToLeave
        while true {
            guard let found = LocalOccupant(at: place, definition.transport) else { return nil }
            if clock.now >= end || interrupts.status != nil { return found }
            usleep(20_000)
        }
    }
    private static let timeToLeave = Duration.seconds(3)
    /// The node under test and the further nodes of the case.
    var startedNodes: [StartedNode] {
        (node.map { [$0] } ?? []) + further.sorted { $0.key < $1.key }.map(\.value)
    }
    func spawn(_ text: ShellText, output: Int32? = nil) throws(NetworkError) -> Subprocess {
        do throws(NetworkError) {
            return try Subprocess(
                text.command, folder: file?.folder ?? ".",
                variables: (file?.environment ?? [:]).merging(text.variables) { $1 },
                printing: Console.variable("MESHSPEC_VERBOSE") != nil ? .loud : .kept, output: output)
        } catch {
            throw NetworkError("start", text.shown, error.reason)
        }
    }
    /// Returns whether a node is ready.
    func look(at node: StartedNode) -> Readiness {
        if let status = interrupts.status { return .failed("interrupted (\(status))") }
        if let status = node.exitStatus {
            let ended = "it ended with status \(status)" + ReadyProbe.said(node.printed)
            return .failed(node.occupant?.isThere == true ? Self.occupied + "; " + ended : ended)
        }
        // The command may end the other program itself. Until then, that program would answer in place of the node.
        if let occupant = node.occupant, occupant.isThere {
            guard node.probe.isOver else { return .notYet }
            return .failed(Self.occupied)
        }
        do throws(NetworkError) {
            if try node.probe.isReady() { return .ready }
        } catch {
            return .failed("\(error)")
        }
        guard node.probe.isOver else { return .notYet }
        let why = node.probe.failure.map { ": `ready` " + $0 } ?? ""
        return .failed(
            "it is not ready after \((file?.readyWithin ?? .zero).text)" + why + ReadyProbe.said(node.printed))
    }
    static let occupied =
        "another program listens at the address of the node, and would be judged in its place: end that program, "
        + "write {port} for the port in the target file, or write `ready: {listener: kept}` there if that program, such "
        + "as systemd, listens for the node"
    func waitUntilReady(_ node: StartedNode?) throws(NetworkError) {
        while let node {
            switch look(at: node) {
            case .ready: return
            case .notYet: usleep(5_000)
            case .failed(let why): throw NetworkError("start", node.command, why)
            }
        }
    }
    /// Starts the nodes of a case. Returns the problem; nil if there is none.
    func start(_ setups: [NodeSetup]) -> String? {
        guard let command = control["start"] else { return "the target file has no control `start`" }
        // Somebody else starts the other nodes of the case.
        self.setups = setups.prefix(1) + setups.dropFirst().filter { startedNames.contains($0.name) }
        if let why = self.setups.lazy.compactMap(templates.refusal).first { return why }
        further = [:]
        do throws(NetworkError) {
            try launch(command)
            for setup in self.setups.dropFirst() { try launch(command, further: setup) }
        } catch {
            return "\(error)"
        }
        return nil
    }
    /// Runs a command to its end. Returns the problem with the output of the command; nil if there is none.
    func finish(_ command: ShellText, within limit: Duration, output: Int32) throws(NetworkError) -> String? {
        let process = try spawn(command, output: output < 0 ? nil : output)
        let clock = MonotonicClock()
        while clock.now < .zero + limit, interrupts.status == nil, process.exitStatus == nil { usleep(5_000) }
        guard let status = process.exitStatus else {
            return "`\(command.shown)` "
                + (interrupts.status == nil ? "did not end within \(limit.text)" : "was interrupted")
        }
        if status == 0 { return nil }
        let printed = process.printed + "\n" + Files.text(output, atMost: 4096)
        return "`\(command.shown)` ended with status \(status)" + ReadyProbe.said(printed)
    }
    /// Fills the placeholders of a command. Its variables contain all values, also those without a placeholder.
    func fill(_ command: String, _ at: Endpoint?, _ parts: [String: ShellText] = [:]) -> ShellText {
        var parts = parts
        for (name, value) in places { parts[name] = ShellText(value: value, of: name) }
        if let at {
            for v in NodeTemplates.values(of: at) { parts[v.key] = ShellText(value: v.value, of: v.key) }
        }
        var out = ShellTemplate(command).filled { parts[$0] }
        for p in parts.values { out.variables.merge(p.variables) { $1 } }
        if let address {
            for v in NodeTemplates.values(of: address) {
                out.variables["MESHSPEC_NODE_\(v.key.uppercased())"] = v.value
            }
        }
        return out
    }
    /// The addresses of the nodes under test, for all commands: `node_port` for the node itself, `NAME_port` for a
    /// further one.
    private var places: [String: String] {
        var out: [String: String] = [:]
        for (name, at) in addresses.merging(address.map { ["node": $0] } ?? [:], uniquingKeysWith: { $1 }) {
            for v in NodeTemplates.values(of: at) { out[Target.name(of: v.key, of: name)] = v.value }
        }
        return out
    }
    /// Carries out a control of `dut`. Returns the problem; nil if there is none.
    func carryOut(_ name: String, _ arguments: [(String, String)]) -> String? {
        do {
            if let command = control[name], name != "start" {
                if let why = Self.refusal(command, arguments) { return "`\(command)`: \(why)" }
                let filled = fill(
                    command, address,
                    Dictionary(arguments.map { ($0.0, ShellText(value: $0.1, of: $0.0)) }) { a, _ in a })
                let printed = Files.temporary()
                defer { close(printed) }
                let problem = try finish(filled, within: .seconds(60), output: printed)
                output = Files.text(printed, atMost: Self.maximumAnswer)
                return problem
            }
            guard let start = control["start"] else { return "the target file has no control `\(name)`" }
            if let other = arguments.first(where: { $0.0 == "node" })?.1 {
                guard let setup = setups.dropFirst().first(where: { $0.name == other }) else {
                    return "meshspec did not start `\(other)`"
                }
                if name == "stop" { further[other] = nil } else { try launch(start, further: setup) }
                try waitUntilReady(further[other])
                return nil
            }
            if name == "stop" || name == "restart" { node = nil }
            if name == "start" || name == "restart" { try begin(start) }
            return nil
        } catch {
            return CommandError(error).message
        }
    }
    /// Returns the reason why a control cannot receive these arguments; nil if it can.
    static func refusal(_ command: String, _ arguments: [(String, String)]) -> String? {
        var holders: [String: String] = [:]
        for (name, value) in arguments {
            let variable = ShellTemplate.variable(name)
            if let other = holders.updateValue(name, forKey: variable) {
                return "arguments `\(other)` and `\(name)` would both be in $\(variable): rename one"
            }
            if value.utf8.contains(0) { return "argument `\(name)` has a zero byte, which a command cannot receive" }
        }
        return ShellTemplate(command).problem { name in arguments.contains { $0.0 == name } }
    }
    func stop() {
        dialers = [:]
        (node, further) = (nil, [:])
    }
}
