import Glibc
import Network
import Node
import Report
import Scenario
import Wire

extension ChosenTarget {
    /// Asks the node for its identity before the first case. It uses the answer for values that the user has not given,
    /// and prints it in one line. An answer that contradicts a given value is an error. A node that is started for each
    /// case is not asked, because each case configures it.
    func ask(seed: UInt64) throws {
        guard isRemote, let address, !startsForCases, let preflight = preflight(address, seed) else { return }
        // This command has started the node, and its answer can only show that it is there. A missing answer proves
        // nothing.
        let isOurs = control["start"] != nil && !preflight.tells
        probeSeed = seed
        let outcome = preflight.ask(Driver(try SocketNetwork())) {
            self.interrupts.status == nil && self.node?.exitStatus == nil
        }
        switch outcome {
        case .found where isOurs: isAnswering = true
        case .nobody where isOurs, .silent where isOurs, .foreign where isOurs, .echo where isOurs,
            .refused where isOurs:
            return
        case .found(let identification):
            isAnswering = true
            do throws(ClaimError) { try take(identification, address) } catch {
                var told = error.coded
                told.problem = "the node at \(address): \(told.problem)"
                throw told
            }
        // The cases judge a node that does not answer.
        case .silent where control["start"] != nil:
            let text = preflight.text(outcome, definition) + ": nothing is known of it"
            Console.report(CommandError(.noAnswer, text), "run")
        case .givenUp:
            let ended = node?.exitStatus.map { "the node ended with status \($0) before the first case" }
            throw CommandError(
                ended == nil ? .interrupted : .cannotStart, ended ?? "interrupted",
                status: interrupts.status ?? ExitCode.environment)
        case .nobody, .silent, .foreign, .echo, .refused:
            throw preflight.error(outcome, definition)
        }
    }
    /// Returns the preflight for the node; nil if a node of this kind cannot be asked.
    private func preflight(_ address: Endpoint, _ seed: UInt64) -> Preflight? {
        let made = Preflight(definition, settings, at: address, seed: seed, orLayers: true)
        return made.flatMap { $0.isFor(lacks) ? $0 : nil }
    }
    /// Returns how the node that answered before the first case was lost. Returns nil if it still answers, or if that
    /// cannot be known. A silent node may be busy, and datagrams may be lost. So the node counts as gone only after
    /// `longestSilence`.
    func absence() -> String? {
        if let node, let status = node.exitStatus {
            gone = "it ended with status \(status)" + ReadyProbe.said(node.printed)
            return gone
        }
        if node == nil, let start = control["start"] {
            // A case has stopped the node and has not started it again.
            return revive(start, afterDeath: false)
        }
        guard isAnswering, let address else { return nil }
        // Two refused connections or datagrams prove sooner that the node is gone.
        var refusals = 0
        let clock = MonotonicClock()
        let end = clock.now + longestSilence
        repeat {
            probeSeed &+= 1
            guard let preflight = preflight(address, probeSeed), let network = try? SocketNetwork() else { return nil }
            // One round of questions may take longer than the time that is left.
            let asked = preflight.ask(Driver(network)) { self.interrupts.status == nil && clock.now < end }
            let outcome = asked == .givenUp && interrupts.status == nil ? .silent(closes: false) : asked
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
        } while clock.now < end
        return gone
    }
    /// Returns how the node ended, without waiting for `longestSilence`: its process has ended, or it refuses
    /// connections after a connection has ended.
    func ending(_ sawAnEnd: Bool) -> String? {
        if node == nil, control["start"] != nil { return nil }
        if node?.exitStatus == nil, sawAnEnd, definition.transport == .tcp, let address {
            if let why = refusal(at: address) {
                // The system closes the connections of a process before it reports its end.
                for _ in 0..<100 where node != nil && node?.exitStatus == nil { usleep(10_000) }
                if node?.exitStatus == nil { gone = "no node is at \(address): \(why)" }
            }
        }
        if let node, let status = node.exitStatus {
            gone = "it ended with status \(status)" + ReadyProbe.said(node.printed)
        }
        return gone
    }
    /// Returns why an address refuses connections; nil if it accepts one, or if the answer takes more than a moment.
    private func refusal(at address: Endpoint) -> String? {
        var why: String?
        for _ in 0..<3 {
            guard let network = try? SocketNetwork() else { return nil }
            let driver = Driver(network)
            let link = driver.dial(address)
            let event = driver.next(until: driver.now + .milliseconds(250))
            // A reset could end a node that asks for the address of the other side after it has accepted the connection.
            driver.close(link)
            guard case .failed(_, let error)? = event, error.reason == String(cString: strerror(ECONNREFUSED)) else {
                return nil
            }
            why = error.reason
            // A node that serves one connection at a time may listen again.
            usleep(50_000)
        }
        return why
    }
    /// Starts the node again after its end. Returns the reason for a failure; nil if the node runs.
    func revive(_ start: String, afterDeath: Bool = true) -> String? {
        if afterDeath { deaths.append(gone ?? illness ?? "it did not answer") }
        illness = nil
        node = nil
        var problem = ""
        for attempt in 0..<Self.startAttempts {
            guard interrupts.status == nil else { return "interrupted" }
            // The address may still be in use for a moment.
            if attempt > 0 { usleep(1_000_000) }
            do {
                try begin(start)
                gone = nil
                return nil
            } catch { problem = CommandError(error).message }
        }
        gone = (afterDeath ? deaths.removeLast() + "; " : "") + "it cannot be started again: \(problem)"
        return gone
    }
    private static let startAttempts = 3
    /// Returns what `control.health` reports of the node after a case; nil if it reports nothing new.
    func health(_ command: String) -> String? {
        if node == nil, control["start"] != nil { return nil }
        let printed = Files.temporary()
        defer { close(printed) }
        let found: String?
        do throws(NetworkError) {
            found = try finish(fill(command, address), within: Self.healthTime, output: printed)
        } catch { found = "\(error)" }
        guard interrupts.status == nil, let found, found != illness else { return nil }
        illness = found
        return found
    }
    private static let healthTime = Duration.seconds(10)
    private func take(_ identification: Identification, _ address: Endpoint) throws(ClaimError) {
        claims.declared = capabilities.declared
        let told = identification.completed(definition, settings, at: address, besides: claims.declared)
        let known = try KnownNode(told, at: address, definition, settings, claims)
        (settings, kind, identity) = (known.settings, known.kind, known.identity)
        self.known = known
    }
    /// True if each case starts its own node.
    private var startsForCases: Bool { control["start"].map(NodeTemplates.isForCases) ?? false }
}
