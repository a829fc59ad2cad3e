import Network
import Node
import Report
import Scenario
import Wire

/// A client that asks a running node through its socket.
struct ControlClient {
    private let driver: Driver
    private let link: LinkID
    private let path: String
    private let deadline: Instant
    private let patience: Duration
    private var bytes: [UInt8] = []
    /// The number of leading bytes that are known to have no line feed.
    private var looked = 0

    init(_ path: String, patience: Duration) throws(NetworkError) {
        let network = try SocketNetwork()
        driver = Driver(network)
        link = try network.dial(path: path)
        (self.path, self.patience) = (path, patience)
        deadline = driver.now + patience
    }
    /// Asks a question and returns the answer.
    mutating func ask(_ definition: Definition, _ control: String, _ arguments: [Value.Entry]) throws(CommandError)
        -> Value
    {
        driver.send(
            RunEvents.line([
                "protocol": .text(definition.name), "control": .text(control), "arguments": .map(arguments),
            ]), on: link)
        let reply = try line()
        if case .text(let why)? = reply["error"] {
            guard reply["reason"] != .text(ControlServer.Refusal.protocol.rawValue) else {
                throw CommandError(
                    .otherProtocol, at: path, "the node there is not a node of \(definition.name): \(why)")
            }
            throw CommandError(.refused, why, status: ExitCode.usage)
        }
        guard let answer = reply["answer"], reply["protocol"] == .text(definition.name) else { throw stranger }
        return answer
    }
    /// Returns the outcome of the last command to the node, which the node has accepted.
    mutating func outcome(of command: String) throws(CommandError) -> Value {
        let late = CommandError(
            .noEffect, "`\(command)` had no effect within \(patience.text)",
            remedy: "the node may still complete it; give it more time with --wait")
        let reply = try line(late)
        guard case .text? = reply["outcome"] else { throw stranger }
        return reply
    }
    private var stranger: CommandError {
        CommandError(.otherProtocol, at: path, "the program that answers is not a node of meshspec")
    }
    /// Returns the next line of the node. Throws `late`, or that the node does not answer, if none comes in time.
    private mutating func line(_ late: CommandError? = nil) throws(CommandError) -> Value {
        while true {
            if let end = bytes[looked...].firstIndex(of: 0x0a) {
                let line = [UInt8](bytes[..<end])
                bytes.removeFirst(end + 1)
                looked = 0
                guard let value = JSON.parse(line) else { throw stranger }
                return value
            }
            looked = bytes.count
            switch driver.next(until: deadline) {
            case .received(_, let more)?: bytes += more
            case .ended?, .failed?:
                throw CommandError(.noAnswer, at: path, "the node closed the connection before it answered")
            case nil:
                throw late
                    ?? CommandError(
                        .noAnswer, at: path, "the node did not answer within \(patience.text)",
                        remedy: "give it more time with --wait")
            default: break
            }
        }
    }
}
