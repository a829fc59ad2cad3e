import Network
import Node
import Report
import Wire

/// A server through which users ask a running node. It accepts questions as lines of JSON on a local socket, and
/// answers each with a line.
///
/// A question is `{"protocol": ..., "control": ..., "arguments": {...}}`. Its answer is `{"protocol": ..., "answer":
/// ...}` or `{"error": ..., "reason": ...}`. A command that takes time has two answers: one at once, and `{"outcome":
/// ..., ...}` when its outcome is known. `dump` returns the answers to all questions without arguments.
///
/// A long list is written in parts. Each call of `work` writes one, so that the node can run in between.
final class ControlServer {
    /// The reason why a question was refused.
    enum Refusal: String {
        /// The line is not a question.
        case request
        /// The node speaks another protocol.
        case `protocol`
        /// The node does not know the control.
        case control
        /// The control does not accept these arguments.
        case arguments
    }
    private struct Client {
        /// The received part of an incomplete line.
        var line: [UInt8] = []
        /// The tickets of the outcomes that the client waits for.
        var tickets: Set<UInt64> = []
        /// The parts of answers that are not sent yet, in order.
        var pieces: [Piece] = []
    }
    /// A part of an answer.
    private enum Piece {
        case bytes([UInt8])
        /// The answer to a question without arguments. It is computed when its turn comes.
        case question(NodeControl)
        /// The answer to a question without arguments, as a member of a map.
        case member(NodeControl, isFirst: Bool)
        /// The rows of a list from an index.
        case rows(Rows, from: Int)
    }
    private let definition: Definition
    private let network: SocketNetwork
    private let driver: Driver
    /// The clients with unsent pieces.
    private var busy: Set<LinkID> = []
    /// The node that answers; nil until it exists.
    var node: NodeID?
    let path: String
    private let listener: ListenerID
    private var clients: [LinkID: Client] = [:]
    /// The links of the clients, the oldest first.
    private var order: [LinkID] = []
    private var lastTicket: UInt64 = 0

    /// The largest size of a question in bytes. A question with the largest number of ids in a message takes three
    /// million bytes.
    static let maximumLine = 4 << 20
    /// The largest number of clients. A further client replaces the oldest one.
    static let maximumClients = 16

    /// The largest number of pieces that wait for a client.
    static let maximumPieces = 1000
    /// The largest number of rows that are written in one turn, and the largest number of pieces.
    static let rowsAtOnce = 500
    private static let piecesAtOnce = 64
    /// The number of unread bytes of a client above which no more are produced for it.
    static let unread = 1 << 20

    /// Starts to accept questions at a path.
    init(_ path: String, definition: Definition, network: SocketNetwork, driver: Driver) throws(NetworkError) {
        (self.path, self.definition, self.network, self.driver) = (path, definition, network, driver)
        listener = try network.listen(path: path)
    }
    /// Handles a network event if it concerns a client.
    func take(_ networkEvent: NetworkEvent) {
        switch networkEvent {
        case .opened(let link, _, let through?) where through == listener:
            clients[link] = Client()
            order.append(link)
            if order.count > Self.maximumClients { drop(order[0]) }
        case .received(let link, let bytes): read(bytes, link)
        case .ended(let link, _), .failed(let link, _): forget(link)
        case .reported(let from, let event) where from == node: tell(event)
        default: break
        }
        work()
    }
    /// Stops accepting questions and removes the socket file.
    func close() { driver.stopListening(listener) }

    private func read(_ bytes: [UInt8], _ link: LinkID) {
        guard var client = clients.removeValue(forKey: link) else { return }
        var rest = bytes[...]
        var lines: [[UInt8]] = []
        while let end = rest.firstIndex(of: 0x0a) {
            lines.append(client.line + rest[..<end])
            client.line = []
            rest = rest[(end + 1)...]
        }
        client.line += rest
        clients[link] = client
        for line in lines {
            for piece in answer(line, link) { say(piece, link) }
            if clients[link] == nil { return }
        }
        guard client.line.count > Self.maximumLine else { return }
        say(line(refusal(.request, "a request of more than \(Self.maximumLine) bytes")), link)
        drop(link)
    }
    private func drop(_ link: LinkID) {
        driver.close(link)
        forget(link)
    }
    private func forget(_ link: LinkID) {
        clients[link] = nil
        busy.remove(link)
        order.removeAll { $0 == link }
    }
    private func line(_ value: Value) -> Piece { .bytes(RunEvents.line(Self.plain(value))) }
    private static func text(_ value: Value) -> [UInt8] { RunEvents.line(plain(value)).dropLast() }
    /// Sends a piece at once if its bytes are known and no other piece waits; otherwise queues it.
    private func say(_ piece: Piece, _ link: LinkID) {
        guard let before = clients[link]?.pieces.count else { return }
        if case .bytes(let bytes) = piece, before == 0 { return driver.send(bytes, on: link) }
        guard before < Self.maximumPieces else { return drop(link) }
        clients[link]?.pieces.append(piece)
        busy.insert(link)
    }
    /// True if something can be sent at once.
    var isBusy: Bool { busy.contains { network.unsent(on: $0) < Self.unread } }
    /// True if something is unsent, even if the client has to read first.
    var isWriting: Bool { !busy.isEmpty }
    /// Sends some of the waiting pieces to each client that has read enough.
    func work() {
        for link in busy.sorted() where network.unsent(on: link) < Self.unread {
            guard var pieces = clients[link]?.pieces[...] else { continue }
            clients[link]?.pieces = []
            var said: [UInt8] = []
            var rows = 0
            for _ in 0..<Self.piecesAtOnce where rows < Self.rowsAtOnce {
                guard let piece = pieces.popFirst() else { break }
                pieces = part(of: piece, &rows, &said) + pieces
            }
            clients[link]?.pieces = Array(pieces)
            if pieces.isEmpty { busy.remove(link) }
            driver.send(said, on: link)
        }
    }
    /// Writes a part of a piece, within the limit of rows of a turn. Returns the rest of the piece.
    private func part(of piece: Piece, _ count: inout Int, _ out: inout [UInt8]) -> [Piece] {
        switch piece {
        case .bytes(let bytes): out += bytes
        case .question(let rule):
            // The text before and after the answer.
            let frame = Self.text(answer(.null))
            if let rows = node.flatMap({ driver.rows($0, rule.name) }) {
                out += frame.dropLast("null}".utf8.count) + [UInt8(ascii: "[")]
                return [.rows(rows, from: 0), .bytes(Array("]}\n".utf8))]
            }
            let value = node.flatMap { driver.answer($0, rule.name, []) }.map(answer) ?? unfit(rule)
            out += RunEvents.line(Self.plain(value))
        case .member(let rule, let isFirst):
            if !isFirst { out.append(UInt8(ascii: ",")) }
            out += Self.text(.text(rule.name)) + [UInt8(ascii: ":")]
            if let rows = node.flatMap({ driver.rows($0, rule.name) }) {
                out.append(UInt8(ascii: "["))
                return [.rows(rows, from: 0), .bytes([UInt8(ascii: "]")])]
            }
            out += Self.text(node.flatMap { driver.answer($0, rule.name, []) } ?? .null)
        case .rows(let rows, let from):
            let end = min(rows.count, from + Self.rowsAtOnce - count)
            for (i, row) in rows.part(from..<end).enumerated() {
                if from + i > 0 { out.append(UInt8(ascii: ",")) }
                out += Self.text(row)
            }
            count += end - from
            if end < rows.count { return [.rows(rows, from: end)] }
        }
        return []
    }

    private func refusal(_ reason: Refusal, _ text: String) -> Value {
        ["error": .text(text), "reason": .text(reason.rawValue), "protocol": .text(definition.name)]
    }
    private func answer(_ line: [UInt8], _ link: LinkID) -> [Piece] {
        guard let question = JSON.parse(line), case .text(let name)? = question["control"] else {
            return [self.line(refusal(.request, "not a request: expected a line of JSON with `control`"))]
        }
        if let wanted = question["protocol"], wanted != .text(definition.name) {
            return [self.line(refusal(.protocol, "this is a node of \(definition.name)"))]
        }
        var arguments: [Value.Entry] = []
        if case .map(let given)? = question["arguments"] { arguments = given }
        if name == "dump" { return dump }
        guard let rule = definition.reference.controls.first(where: { $0.name == name }) else {
            return [self.line(refusal(.control, "a node of \(definition.name) does not know `\(name)`"))]
        }
        if rule.isQuestion, rule.operand == nil { return [.question(rule)] }
        return [self.line(answer(rule, arguments, link))]
    }
    /// Answers a question with arguments, or a command that may change the node.
    private func answer(_ rule: NodeControl, _ given: [Value.Entry], _ link: LinkID) -> Value {
        var arguments = given
        let isNamed = rule.operand.map { operand in arguments.contains { $0.key == operand.name } } ?? true
        if rule.isQuestion {
            guard isNamed, let answer = node.flatMap({ driver.answer($0, rule.name, arguments) }) else {
                return unfit(rule)
            }
            return self.answer(answer)
        }
        arguments.removeAll { $0.key == "ticket" }
        if !rule.outcomes.isEmpty {
            lastTicket += 1
            arguments.append(.init("ticket", .uint(lastTicket)))
        }
        guard isNamed, let answer = node.flatMap({ driver.control($0, rule.name, arguments) }) else {
            return unfit(rule)
        }
        if !rule.outcomes.isEmpty { clients[link]?.tickets.insert(lastTicket) }
        return self.answer(answer)
    }
    private func answer(_ value: Value) -> Value { ["protocol": .text(definition.name), "answer": value] }
    private func unfit(_ rule: NodeControl) -> Value {
        refusal(
            .arguments,
            "`\(rule.name)` does not accept these arguments: \(rule.form.isEmpty ? rule.summary : rule.form)")
    }
    private var dump: [Piece] {
        let frame = Self.text(answer(.map([])))
        let rules = definition.reference.controls.filter { $0.isQuestion && $0.operand == nil }
        return [.bytes(frame.dropLast(2))]
            + rules.enumerated().map { .member($0.element, isFirst: $0.offset == 0) } + [.bytes(Array("}}\n".utf8))]
    }
    /// Sends an outcome to the client that waits for it.
    private func tell(_ event: Event) {
        guard let ticket = event.details.first(where: { $0.key == "ticket" })?.value.integer,
            let link = order.first(where: { clients[$0]?.tickets.remove(ticket) != nil })
        else { return }
        say(line(.map([.init("outcome", .text(event.name))] + event.details.filter { $0.key != "ticket" })), link)
    }
    /// Returns the value with byte strings in the hexadecimal form that users and scenarios write.
    static func plain(_ value: Value) -> Value {
        switch value {
        case .bytes(let b): .text("0x" + b.hex)
        case .list(let items): .list(items.map(plain))
        case .map(let entries): .map(entries.map { .init($0.key, plain($0.value)) })
        default: value
        }
    }
}
