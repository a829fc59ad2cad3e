internal import Node
internal import Wire

/// A message or event that must arrive, or must never arrive: the content of `expect`, of `never`, and of a branch of
/// `alt`.
struct Expectation: Sendable {
    var link: String
    var what: What
    var whatSpan: Span
    var within: Template?
    var window: (from: Template, to: Template)?
    /// The duration `for` of a `never` step.
    var lasting: Template?
    var since: String?
    /// True if records that do not match are skipped.
    var anyOrder = false
    /// The number of matches that must arrive.
    var count = 1
    /// The queue of its messages.
    var queue = Queue.own
    /// Returns whether both expectations take records from the same queue.
    func isBeside(_ other: Self) -> Bool { link == other.link && queue == other.queue }

    enum What: Sendable {
        /// A message; the name is nil for any message.
        case message(String?, PatternTemplate?)
        /// Exactly these bytes, regardless of their meaning.
        case raw(Template)
        case closed
        /// The name of the message; nil for any message, or if a message is not expected.
        var message: String? { if case .message(let name, _) = self { name } else { nil } }
    }
    var wanted: String {
        switch what {
        case .message(let name, let p): (name ?? "any message") + (p == nil ? "" : " like this")
        case .raw: "these bytes"
        case .closed: "the connection to be closed"
        }
    }
    /// The rules for the messages and events that `expect` and `never` wait for.
    static let rules = [
        Constraint(.some(["msg", "event", "raw"]), .missingKey, "`msg` or `event` is missing"),
        Constraint(.apart("event", ["msg"]), .unknownKey, "either `msg` or `event`"),
        Constraint(.apart("fields", ["event", "raw"]), .unknownKey, "`fields` needs `msg`"),
    ]
    /// Returns whether it takes every record that another expectation on the same link would take, for at least as
    /// long.
    func takesAll(of other: Expectation) -> Bool {
        guard link == other.link, window == nil, other.window == nil, since == other.since, count == 1,
            other.count == 1,
            let mine = within, let theirs = other.within, mine.isNotShorter(than: theirs)
        else { return false }
        switch (what, other.what) {
        case (.message(nil, _), .message): return true
        // An expectation that skips records may find one after a record that stops the other.
        case (.message(let a?, nil), .message(let b?, _)): return a == b && (anyOrder || !other.anyOrder)
        case (.closed, .closed): return anyOrder || !other.anyOrder
        default: return false
        }
    }
}

extension Template {
    fileprivate func isNotShorter(than other: Template) -> Bool {
        switch (self, other) {
        case (.time(let a), .time(let b)): a >= b
        case (.expression(let a), .expression(let b)): a.text == b.text
        default: false
        }
    }
}

extension Loader {
    mutating func expectation(_ node: YAMLNode, _ shape: Schema, _ span: Span) -> Expectation? {
        guard let m = members(node, shape, at: span) else { return nil }
        let link = link(m["via"])
        let what = what(m, node)
        let within = time(m["within"], "within")
        let window = window(m["window"])
        let lasting = time(m["for"], "for")
        let since = since(m["since"])
        let anyOrder = word(m["order"], "order", among: ["any", "strict"]) == "any"
        guard let link, let what else { return nil }
        return Expectation(
            link: link, what: what.0, whatSpan: what.1, within: within, window: window, lasting: lasting,
            since: since, anyOrder: anyOrder, count: number(m["count"], "count", 1...100_000) ?? 1,
            queue: what.0.message.map { definition?.queue(of: $0) ?? .own } ?? .own)
    }
    /// Returns the record that `msg`, `event` and `fields` describe.
    mutating func what(_ m: Members, _ node: YAMLNode) -> (Expectation.What, Span)? {
        if let event = m["event"] {
            return word(event, "event", among: ["closed"]).map { _ in (.closed, event.span) }
        }
        if let raw = m["raw"] {
            return (.raw(leaf(raw, .bytes(count: nil), "raw")), raw.span)
        }
        guard let msg = m["msg"] else { return nil }
        if case .scalar("any", _) = msg.content {
            if let f = m["fields"] { report(.unknownKey, "`fields` needs `msg` with the name of a message", f.span) }
            return (.message(nil, nil), msg.span)
        }
        guard let (name, known) = message(msg, orInner: true) else { return nil }
        return (.message(name, m["fields"].map { pattern($0, known, name) }), msg.span)
    }
    /// Returns the mark that times count from.
    mutating func since(_ node: YAMLNode?) -> String? {
        guard let node, let name = text(node, "since") else { return nil }
        uses.append((name, node.span))
        return own(name)
    }
}
