import Network
import Node
import Report
import Wire

/// Where a running node is asked: takes questions as lines of JSON on a socket of this machine, and answers each with a line.
///
/// A question is `{"protocol": ..., "control": ..., "arguments": {...}}`, its answer `{"protocol": ..., "answer": ...}` or
/// `{"error": ..., "reason": ...}`. What takes its time is answered twice: at once, and with `{"outcome": ..., ...}` when it
/// is known what came of it. `dump` is the answers to all questions that need no words.
final class ControlDesk {
    /// Why a question was not answered.
    enum Refusal: String {
        /// It is no question.
        case request
        /// The node speaks another protocol.
        case `protocol`
        /// The node knows no such control.
        case control
        /// Or not with these words.
        case arguments
    }
    private struct Client {
        /// What has come of a line.
        var line: [UInt8] = []
        /// What it still waits for.
        var tickets: Set<UInt64> = []
    }
    private let definition: Definition
    private let driver: Driver<SocketNetwork>
    /// The node that answers, once it is there.
    var node: NodeID?
    let path: String
    private let listener: ListenerID
    private var clients: [LinkID: Client] = [:]
    /// Oldest first.
    private var order: [LinkID] = []
    private var lastTicket: UInt64 = 0

    /// Bytes of a question at most: one of as many ids as a message holds has three million.
    static let maximumLine = 4 << 20
    /// Those that are connected at a time; the oldest makes room.
    static let maximumClients = 16

    /// Takes questions at a path.
    init(_ path: String, _ definition: Definition, _ driver: Driver<SocketNetwork>) throws(NetworkError) {
        (self.path, self.definition, self.driver) = (path, definition, driver)
        listener = try driver.network.listen(path: path)
    }
    /// Something happened that may be for those who ask.
    func take(_ happening: Happening) {
        switch happening {
        case .opened(let link, _, let through?) where through == listener:
            clients[link] = Client()
            order.append(link)
            if order.count > Self.maximumClients { drop(order[0]) }
        case .received(let link, let bytes): read(bytes, link)
        case .ended(let link, _), .failed(let link, _): forget(link)
        case .reported(let from, let event) where from == node: tell(event)
        default: break
        }
    }
    /// Nobody can ask any more; the file goes.
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
            send(answer(line, link), link)
            if clients[link] == nil { return }
        }
        guard client.line.count > Self.maximumLine else { return }
        send(refusal(.request, "a question of more than \(Self.maximumLine) bytes"), link)
        drop(link)
    }
    private func drop(_ link: LinkID) {
        driver.close(link)
        forget(link)
    }
    private func forget(_ link: LinkID) {
        clients[link] = nil
        order.removeAll { $0 == link }
    }
    private func send(_ value: Value, _ link: LinkID) { driver.send(RunEvents.line(Self.plain(value)), on: link) }

    private func refusal(_ reason: Refusal, _ text: String) -> Value {
        ["error": .text(text), "reason": .text(reason.rawValue), "protocol": .text(definition.name)]
    }
    private func answer(_ line: [UInt8], _ link: LinkID) -> Value {
        guard let question = JSON.parse(line), case .text(let name)? = question["control"] else {
            return refusal(.request, "not a question: a line of JSON with `control` is wanted")
        }
        if let wanted = question["protocol"], wanted != .text(definition.name) {
            return refusal(.protocol, "this is a node of \(definition.name)")
        }
        var arguments: [Value.Entry] = []
        if case .map(let given)? = question["arguments"] { arguments = given }
        if name == "dump" { return answer(dump) }
        guard let rule = definition.controls.first(where: { $0.name == name }) else {
            return refusal(.control, "a node of \(definition.name) knows no `\(name)`")
        }
        let isNamed = rule.operand.map { operand in arguments.contains { $0.key == operand.name } } ?? true
        if rule.isQuestion {
            guard isNamed, let answer = node.flatMap({ driver.answer($0, name, arguments) }) else { return unfit(rule) }
            return self.answer(answer)
        }
        arguments.removeAll { $0.key == "ticket" }
        if !rule.outcomes.isEmpty {
            lastTicket += 1
            arguments.append(.init("ticket", .uint(lastTicket)))
        }
        guard isNamed, let answer = node.flatMap({ driver.control($0, name, arguments) }) else { return unfit(rule) }
        if !rule.outcomes.isEmpty { clients[link]?.tickets.insert(lastTicket) }
        return self.answer(answer)
    }
    private func answer(_ value: Value) -> Value { ["protocol": .text(definition.name), "answer": value] }
    private func unfit(_ rule: NodeControl) -> Value {
        refusal(
            .arguments, "`\(rule.name)` does not go with these words: \(rule.form.isEmpty ? rule.summary : rule.form)")
    }
    private var dump: Value {
        .map(
            definition.controls.filter { $0.isQuestion && $0.operand == nil }.compactMap { rule in
                node.flatMap { driver.answer($0, rule.name, []) }.map { .init(rule.name, $0) }
            })
    }
    /// What came of something that somebody waits for.
    private func tell(_ event: Event) {
        guard let ticket = event.details.first(where: { $0.key == "ticket" })?.value.integer,
            let link = order.first(where: { clients[$0]?.tickets.remove(ticket) != nil })
        else { return }
        send(.map([.init("outcome", .text(event.name))] + event.details.filter { $0.key != "ticket" }), link)
    }
    /// Byte strings as people and scenarios write them.
    static func plain(_ value: Value) -> Value {
        switch value {
        case .bytes(let b): .text("0x" + b.hex)
        case .list(let items): .list(items.map(plain))
        case .map(let entries): .map(entries.map { .init($0.key, plain($0.value)) })
        default: value
        }
    }
}
