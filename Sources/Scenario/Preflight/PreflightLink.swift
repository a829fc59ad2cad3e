internal import Network
internal import Node
internal import Wire

/// A question that is asked over its own link, with our ends of the layers below it.
struct PreflightLink {
    /// The time at which the question is repeated.
    private(set) var again = Instant.never
    /// True if the link or its layers have ended.
    private(set) var isOver = false
    /// True if the link serves the question of another link, and its own answer is not used.
    let isErrand: Bool
    /// True if the errand of the question was taken.
    private var hasGivenErrand = false
    private var isLeaving = false
    private let link: LinkID
    private let definition: Definition
    private var question: any Question
    private var ends: LayerEnds?
    private var said: [UInt8] = []
    /// The bytes received for the protocol, at most `longestEcho` of them.
    private var heard: [UInt8] = []
    private static let longestEcho = 1 << 16
    /// The first bytes received over the link, and the first bytes that our layers sent.
    private var first: [UInt8] = []
    private var firstSent: [UInt8] = []
    /// The number of bytes that must be equal to recognize an echo. Both sides of a layer may begin with the same
    /// bytes.
    private static let beginning = 32
    private var isOpen = false
    /// True if the handshakes of the layers are complete, so that the node can answer the question.
    private var hasBegun = false
    private var refusal: String?
    private var status: CloseStatus?

    init(
        _ question: any Question, on link: LinkID, to address: Endpoint, _ definition: Definition,
        _ settings: Settings, _ random: Random, isErrand: Bool = false
    ) {
        self.isErrand = isErrand
        self.link = link
        self.question = question
        self.definition = definition
        // A protocol that is itself the lowest layer has its own messages to ask with.
        guard let stack = definition.reading.layers, definition.name != stack.bottom else { return }
        let target = question.target(settings.resource?.target ?? "")
        ends = LayerEnds(.init(stack, peer: address, target: target, settings, random), .us)
    }
    /// The time at which `wake` must be called.
    var due: Instant { Instant.earlier(again, ends?.deadline) ?? .never }
    /// True while the layers perform their handshakes.
    var isRaising: Bool { ends != nil && !hasBegun }
    /// True if the answer identifies the node but more of it may follow.
    var isPartly: Bool { if case .partial = question.answer { true } else { false } }

    mutating func begin(_ driver: Driver) {
        isOpen = true
        withEnds(driver) { $0.begin(driver.now, &$1) }
        if ends == nil { stand(driver) }
    }
    private mutating func stand(_ driver: Driver) {
        hasBegun = true
        question.begin()
        say(driver)
        for id in question.channels { withEnds(driver) { _ = $0.open(id, in: [], driver.now, &$1) } }
    }
    mutating func receive(_ bytes: [UInt8], _ driver: Driver) {
        first += bytes.prefix(Self.beginning - first.count)
        guard ends != nil else { return hear(bytes, driver) }
        var content: [LayerContent] = []
        withEnds(driver) { $0.receive(bytes.span.bytes, at: driver.now, into: &content, in: &$1) }
        for item in content {
            switch item {
            case .bytes(definition.name, let bytes, _): hear(bytes, driver)
            case .message(definition.name, let bytes, _, _): hear(bytes, driver)
            default: break
            }
        }
    }
    mutating func wake(_ driver: Driver) {
        guard let due = ends?.deadline, due <= driver.now else { return }
        withEnds(driver) { $0.wake(driver.now, &$1) }
    }
    private mutating func withEnds(_ driver: Driver, _ body: (inout LayerEnds, inout LayerTurn) -> Void) {
        guard !isOver, ends != nil else { return }
        var turn = LayerTurn()
        if var own = ends.take() {
            body(&own, &turn)
            ends = own
        }
        firstSent += turn.down.prefix(Self.beginning - firstSent.count)
        if !turn.down.isEmpty { driver.send(turn.down, on: link) }
        if !turn.events.isEmpty { question.note(turn.events) }
        refusal = turn.refusal ?? refusal
        status = turn.status ?? status
        isOver = turn.isOver
        if !hasBegun, !isOver, ends?.isUp == true { stand(driver) }
    }
    private mutating func hear(_ bytes: [UInt8], _ driver: Driver) {
        heard += bytes.prefix(Self.longestEcho - heard.count)
        if isEcho { return }
        question.hear(bytes.span.bytes, at: driver.now)
        if definition.transport == .udp { heard = [] }
        if question.message != said { say(driver) }
    }
    private var isEcho: Bool { !said.isEmpty && heard == said }
    /// Sends the message that the question currently has.
    mutating func say(_ driver: Driver) {
        guard isOpen, hasBegun else { return }
        said = question.message
        if definition.transport == .udp { again = driver.now + Preflight.repetition }
        send(said, driver)
    }
    private mutating func send(_ bytes: [UInt8], _ driver: Driver) {
        guard !bytes.isEmpty else { return }
        guard ends != nil else { return driver.send(bytes, on: link) }
        let (name, kind) = (definition.name, definition.reading.layers?.kind(bytes.span.bytes) ?? 0)
        withEnds(driver) { _ = $0.send(bytes, kind: kind, into: name, driver.now, &$1) }
    }
    /// The outcome of the question; nil if it is not known yet.
    var outcome: Preflight.Outcome? {
        if isEcho { return .echo }
        switch question.answer {
        case .whole(let found), .partial(let found): return .found(found)
        case .foreign(let bytes): return .foreign(bytes)
        case .refused(let why): return .refused(definition.name, why: why)
        case .none: break
        }
        guard isOver else { return nil }
        guard let rising = ends?.rising else { return .silent(closes: true, saying: closing) }
        if first.count == Self.beginning, first == firstSent { return .echo }
        return .refused(rising, why: refusal ?? ending)
    }
    private var closing: String {
        status.map { "\($0.code)" + ($0.reason.isEmpty ? "" : " \($0.reason)") } ?? ""
    }
    private var ending: String {
        first.isEmpty ? "it closes the connection" : "it sends \(Preflight.text(of: first)) and closes the connection"
    }
    /// Handles that the node closed the link. Returns nil if there is no final outcome, for example because the node
    /// has sent nothing.
    mutating func close(_ driver: Driver) -> Preflight.Outcome? {
        // If the layers end without a close status, there is no reason to report.
        let words = status
        withEnds(driver) { $0.closed(driver.now, &$1) }
        (status, isOver) = (words, true)
        guard let outcome, !isPartly, outcome != .silent(closes: true) else { return nil }
        return outcome
    }
    /// Returns the errand of the question, once.
    mutating func takeErrand() -> (any Question)? {
        guard !hasGivenErrand, let errand = question.errand else { return nil }
        hasGivenErrand = true
        return errand
    }
    /// Begins to close the link of an errand that has an outcome. Returns true if the link is over.
    mutating func endErrand(_ driver: Driver) -> Bool {
        if !isLeaving, outcome != nil {
            isLeaving = true
            return !sayGoodbye(driver)
        }
        return isOver
    }
    /// The outcome if the check stops waiting now; nil if the link is not open or the protocol has no layers.
    var unfinished: Preflight.Outcome? {
        guard isOpen, let ends else { return nil }
        if let rising = ends.rising {
            return first.isEmpty
                ? .silent(closes: false, saying: "it accepts connections but sends nothing")
                : .refused(rising, why: "it sends \(Preflight.text(of: first)), but does not continue the exchange")
        }
        let stands = definition.reading.layers.map { stack in stack[stack.bottom]?.title ?? stack.bottom } ?? ""
        return .silent(closes: false, saying: "\(stands) is established, but nothing arrives over it")
    }
    /// Sends a goodbye. Returns whether the node may answer it.
    mutating func sayGoodbye(_ driver: Driver) -> Bool {
        guard isOpen, !isOver else { return false }
        again = .never
        if !question.goodbye.isEmpty {
            send(question.goodbye, driver)
            return true
        }
        guard hasBegun, ends != nil else { return false }
        withEnds(driver) { $0.close(driver.now, &$1) }
        return !isOver
    }
}
