@testable import Node
import Wire

/// An observer that reports a repeated `ask X`, an `ask X` that is never answered, and an `answer X` without a
/// question, over all connections of the capture. It also reports the side that ended a channel, and the connections
/// that are over.
struct ToyQuestions: MessageObserver {
    private var asked: [String: HeardMessage] = [:]
    private var answered: [String: HeardMessage] = [:]
    /// True if a message was not seen that may be a question.
    private var isDoubtful = false
    private var ends: [HeardFinding] = []
    private var last: [HeardChannel: HeardMessage] = [:]

    mutating func observe(_ message: HeardMessage, _ bytes: RawSpan, into findings: inout [Finding]) {
        guard let text = try? ToyText(copying: bytes) else { return }
        last[message.channel] = message
        let words = String(decoding: text.body.own ?? [], as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 2 else { return }
        if words[0] == "answer" {
            answered[words[1]] = message
        } else if let before = asked.updateValue(message, forKey: words[1]) {
            findings.append(Finding(.violation, "TOY-02", path: "body", "asked in record \(before.record) already"))
        }
    }
    mutating func miss(_ channel: HeardChannel) { isDoubtful = true }
    mutating func end(_ channel: HeardChannel, by sender: Opener, isClosed: Bool) {
        guard isClosed, let message = last[channel] else { return }
        ends.append(HeardFinding(Finding(.info, path: "", "\(channel.path) closed by \(sender)"), about: message))
    }
    mutating func end(connection: Int) {
        guard let message = last.values.first(where: { $0.channel.connection == connection }) else { return }
        ends.append(HeardFinding(Finding(.info, path: "", "connection \(connection) is over"), about: message))
    }
    mutating func finish(into findings: inout [HeardFinding]) {
        func tell(_ words: [String: HeardMessage], without others: [String: HeardMessage], _ what: String) {
            for (word, message) in words.sorted(by: { $0.value.record < $1.value.record }) where others[word] == nil {
                let finding = Finding(isDoubtful ? .warning : .violation, "TOY-02", path: "", "\(word) \(what)")
                findings.append(HeardFinding(finding, about: message))
            }
        }
        tell(asked, without: answered, "was never answered")
        tell(answered, without: asked, "was never asked")
        findings += ends
    }
}
