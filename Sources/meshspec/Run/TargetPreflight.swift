import Network
import Node
import Report
import Scenario
import Wire

extension ChosenTarget {
    /// Asks the node who it is, before the first case. What it tells is taken for what nobody has said, and told in one
    /// line; what contradicts something that was said is a failure. A node that is started for each case is not asked:
    /// it is what the case wants.
    func ask(seed: UInt64) throws {
        guard isRemote, let address, !startsForCases else { return }
        if let needs = definition.inquiry?.needs, lacks.contains(needs) { return }
        probeSeed = seed
        guard let preflight = Preflight(definition, settings, at: address, seed: seed) else { return }
        let outcome = preflight.ask(Driver(try SocketNetwork())) {
            self.interrupts.status == nil && self.node?.exitStatus == nil
        }
        switch outcome {
        case .found(let identification):
            do throws(ClaimError) { try take(identification, address) } catch {
                throw CommandError("the node at \(address): \(error)")
            }
        // What we started ourselves is there; that it does not answer is what the cases are about.
        case .silent where control["start"] != nil:
            Console.error("meshspec run: \(preflight.text(outcome, definition)): nothing is known of it")
        case .givenUp:
            let ended = node?.exitStatus.map { "the node ended with status \($0) before the first case" }
            throw CommandError(status: interrupts.status ?? ExitCode.environment, ended ?? "interrupted")
        case .nobody: throw CommandError(preflight.text(outcome, definition))
        case .silent, .foreign:
            var mend = ": give another address or --protocol, or --no-preflight to judge it all the same"
            if case .silent = outcome { mend += "; " + preflight.sentText(definition) }
            throw CommandError(preflight.text(outcome, definition) + mend)
        }
    }
    /// What became of the node that answered before the first case; nil while it answers, and where nobody can know. A
    /// node that says nothing may be busy, and datagrams get lost: it is asked for `longestSilence` before it counts as
    /// gone.
    func absence() -> String? {
        if let node, let status = node.exitStatus {
            gone = "it ended with status \(status)" + ReadyProbe.said(node.printed)
            return gone
        }
        // One that we start may also have been stopped by a case.
        guard known != nil, control["start"] == nil, let address else { return nil }
        // Who refuses a connection or a datagram is known to be gone sooner.
        var refusals = 0
        for _ in 0..<Int(Self.longestSilence / Preflight.patience) {
            probeSeed &+= 1
            guard let preflight = Preflight(definition, settings, at: address, seed: probeSeed),
                let network = try? SocketNetwork()
            else { return nil }
            let outcome = preflight.ask(Driver(network)) { self.interrupts.status == nil }
            switch outcome {
            case .nobody:
                refusals += 1
                gone = preflight.text(outcome, definition)
                if refusals == 2 { return gone }
            case .silent(closes: false): gone = preflight.text(outcome, definition)
            case .found, .foreign, .silent(closes: true), .givenUp:
                gone = nil
                return nil
            }
        }
        return gone
    }
    /// A node that is silent for so long is gone.
    private static let longestSilence = Duration.seconds(60)
    private func take(_ identification: Identification, _ address: Endpoint) throws(ClaimError) {
        let known = try KnownNode(identification, at: address, definition, settings, claims)
        (settings, kind, identity) = (known.settings, known.kind, known.identity)
        self.known = known
    }
    /// Each case has a node of its own.
    private var startsForCases: Bool { control["start"].map(NodeTemplates.isForCases) ?? false }
}

extension Preflight {
    /// What came of it when no node of the protocol was found, in one line.
    func text(_ outcome: Outcome, _ definition: Definition) -> String {
        let tried = titles.isEmpty ? "" : " (asked \(titles.joined(separator: ", ")))"
        switch outcome {
        case .nobody(let why): return "nobody is at \(address): \(why)"
        case .silent(closes: true):
            return "what is at \(address) closes each connection that begins in \(definition.name)\(tried)"
        case .silent:
            return "what is at \(address) answers nothing in \(definition.name)\(tried)"
        case .foreign(let bytes):
            let isText = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a || $0 == 0x0d }
            let said = isText ? "`\(String(decoding: bytes, as: UTF8.self))`" : "0x" + bytes.hex
            return "what is at \(address) does not speak \(definition.name), it says \(said)"
        case .found, .givenUp: return ""
        }
    }
    /// What was sent first, for those who write a node.
    func sentText(_ definition: Definition) -> String {
        let bytes = firstMessage
        var framing = definition.framing(settings)
        var name = ""
        if case .message(let type, _) = framing.next(bytes.span.bytes) { name = "\(type.name) of " }
        return "it was sent \(name)\(bytes.count) bytes first: 0x" + bytes.hex
    }
}
