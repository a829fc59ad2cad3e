public import Wire

/// The transport of a protocol.
public enum Transport: String, Sendable {
    /// A stream: messages are cut at any place.
    case tcp
    /// Datagrams: each holds whole messages.
    case udp
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
    /// The settings, abilities and well-known ports of a protocol.
    public var configuration: ProtocolConfiguration
    /// The rules that turn bytes into messages of a protocol, and messages into the messages inside of them.
    public var reading: MessageReading
    /// The passive observers of a protocol. They judge captures and watched connections.
    public var judging: TrafficJudging
    /// The names, functions and values with which scenarios of a protocol create messages.
    public var playing: ScenarioPlaying
    /// The message fields that name nodes.
    public var naming: NodeNaming
    /// The messages that answer others.
    public var exchanges: [MessageExchange]
    /// The reference node of a protocol, and the ways to control and identify nodes.
    public var reference: ReferenceImplementation
    /// The models for simulations of whole meshes of nodes.
    public var meshes: MeshModels
    /// The rules that turn captures of the protocol into scenarios.
    public var recording: RecordingRules

    /// Creates a protocol. Each protocol creates one definition of itself.
    public init(
        name: String, title: String, transport: Transport, requirementPrefix: String, messages: [any Message.Type],
        configuration: ProtocolConfiguration, reading: MessageReading, judging: TrafficJudging,
        playing: ScenarioPlaying = ScenarioPlaying(), naming: NodeNaming = NodeNaming(),
        exchanges: [MessageExchange] = [], reference: ReferenceImplementation, meshes: MeshModels = MeshModels(),
        recording: RecordingRules = RecordingRules()
    ) {
        self.name = name
        self.title = title
        self.transport = transport
        self.requirementPrefix = requirementPrefix
        self.messages = messages
        self.configuration = configuration
        self.reading = reading
        self.judging = judging
        self.playing = playing
        self.naming = naming
        self.exchanges = exchanges
        self.reference = reference
        self.meshes = meshes
        self.recording = recording
    }
    /// The messages of the protocol, then the messages of the layers below it.
    public var allMessages: [any Message.Type] {
        var names: Set<String> = []
        let all = messages + (reading.layers?.layers.flatMap(\.messages) ?? [])
        return all.filter { names.insert($0.name.description).inserted }
    }
    /// Returns the message with this name, from the protocol or from a layer below it.
    public func message(_ name: String) -> (any Message.Type)? {
        func find(_ messages: [any Message.Type]) -> (any Message.Type)? {
            messages.first { $0.name.description == name }
        }
        return find(messages) ?? reading.layers?.layers.lazy.compactMap { find($0.messages) }.first
    }
    /// The messages that scenarios can name: `allMessages`, then the inner messages.
    public var scenarioMessages: [any Message.Type] { allMessages + (reading.inner?.kinds.map(\.type) ?? []) }
    /// Returns the message with this name among `scenarioMessages`.
    public func scenarioMessage(_ name: String) -> (any Message.Type)? { message(name) ?? reading.inner?[name]?.type }
    /// The types that captures show for the content of this protocol, if it is a layer and the content has no known
    /// protocol.
    public var contents: [any Message.Type] {
        let own = reading.layers?.layers.first { $0.name == name }?.contents ?? [:]
        return own.sorted { $0.key < $1.key }.map(\.value)
    }
    /// Returns the level of a message of this name. It is 0 for the protocol's own messages and 1 for fragments of
    /// them. For the messages of the layers below, it is the position in `reading.layers`, from 1. Each level is a
    /// separate sequence.
    public func level(of message: String) -> Int {
        if isPart(message) { return 1 }
        if messages.contains(where: { $0.name.description == message }) { return 0 }
        let layer = reading.layers?.layers.firstIndex { $0.messages.contains { $0.name.description == message } }
        return layer.map { $0 + 1 } ?? 0
    }
    /// The names of the fields in `playing.drawn`.
    public var drawnNames: [String] {
        var random = Random(seed: 0)
        return playing.drawn(&random).map(\.key)
    }
    /// Returns the default values of message fields: the drawn values, then `playing.defaults`.
    public func defaults(_ settings: Settings, drawn: [Value.Entry]) -> Value {
        guard case .map(let all) = playing.defaults(settings) else { return .map(drawn) }
        return .map(drawn + all.filter { d in !drawn.contains { $0.key == d.key } })
    }
    /// Returns true if a message of this name is a fragment, which means that it is in `DatagramRules.parts`.
    public func isPart(_ name: String) -> Bool {
        reading.datagrams?.parts.contains { $0.name.description == name } ?? false
    }
}

extension Definition {
    /// Returns the settings, with the presets of parameters that are not given. Throws if a name or value is unknown.
    public func settings(profile: String? = nil, _ values: [String: String] = [:]) throws(SettingsError) -> Settings {
        let names = configuration.profiles.map(\.name)
        let profile = profile ?? names.first ?? ""
        guard names.contains(profile) else { throw SettingsError(name: "profile", value: profile, known: names) }
        var all: [String: String] = [:]
        // A parameter with a single choice is not set.
        for p in configuration.parameters where p.choices.count > 1 { all[p.name] = p.preset }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let p = configuration.parameters.first(where: { $0.name == name }) else {
                throw SettingsError(
                    name: name, value: "", known: configuration.parameters.map(\.name), isUnknownName: true)
            }
            guard p.choices.contains(value) else {
                throw SettingsError(name: name, value: value, known: p.choices, reason: p.refused[value])
            }
            all[name] = value
        }
        return Settings(profile: profile, values: all)
    }
}
