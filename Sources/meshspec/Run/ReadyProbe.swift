import Network
import Node
import Scenario

/// Finds out whether a node that was started is ready. Looks once each time that it is asked and does not wait.
///
/// In order: what the target file says (`ready`); over TCP, whether it accepts a connection; over UDP, whether it
/// answers an empty datagram. Where there is no answer: a datagram that nobody listens for is refused by the node's
/// machine (ICMP: port unreachable), and on this machine one that is not refused has been taken. From other machines
/// the refusal may never come, and the node has until the end of its time.
final class ReadyProbe {
    /// The node is ready when this command ends well.
    private let start: (() throws(NetworkError) -> Subprocess)?
    /// Where the node is; with neither of these nobody can know.
    private let address: Endpoint?
    private let transport: Transport
    private let driver: Driver
    private var command: Subprocess?
    /// How the command ended that was to succeed, the last time that it did not.
    private(set) var failure: String?
    private var link: LinkID?
    private var nextTry = Instant.zero
    /// When a datagram was sent on the link that nobody refused so far.
    private var unrefused: Instant?
    private let end: Instant

    /// A node is asked again after this time.
    private static let pause = Duration.milliseconds(50)
    /// On this machine a refusal is there at once; this is for a busy one.
    private static let refusal = Duration.milliseconds(200)

    /// `within`: how long the node may take.
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
    /// What a command printed, on one line, as far as it is worth telling.
    static func said(_ printed: String) -> String {
        let lines = printed.split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }.filter {
            !$0.isEmpty
        }
        let text = lines.joined(separator: " | ")
        if text.isEmpty { return ", without a word" }
        if text.count <= 600 { return ", saying: " + Printable.text(text) }
        // In a long trace, the line with the error is more useful than the end.
        let words = ["panic", "fatal", "error", "exception", "traceback", "abort"]
        let first = lines.first { line in words.contains { line.lowercased().contains($0) } } ?? lines.first ?? ""
        return ", saying: " + Printable.text("\(first.prefix(250)) ... \(text.suffix(300))")
    }
    /// Whether its time is over.
    var isOver: Bool { driver.now >= end }

    /// Looks once.
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
            // An empty datagram says nothing in any protocol.
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
        // One that does not answer is a matter for the cases, not for us.
        return driver.now - unrefused >= Self.refusal
    }
}
