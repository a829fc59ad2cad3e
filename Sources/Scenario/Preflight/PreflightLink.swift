internal import Network
internal import Node
internal import Wire

/// A question that is asked over a link of its own, with the ends of the layers that it is asked above.
struct PreflightLink {
    /// When the question is said again.
    private(set) var again = Instant.never
    /// The link, or its layers, came to their end.
    private(set) var isOver = false
    private let link: LinkID
    private let definition: Definition
    private var question: any Question
    private var ends: LayerEnds?
    private var said: [UInt8] = []
    /// What came of the protocol, at most so much of it.
    private var heard: [UInt8] = []
    private static let longestEcho = 1 << 16
    /// The first bytes that came over the link, and that the layers sent.
    private var first: [UInt8] = []
    private var firstSent: [UInt8] = []
    /// So many are enough to know an echo: both sides of layers may begin alike.
    private static let beginning = 32
    private var isOpen = false
    /// The question may be answered: the layers stand.
    private var hasBegun = false
    private var refusal: String?
    private var status: CloseStatus?

    init(
        _ question: any Question, on link: LinkID, to address: Endpoint, _ definition: Definition,
        _ settings: Settings, _ random: Random
    ) {
        self.link = link
        self.question = question
        self.definition = definition
        // A protocol that is the lowest layer itself has messages to ask with.
        guard let stack = definition.layers, definition.name != stack.bottom else { return }
        let target = question.target(settings.resource?.target ?? "")
        ends = LayerEnds(.init(stack, peer: address, target: target, settings, random), .us)
    }
    /// When `wake` is wanted.
    var due: Instant { Instant.earlier(again, ends?.deadline) ?? .never }
    /// The layers are on their way.
    var isRaising: Bool { ends != nil && !hasBegun }
    /// The answer says who it is, and more may follow.
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
        withEnds(driver) { $0.receive(bytes.span.bytes, driver.now, &content, &$1) }
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
    /// Says what the question wants said.
    mutating func say(_ driver: Driver) {
        guard isOpen, hasBegun else { return }
        said = question.message
        if definition.transport == .udp { again = driver.now + Preflight.repetition }
        send(said, driver)
    }
    private mutating func send(_ bytes: [UInt8], _ driver: Driver) {
        guard !bytes.isEmpty else { return }
        guard ends != nil else { return driver.send(bytes, on: link) }
        let (name, kind) = (definition.name, definition.layers?.kind(bytes.span.bytes) ?? 0)
        withEnds(driver) { _ = $0.send(bytes, kind: kind, into: name, driver.now, &$1) }
    }
    /// What came of the question; nil: it is not known yet.
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
        first.isEmpty ? "it closes the connection" : "it says \(Preflight.text(of: first)) and closes the connection"
    }
    /// The node closed the link. Nil: it has said nothing.
    mutating func close(_ driver: Driver) -> Preflight.Outcome? {
        // What ends without a word of its own has none.
        let words = status
        withEnds(driver) { $0.closed(driver.now, &$1) }
        (status, isOver) = (words, true)
        guard let outcome, !isPartly, outcome != .silent(closes: true) else { return nil }
        return outcome
    }
    /// What it comes to where nothing more is waited for; nil: nothing has come.
    var unfinished: Preflight.Outcome? {
        guard isOpen, let ends else { return nil }
        if let rising = ends.rising {
            return first.isEmpty
                ? .silent(closes: false, saying: "it takes connections and says nothing")
                : .refused(rising, why: "it says \(Preflight.text(of: first)), and then nothing that goes on")
        }
        let stands = definition.layers.map { stack in stack[stack.bottom]?.title ?? stack.bottom } ?? ""
        return .silent(closes: false, saying: "\(stands) stands, and nothing comes over it")
    }
    /// Whether a goodbye was said that the node may answer.
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
