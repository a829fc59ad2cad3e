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
        guard isRemote, let address, !startsForCases, let preflight = preflight(address, seed) else { return }
        // What we started ourselves is there.
        if control["start"] != nil, !preflight.tells { return }
        probeSeed = seed
        let outcome = preflight.ask(Driver(try SocketNetwork())) {
            self.interrupts.status == nil && self.node?.exitStatus == nil
        }
        switch outcome {
        case .found(let identification):
            do throws(ClaimError) { try take(identification, address) } catch {
                throw CommandError("the node at \(address): \(error)")
            }
        // That it does not answer is what the cases are about.
        case .silent where control["start"] != nil:
            Console.error("meshspec run: \(preflight.text(outcome, definition)): nothing is known of it")
        case .givenUp:
            let ended = node?.exitStatus.map { "the node ended with status \($0) before the first case" }
            throw CommandError(status: interrupts.status ?? ExitCode.environment, ended ?? "interrupted")
        case .nobody, .silent, .foreign, .echo, .refused:
            throw CommandError(preflight.text(outcome, definition) + ": " + preflight.remedy(outcome))
        }
    }
    /// Nil: a node of this kind cannot be asked.
    private func preflight(_ address: Endpoint, _ seed: UInt64) -> Preflight? {
        let made = Preflight(definition, settings, at: address, seed: seed, orLayers: true)
        return made.flatMap { $0.isFor(lacks) ? $0 : nil }
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
            guard let preflight = preflight(address, probeSeed), let network = try? SocketNetwork() else { return nil }
            let outcome = preflight.ask(Driver(network)) { self.interrupts.status == nil }
            switch outcome {
            case .nobody:
                refusals += 1
                gone = preflight.text(outcome, definition)
                if refusals == 2 { return gone }
            case .silent(closes: false, _): gone = preflight.text(outcome, definition)
            case .found, .foreign, .echo, .refused, .silent(closes: true, _), .givenUp:
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
