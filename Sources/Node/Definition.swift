public import Wire

/// How a protocol travels.
public enum Transport: String, Sendable {
    /// A stream: messages are cut anywhere.
    case tcp
    /// Datagrams: each holds whole messages.
    case udp
}

/// A setting that a protocol takes, such as `network`.
public struct Parameter: Hashable, Sendable {
    /// As in `--param name=value` and in files.
    public var name: String
    /// What it is, in a line.
    public var summary: String
    /// What it may be.
    public var choices: [String]
    /// The value when none is given.
    public var preset: String
    /// Values that are known and not supported, with the reason.
    public var refused: [String: String]
    /// A parameter with its choices.
    public init(
        _ name: String, _ summary: String, choices: [String], preset: String, refused: [String: String] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.choices = choices
        self.preset = preset
        self.refused = refused
    }
}

/// A well-known port and the setting that it implies.
public struct Port: Hashable, Sendable {
    public var number: UInt16
    /// Values of parameters, by name.
    public var implies: [String: String]
    /// A port, and the values of parameters that it implies.
    public init(_ number: UInt16, _ implies: [String: String] = [:]) {
        self.number = number
        self.implies = implies
    }
}

/// A fault that the reference node can be given, and the requirements that it breaks.
public struct Bug: Hashable, Sendable {
    /// As in `--bug name`.
    public var name: String
    /// Id of the requirement that it breaks first of all, such as `NANO-18`.
    public var requirement: String
    /// Others that it breaks as well: a case that fails at one of them has found it too.
    public var also: [String]
    /// What the node does wrong, in a line.
    public var summary: String
    /// All that it breaks, `requirement` first.
    public var requirements: [String] { [requirement] + also }
    /// A fault that breaks this requirement, and those in `also`.
    public init(_ name: String, breaks requirement: String, also: [String] = [], _ summary: String) {
        self.name = name
        self.requirement = requirement
        self.also = also
        self.summary = summary
    }
}

extension Bug {
    /// The name of a fault from that of its case in code: in lower case, with hyphens between words, of which an acronym
    /// is one; where `splitsNumbers`, a number is a word as well.
    public static func name(ofCase text: String, splitsNumbers: Bool = false) -> String {
        let letters = Array(text.utf8)
        func isWithin(_ i: Int, _ first: UInt8, _ last: UInt8) -> Bool {
            letters.indices.contains(i) && letters[i] >= first && letters[i] <= last
        }
        func isCapital(_ i: Int) -> Bool { isWithin(i, UInt8(ascii: "A"), UInt8(ascii: "Z")) }
        func isDigit(_ i: Int) -> Bool { isWithin(i, UInt8(ascii: "0"), UInt8(ascii: "9")) }
        func isSmall(_ i: Int) -> Bool { letters.indices.contains(i) && !isCapital(i) && !isDigit(i) }
        var name: [UInt8] = []
        for (i, letter) in letters.enumerated() {
            // A word begins with the only or the last capital in a row, which a number may follow.
            let beginsWord = isCapital(i) && (i > 0 && !isCapital(i - 1) || isSmall(i + 1) || isDigit(i + 1))
            let beginsNumber = splitsNumbers && isDigit(i) && isSmall(i - 1)
            if i > 0, beginsWord || beginsNumber { name.append(UInt8(ascii: "-")) }
            name.append(isCapital(i) ? letter | 0x20 : letter)
        }
        return String(decoding: name, as: UTF8.self)
    }
}

/// A protocol as the rest of the program sees it.
public struct Definition: Sendable {
    /// As in `nano.keepalive` and on the command line.
    public var name: String
    /// The protocol's name for people.
    public var title: String
    /// What carries it.
    public var transport: Transport
    /// First part of requirement ids, such as `NANO`.
    public var requirementPrefix: String
    /// Every message, once.
    public var messages: [any Message.Type]
    /// Ports on which captures look for it.
    public var ports: [Port]
    /// The first one is the default.
    public var profiles: [Named]
    /// What can be set, besides the profile.
    public var parameters: [Parameter]
    /// What a node may or may not be able to do; scenarios need them, target files deny them.
    public var capabilities: [Named]
    /// Capabilities that no node with these settings has.
    public var lacks: @Sendable (Settings) -> Set<String>
    /// Faults that the reference node can be given. Listed when they are asked for: a decoder starts without them.
    public var bugs: [Bug] {
        get { listBugs() }
        set { listBugs = { newValue } }
    }
    private var listBugs: @Sendable () -> [Bug]
    /// Signature schemes; the first one is what scenarios sign with.
    public var algorithms: [SignatureAlgorithm]
    /// Default values of message fields, such as the network and versions of a header, for what a scenario leaves out.
    public var defaults: @Sendable (Settings) -> Value
    /// Names that expressions may use, such as `genesis`.
    public var constants: @Sendable (Settings) -> [Value.Entry]
    /// Times that expressions may use, such as `idle_timeout`; names that no constant has.
    public var durations: @Sendable (Settings) -> [(name: String, duration: Duration)]
    /// Fields that are new for each case of each run: names that expressions may use, of no constant, and what messages
    /// have in place of `defaults`.
    public var drawn: @Sendable (inout Random) -> [Value.Entry]
    /// Functions that expressions may call beside the general ones.
    public var functions: [ProtocolFunction]
    /// Full paths of fields that identify the sender independently of its address, such as
    /// `nano.node_id_handshake.response.node_id`.
    public var identities: [String]
    /// Full paths of fields by which the sender tells the receiver the id that it knows it by, such as
    /// `peerpigeon.connected.data.peerId`.
    public var recipients: [String]
    /// Full paths of fields that name a peer by its id, whoever sends the message: what is said to a peer, by it or of it
    /// through others, such as `peerpigeon.offer.targetPeerId`.
    public var mentions: [String]
    /// Where a text says as what bytes beside it are opened: for each such text the field that then has them; by the type
    /// and the field that has the text, such as `dxos.payload.type_url`.
    public var openings: [String: [String: String]]
    /// How messages take several datagrams; nil: none does.
    public var datagrams: DatagramRules?
    /// Makes an observer of all datagrams of a capture, with this scrutiny and about so many bytes of memory at most;
    /// nil where each conversation is understood by itself, by `framing` and `observer`.
    public var datagramObserver: (@Sendable (Scrutiny, _ memory: Int) -> any DatagramObserver)?
    /// The kinds of participants, such as `superpeer`: values of `kind` of an actor. The first one is the default.
    public var kinds: [Named]
    /// Questions and commands to a node from its own side, such as `routes` or `find`: what `dut` steps may use.
    public var controls: [NodeControl]
    /// How to identify the node at an address; nil where the protocol has no such question.
    public var inquiry: Inquiry?
    /// The exchange with which a new address begins with a node of this kind and settings; nil: none. Over UDP only.
    public var introduction: @Sendable (Settings, _ kind: String?, inout Random) -> (any Introduction)?
    /// The cost model of meshes of its nodes; nil: none.
    public var mesh: MeshModel?
    /// What a simulation of meshes of its hubs has to know; nil: they do not pass on what clients say.
    public var relay: RelayModel?
    /// How meshes of its routers are simulated; nil: it has none.
    public var gossip: GossipModel?
    /// How captures of it become scenarios.
    public var recording: RecordingRules
    /// One direction of a stream. With settings, what does not fit them is refused; without, all is accepted.
    public var framing: @Sendable (Settings?) -> any Framing
    /// The layers below it; nil: it stands on the transport.
    public var layers: LayerStack?
    /// Tells by the first bytes that one side sent, of which there are at least 8, whether they are this protocol's.
    /// Nil: `framing` is asked, and a whole message whose content is good is certain.
    public var probe: (@Sendable (RawSpan) -> Likelihood)?
    /// The requirements that passive observers judge; of all others a capture tells nothing.
    public var observed: [ObservedRequirement]
    /// Makes a passive observer that looks so closely. With settings, it holds both sides to them.
    public var observer: @Sendable (Settings?, Scrutiny) -> any Observer
    /// Makes an observer of all connections of a capture that looks so closely, with about so many bytes of memory at
    /// most; nil where `observer` judges all that there is to judge.
    public var messageObserver: (@Sendable (Scrutiny, _ memory: Int) -> any MessageObserver)?
    /// Makes a reference node.
    public var node: @Sendable (NodeOptions) -> any Node

    /// A protocol; what is left out is as the default says. Each protocol makes one of itself.
    public init(
        name: String, title: String, transport: Transport, requirementPrefix: String, messages: [any Message.Type],
        ports: [Port] = [], profiles: [Named], parameters: [Parameter] = [], capabilities: [Named] = [],
        lacks: @escaping @Sendable (Settings) -> Set<String> = { _ in [] },
        bugs: @escaping @autoclosure @Sendable () -> [Bug] = [],
        algorithms: [SignatureAlgorithm] = [], defaults: @escaping @Sendable (Settings) -> Value = { _ in .map([]) },
        constants: @escaping @Sendable (Settings) -> [Value.Entry] = { _ in [] },
        durations: @escaping @Sendable (Settings) -> [(name: String, duration: Duration)] = { _ in [] },
        drawn: @escaping @Sendable (inout Random) -> [Value.Entry] = { _ in [] }, functions: [ProtocolFunction] = [],
        identities: [String] = [], recipients: [String] = [], mentions: [String] = [],
        openings: [String: [String: String]] = [:], datagrams: DatagramRules? = nil,
        datagramObserver: (@Sendable (Scrutiny, _ memory: Int) -> any DatagramObserver)? = nil, kinds: [Named] = [],
        controls: [NodeControl] = [], inquiry: Inquiry? = nil,
        introduction: @escaping @Sendable (Settings, _ kind: String?, inout Random) -> (any Introduction)? = {
            _, _, _ in nil
        }, mesh: MeshModel? = nil, relay: RelayModel? = nil, gossip: GossipModel? = nil,
        recording: RecordingRules = RecordingRules(),
        layers: LayerStack? = nil, framing: @escaping @Sendable (Settings?) -> any Framing,
        probe: (@Sendable (RawSpan) -> Likelihood)? = nil,
        observed: [ObservedRequirement] = [], observer: @escaping @Sendable (Settings?, Scrutiny) -> any Observer,
        messageObserver: (@Sendable (Scrutiny, _ memory: Int) -> any MessageObserver)? = nil,
        node: @escaping @Sendable (NodeOptions) -> any Node
    ) {
        self.name = name
        self.title = title
        self.transport = transport
        self.requirementPrefix = requirementPrefix
        self.messages = messages
        self.ports = ports
        self.profiles = profiles
        self.parameters = parameters
        self.capabilities = capabilities
        self.lacks = lacks
        listBugs = bugs
        self.algorithms = algorithms
        self.defaults = defaults
        self.constants = constants
        self.durations = durations
        self.drawn = drawn
        self.functions = functions
        self.identities = identities
        self.recipients = recipients
        self.mentions = mentions
        self.openings = openings
        self.datagrams = datagrams
        self.datagramObserver = datagramObserver
        self.kinds = kinds
        self.controls = controls
        self.inquiry = inquiry
        self.introduction = introduction
        self.mesh = mesh
        self.relay = relay
        self.gossip = gossip
        self.recording = recording
        self.layers = layers
        self.framing = framing
        self.probe = probe
        self.observed = observed
        self.observer = observer
        self.messageObserver = messageObserver
        self.node = node
    }
    /// Its messages, then those of the layers below it.
    public var allMessages: [any Message.Type] {
        var names: Set<String> = []
        let all = messages + (layers?.layers.flatMap(\.messages) ?? [])
        return all.filter { names.insert($0.name.description).inserted }
    }
    /// The message with this name: its own, or one of a layer below it.
    public func message(_ name: String) -> (any Message.Type)? {
        func find(_ messages: [any Message.Type]) -> (any Message.Type)? {
            messages.first { $0.name.description == name }
        }
        return find(messages) ?? layers?.layers.lazy.compactMap { find($0.messages) }.first
    }
    /// Where it is a layer itself: what captures show of what it carries, where that is no protocol's.
    public var contents: [any Message.Type] {
        let own = layers?.layers.first { $0.name == name }?.contents ?? [:]
        return own.sorted { $0.key < $1.key }.map(\.value)
    }
    /// On which level a message of this name goes: 0 for its own messages, 1 for fragments of those, and for the
    /// messages of the layers below it their order in `layers`, from 1. Each level is a sequence by itself.
    public func level(of message: String) -> Int {
        if isPart(message) { return 1 }
        if messages.contains(where: { $0.name.description == message }) { return 0 }
        let layer = layers?.layers.firstIndex { $0.messages.contains { $0.name.description == message } }
        return layer.map { $0 + 1 } ?? 0
    }
    /// Names of the fields in `drawn`.
    public var drawnNames: [String] {
        var random = Random(seed: 0)
        return drawn(&random).map(\.key)
    }
    /// Default values of message fields: what was drawn, then `defaults`.
    public func defaults(_ settings: Settings, drawn: [Value.Entry]) -> Value {
        guard case .map(let all) = defaults(settings) else { return .map(drawn) }
        return .map(drawn + all.filter { d in !drawn.contains { $0.key == d.key } })
    }
    /// Whether a message of this name is a fragment: one of `DatagramRules.parts`.
    public func isPart(_ name: String) -> Bool { datagrams?.parts.contains { $0.name.description == name } ?? false }
}

extension Definition {
    /// Settings, with the presets of parameters that are not given.
    public func settings(profile: String? = nil, _ values: [String: String] = [:]) throws(SettingsError) -> Settings {
        let names = profiles.map(\.name)
        let profile = profile ?? names.first ?? ""
        guard names.contains(profile) else { throw SettingsError(name: "profile", value: profile, known: names) }
        var all: [String: String] = [:]
        // A parameter with one choice only is not set at all.
        for p in parameters where p.choices.count > 1 { all[p.name] = p.preset }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let p = parameters.first(where: { $0.name == name }) else {
                throw SettingsError(name: name, value: "", known: parameters.map(\.name), isUnknownName: true)
            }
            guard p.choices.contains(value) else {
                throw SettingsError(name: name, value: value, known: p.choices, reason: p.refused[value])
            }
            all[name] = value
        }
        return Settings(profile: profile, values: all)
    }
}
