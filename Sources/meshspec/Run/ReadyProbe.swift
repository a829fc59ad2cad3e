import Network
import Node
import Scenario

/// A probe that finds out if a started node is ready. Each call looks once and does not wait.
///
/// The probe uses the first of these that applies: the command `ready` of the target file; over TCP, whether the node
/// accepts a connection; over UDP, whether it answers an empty datagram. A node may not answer that datagram. If its
/// port is closed, the machine of the node refuses the datagram (ICMP: port unreachable). So on this machine, a
/// datagram that is not refused was delivered. From another machine the refusal may never arrive, and the probe waits
/// until the time of the node is over.
final class ReadyProbe {
    /// Starts the command that succeeds when the node is ready.
    private let start: (() throws(NetworkError) -> Subprocess)?
    /// The address of the node. Without an address and a command, readiness cannot be checked.
    private let address: Endpoint?
    private let transport: Transport
    private let driver: Driver
    private var command: Subprocess?
    /// The result of the last command that failed.
    private(set) var failure: String?
    private var link: LinkID?
    private var nextTry = Instant.zero
    /// The time of the first datagram on the link that was not refused.
    private var unrefused: Instant?
    private let end: Instant

    /// The pause before the node is asked again.
    private static let pause = Duration.milliseconds(50)
    /// The time to wait for a refusal. It arrives at once on an idle machine; the value allows for a busy one.
    private static let refusal = Duration.milliseconds(200)

    /// Creates a probe. `within` is the time that the node has to become ready.
    init(
        _ definition: Definition, at address: Endpoint?, within: Duration,
        command: (() throws(NetworkError) -> Subprocess)?
    ) throws(NetworkError) {
        driver = Driver(try SocketNetwork())
        end = driver.now + within
        transport = definition.transport
        start = command
        self.address = address
    }
    /// Returns what a command printed, on one line and shortened, as an addition to a diagnostic.
    static func said(_ printed: String) -> String {
        let lines = printed.split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }.filter {
            !$0.isEmpty
        }
        let text = lines.joined(separator: " | ")
        if text.isEmpty { return ", without output" }
        if text.count <= 600 { return ", with output: " + Printable.text(text) }
        // In a long trace, the line with the error is more useful than the end.
        let words = ["panic", "fatal", "error", "exception", "traceback", "abort"]
        let first = lines.first { line in words.contains { line.lowercased().contains($0) } } ?? lines.first ?? ""
        return ", with output: " + Printable.text("\(first.prefix(250)) ... \(text.suffix(300))")
    }
    /// True if the time of the node is over.
    var isOver: Bool { driver.now >= end }

    /// Checks once and returns true if the node is ready.
    func isReady() throws(NetworkError) -> Bool {
        if let start { return try ask(start) }
        guard let address else { return true }
        return transport == .tcp ? connects(address) : answers(address)
    }
    private func ask(_ start: () throws(NetworkError) -> Subprocess) throws(NetworkError) -> Bool {
        if let running = command {
            guard let status = running.exitStatus else { return false }
            command = nil
            nextTry = driver.now + Self.pause
            if status != 0 { failure = "ended with status \(status)" + Self.said(running.printed) }
            return status == 0
        }
        if driver.now >= nextTry { command = try start() }
        return false
    }
    private func connects(_ at: Endpoint) -> Bool {
        if link == nil, driver.now >= nextTry {
            link = driver.dial(at)
            nextTry = driver.now + .seconds(1)
        }
        while let h = driver.next(until: driver.now) {
            switch h {
            case .opened(let link, _, _):
                driver.close(link)
                return true
            case .failed: again()
            default: break
            }
        }
        if let link, driver.now >= nextTry {
            driver.close(link, reset: true)
            again()
        }
        return false
    }
    private func again() {
        link = nil
        unrefused = nil
        nextTry = driver.now + Self.pause
    }
    private func answers(_ at: Endpoint) -> Bool {
        if link == nil, driver.now >= nextTry { link = driver.dial(at, .udp) }
        if let link, driver.now >= nextTry {
            // An empty datagram has no meaning in any protocol.
            driver.send([], on: link)
            unrefused = unrefused ?? driver.now
            nextTry = driver.now + .seconds(1)
        }
        while let h = driver.next(until: driver.now) {
            switch h {
            case .received: return true
            case .ended, .failed: again()
            default: break
            }
        }
        guard let unrefused, at.isLoopback || isOver else { return false }
        // The cases judge a node that does not answer. This probe does not.
        return driver.now - unrefused >= Self.refusal
    }
}
