public import Wire

/// The transport of a protocol.
public enum Transport: String, Sendable {
    /// A stream: messages are cut at any place.
    case tcp
    /// Datagrams: each holds whole messages.
    case udp
}

/// A setting that a protocol takes, such as `network`.
public struct Parameter: Hashable, Sendable {
    /// The name, as in `--param name=value` and in files.
    public var name: String
    /// A description in one line.
    public var summary: String
    /// The allowed values.
    public var choices: [String]
    /// The default value.
    public var preset: String
    /// The values that are known but not supported, with the reason.
    public var refused: [String: String]
    /// Creates a parameter with its choices.
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
    /// The implied values of parameters, by name.
    public var implies: [String: String]
    /// Creates a port with the values of parameters that it implies.
    public init(_ number: UInt16, _ implies: [String: String] = [:]) {
        self.number = number
        self.implies = implies
    }
}

/// A seeded fault of the reference node, and the requirements that it breaks.
public struct Bug: Hashable, Sendable {
    /// The name, as in `--bug name`.
    public var name: String
    /// The id of the main requirement that it breaks, such as `NANO-18`.
    public var requirement: String
    /// Other requirements that it breaks: a case that fails at any of them has found the fault too.
    public var also: [String]
    /// A description of the wrong behaviour, in one line.
    public var summary: String
    /// All requirements that it breaks, `requirement` first.
    public var requirements: [String] { [requirement] + also }
    /// Creates a fault that breaks this requirement and those in `also`.
    public init(_ name: String, breaks requirement: String, also: [String] = [], _ summary: String) {
        self.name = name
        self.requirement = requirement
        self.also = also
        self.summary = summary
    }
}

extension Bug {
    /// Returns the name of a fault from the name of its case in code: in lower case, with hyphens between words. An
    /// acronym is one word. With `splitsNumbers`, a number is a word too.
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
            // A word begins with the only or the last capital in a row; a number may follow the capital.
            let beginsWord = isCapital(i) && (i > 0 && !isCapital(i - 1) || isSmall(i + 1) || isDigit(i + 1))
            let beginsNumber = splitsNumbers && isDigit(i) && isSmall(i - 1)
            if i > 0, beginsWord || beginsNumber { name.append(UInt8(ascii: "-")) }
            name.append(isCapital(i) ? letter | 0x20 : letter)
        }
        return String(decoding: name, as: UTF8.self)
    }
}

/// The definition of a protocol for the rest of the program.
public struct Definition: Sendable {
    /// The name, as in `nano.keepalive` and on the command line.
    public var name: String
    /// The protocol's name for people.
    public var title: String
    /// The transport of the protocol.
    public var transport: Transport
    /// The first part of requirement ids, such as `NANO`.
    public var requirementPrefix: String
    /// All messages, each once.
    public var messages: [any Message.Type]
    /// The ports on which captures look for the protocol.
    public var ports: [Port]
    /// The profiles; the first one is the default.
    public var profiles: [Named]
    /// The settings besides the profile.
    public var parameters: [Parameter]
    /// The optional abilities of a node. Scenarios need them, target files deny them.
    public var capabilities: [Named]
    /// Returns the capabilities that no node with these settings has.
    public var lacks: @Sendable (Settings) -> Set<String>
    /// The capabilities that a node elsewhere may have although `lacks` returns them, because the settings only describe
    /// the reference node. If the user declares one of them, its cases run.
    public var declarable: Set<String>
    /// Returns the parameters that have no effect on a reference node of this kind over sockets, each with the reason.
    public var idle: @Sendable (Settings, _ kind: String?) -> [Named]
    /// The values of parameters with which a node has no bus that another protocol could carry, by parameter.
    public var busless: [String: String]
    /// The seeded faults of the reference node. The list is created when it is read, so that a decoder starts without
    /// it.
    public var bugs: [Bug] {
        get { listBugs() }
        set { listBugs = { newValue } }
    }
    private var listBugs: @Sendable () -> [Bug]
    /// The signature schemes; scenarios sign with the first one.
    public var algorithms: [SignatureAlgorithm]
    /// Returns the default values of message fields that a scenario leaves out, such as the network and versions of a
    /// header.
    public var defaults: @Sendable (Settings) -> Value
    /// Returns the names that expressions may use, such as `genesis`.
    public var constants: @Sendable (Settings) -> [Value.Entry]
    /// Returns the times that expressions may use, such as `idle_timeout`; no constant has the same name.
    public var durations: @Sendable (Settings) -> [(name: String, duration: Duration)]
    /// Draws fields that are new for each case of each run. Expressions may use their names, which no constant has.
    /// Messages have these values in place of `defaults`.
    public var drawn: @Sendable (inout Random) -> [Value.Entry]
    /// The functions that expressions may call besides the general ones.
    public var functions: [ProtocolFunction]
    /// The full paths of fields that identify the sender independently of its address, such as
    /// `nano.node_id_handshake.response.node_id`.
    public var identities: [String]
    /// The full paths of fields in which the sender states the id under which it knows the receiver, such as
    /// `peerpigeon.connected.data.peerId`.
    public var recipients: [String]
    /// The full paths of fields that name a peer by its id, regardless of the sender: in messages to a peer, from it,
    /// or about it through others, such as `peerpigeon.offer.targetPeerId`.
    public var mentions: [String]
    /// The form of the ids in `identities`, `recipients` and `mentions`; nil for hexadecimal digits, or text as it is.
    public var peerNames: PeerNames?
    /// The fields that hold opened bytes. A text names the type as which adjacent bytes are opened. For each such text,
    /// the map has the field that then holds them. The keys are the message type and the field of the text, such as
    /// `dxos.payload.type_url`.
    public var openings: [String: [String: String]]
    /// The rules for messages that take several datagrams; nil: no message does.
    public var datagrams: DatagramRules?
    /// Creates an observer of all datagrams of a capture, with this scrutiny and at most about `memory` bytes. Nil if
    /// `framing` and `observer` can judge each conversation by itself.
    public var datagramObserver: (@Sendable (Scrutiny, _ memory: Int) -> any DatagramObserver)?
    /// The kinds of participants, such as `superpeer`: the values of `kind` of an actor. The first one is the default.
    public var kinds: [Named]
    /// The questions and commands to a node from its own side, such as `routes` or `find`, which `dut` steps may use.
    public var controls: [NodeControl]
    /// The way to identify the node at an address; nil if the protocol cannot do it.
    public var inquiry: Inquiry?
    /// Returns the exchange with which a new address begins with a node of this kind and settings; nil: no exchange.
    /// Only over UDP.
    public var introduction: @Sendable (Settings, _ kind: String?, inout Random) -> (any Introduction)?
    /// The cost model of meshes of its nodes; nil: no model.
    public var mesh: MeshModel?
    /// The model for simulations of meshes of its hubs; nil: hubs do not pass on messages between clients.
    public var relay: RelayModel?
    /// The model for simulations of meshes of its routers; nil: the protocol has no routers.
    public var gossip: GossipModel?
    /// The rules that turn captures of the protocol into scenarios.
    public var recording: RecordingRules
    /// Creates the framing of one direction of a stream. With settings, it refuses messages that do not fit them;
    /// without settings it accepts all.
    public var framing: @Sendable (Settings?) -> any Framing
    /// The layers below the protocol; nil: it is directly on the transport.
    public var layers: LayerStack?
    /// The messages inside of the protocol's messages; nil: scenarios know none.
    public var inner: InnerMessages?
    /// Judges from the first bytes that one side sent, at least 8, if they belong to this protocol. Nil: `framing` is
    /// used, and a whole message with valid content is certain.
    public var probe: (@Sendable (RawSpan) -> Likelihood)?
    /// The requirements that passive observers judge; a capture gives no information on all others.
    public var observed: [ObservedRequirement]
    /// Creates a passive observer with this scrutiny. With settings, it holds both sides to them.
    public var observer: @Sendable (Settings?, Scrutiny) -> any Observer
    /// Creates an observer of all connections of a capture, with this scrutiny and at most about `memory` bytes. Nil if
    /// `observer` judges everything.
    public var messageObserver: (@Sendable (Scrutiny, _ memory: Int) -> any MessageObserver)?
    /// Creates a reference node.
    public var node: @Sendable (NodeOptions) -> any Node

    /// Creates a protocol; arguments that are left out have their defaults. Each protocol creates one definition of
    /// itself.
    public init(
        name: String, title: String, transport: Transport, requirementPrefix: String, messages: [any Message.Type],
        ports: [Port] = [], profiles: [Named], parameters: [Parameter] = [], capabilities: [Named] = [],
        lacks: @escaping @Sendable (Settings) -> Set<String> = { _ in [] }, declarable: Set<String> = [],
        idle: @escaping @Sendable (Settings, _ kind: String?) -> [Named] = { _, _ in [] },
        busless: [String: String] = [:],
        bugs: @escaping @autoclosure @Sendable () -> [Bug] = [],
        algorithms: [SignatureAlgorithm] = [], defaults: @escaping @Sendable (Settings) -> Value = { _ in .map([]) },
        constants: @escaping @Sendable (Settings) -> [Value.Entry] = { _ in [] },
        durations: @escaping @Sendable (Settings) -> [(name: String, duration: Duration)] = { _ in [] },
        drawn: @escaping @Sendable (inout Random) -> [Value.Entry] = { _ in [] }, functions: [ProtocolFunction] = [],
        identities: [String] = [], recipients: [String] = [], mentions: [String] = [], peerNames: PeerNames? = nil,
        openings: [String: [String: String]] = [:], datagrams: DatagramRules? = nil,
        datagramObserver: (@Sendable (Scrutiny, _ memory: Int) -> any DatagramObserver)? = nil, kinds: [Named] = [],
        controls: [NodeControl] = [], inquiry: Inquiry? = nil,
        introduction: @escaping @Sendable (Settings, _ kind: String?, inout Random) -> (any Introduction)? = {
            _, _, _ in nil
        }, mesh: MeshModel? = nil, relay: RelayModel? = nil, gossip: GossipModel? = nil,
        recording: RecordingRules = RecordingRules(),
        layers: LayerStack? = nil, inner: InnerMessages? = nil, framing: @escaping @Sendable (Settings?) -> any Framing,
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
        self.declarable = declarable
        self.idle = idle
        self.busless = busless
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
        self.peerNames = peerNames
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
        self.inner = inner
        self.framing = framing
        self.probe = probe
        self.observed = observed
        self.observer = observer
        self.messageObserver = messageObserver
        self.node = node
    }
    /// The messages of the protocol, then the messages of the layers below it.
    public var allMessages: [any Message.Type] {
        var names: Set<String> = []
        let all = messages + (layers?.layers.flatMap(\.messages) ?? [])
        return all.filter { names.insert($0.name.description).inserted }
    }
    /// Returns the message with this name, from the protocol or from a layer below it.
    public func message(_ name: String) -> (any Message.Type)? {
        func find(_ messages: [any Message.Type]) -> (any Message.Type)? {
            messages.first { $0.name.description == name }
        }
        return find(messages) ?? layers?.layers.lazy.compactMap { find($0.messages) }.first
    }
    /// The messages that scenarios can name: `allMessages`, then the inner messages.
    public var scenarioMessages: [any Message.Type] { allMessages + (inner?.kinds.map(\.type) ?? []) }
    /// Returns the message with this name among `scenarioMessages`.
    public func scenarioMessage(_ name: String) -> (any Message.Type)? { message(name) ?? inner?[name]?.type }
    /// The types that captures show for the content of this protocol, if it is a layer and the content has no known
    /// protocol.
    public var contents: [any Message.Type] {
        let own = layers?.layers.first { $0.name == name }?.contents ?? [:]
        return own.sorted { $0.key < $1.key }.map(\.value)
    }
    /// Returns the level of a message of this name. It is 0 for the protocol's own messages and 1 for fragments of
    /// them. For the messages of the layers below, it is the position in `layers`, from 1. Each level is a separate
    /// sequence.
    public func level(of message: String) -> Int {
        if isPart(message) { return 1 }
        if messages.contains(where: { $0.name.description == message }) { return 0 }
        let layer = layers?.layers.firstIndex { $0.messages.contains { $0.name.description == message } }
        return layer.map { $0 + 1 } ?? 0
    }
    /// The names of the fields in `drawn`.
    public var drawnNames: [String] {
        var random = Random(seed: 0)
        return drawn(&random).map(\.key)
    }
    /// Returns the default values of message fields: the drawn values, then `defaults`.
    public func defaults(_ settings: Settings, drawn: [Value.Entry]) -> Value {
        guard case .map(let all) = defaults(settings) else { return .map(drawn) }
        return .map(drawn + all.filter { d in !drawn.contains { $0.key == d.key } })
    }
    /// Returns true if a message of this name is a fragment, which means that it is in `DatagramRules.parts`.
    public func isPart(_ name: String) -> Bool { datagrams?.parts.contains { $0.name.description == name } ?? false }
}

extension Definition {
    /// Returns the settings, with the presets of parameters that are not given. Throws if a name or value is unknown.
    public func settings(profile: String? = nil, _ values: [String: String] = [:]) throws(SettingsError) -> Settings {
        let names = profiles.map(\.name)
        let profile = profile ?? names.first ?? ""
        guard names.contains(profile) else { throw SettingsError(name: "profile", value: profile, known: names) }
        var all: [String: String] = [:]
        // A parameter with a single choice is not set.
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
