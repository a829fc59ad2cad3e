internal import Capture
internal import Node
internal import Text
internal import Wire

/// The protocol description for a page: the names that a filter may use, and the kinds of their values.
///
/// `definitions` is a list of protocols in the order in which names are looked up: `name`, and `types`, each with its
/// name and fields. `layers` is a list of the layers below them that are not protocols, in the same form. A field is a
/// list: its name, the index of its kind in `kinds` (-1 for a group), 1 for a list, the
/// index of its meaning in `meanings` (-1 if it has no meaning) and its fields.
struct CaptureSchema {
    private let definitions: [Definition]
    private var kinds: [Kind: Int] = [:]
    private var kindList: [Value] = []
    private var meanings: [FieldMeaning: Int] = [:]
    private var meaningList: [Value] = []

    init(_ definitions: [Definition]) { self.definitions = definitions }

    /// Returns the whole schema with the description of the capture.
    consuming func value(_ about: CapturePageAbout) -> Value {
        let known = definitions.map { definition in
            described(definition.name, definition.messages + definition.contents)
        }
        var names = Set(definitions.map(\.name))
        var seen = Set(definitions.flatMap { $0.messages + $0.contents }.map { ObjectIdentifier($0) })
        let layers = definitions.flatMap { $0.reading.layers?.layers ?? [] }.filter { names.insert($0.name).inserted }
            .map { layer in described(layer.name, layer.messages.filter { seen.insert(ObjectIdentifier($0)).inserted })
            }
        let shared = LineRenderer.shared(definitions).sorted { $0.key < $1.key }
        let wireshark = FilterVocabulary.wireshark.sorted { $0.key < $1.key }
        return .object([
            "title": .printable(about.title), "filter": about.filter.map { .printable($0) },
            "time": .text(about.time.rawValue), "maximumFields": .number(CaptureFields.maximum),
            "definitions": .list(known), "layers": .list(layers), "kinds": .list(kindList),
            "meanings": .list(meaningList),
            "shared": .map(shared.map { .init($0.key, .texts($0.value.sorted())) }),
            "wireshark": .map(wireshark.map { .init($0.key, .text($0.value)) }),
            "packets": .list(FilterVocabulary.packets.map { .text($0) }),
        ])
    }
    private mutating func described(_ name: String, _ types: [any Message.Type]) -> Value {
        let types = types.map { type -> Value in
            [.text(type.name.description), .list(fields(type.describe(computed: true)))]
        }
        return Value.object(["name": .text(name), "types": .list(types)])
    }
    private mutating func fields(_ all: [FieldInfo]) -> [Value] {
        all.map { field in
            [
                .text(field.name), field.kind.map { .number(number($0)) } ?? Value(-1), .number(field.isList ? 1 : 0),
                field.meaning.map { .number(number($0)) } ?? Value(-1), .list(fields(field.fields)),
            ]
        }
    }
    private mutating func number(_ kind: Kind) -> Int {
        if let known = kinds[kind] { return known }
        kinds[kind] = kindList.count
        kindList.append(Self.value(kind))
        return kindList.count - 1
    }
    private mutating func number(_ meaning: FieldMeaning) -> Int {
        if let known = meanings[meaning] { return known }
        meanings[meaning] = meaningList.count
        meaningList.append(TaggedValue.of(meaning))
        return meaningList.count - 1
    }

    /// Returns a word for the kind, its parameter, and finally the word that errors use for it.
    private static func value(_ kind: Kind) -> Value {
        let parts: [Value] =
            switch kind {
            case .uint(let bits): ["uint", .number(bits)]
            case .int: ["int", .null]
            case .float: ["float", .null]
            case .bool: ["bool", .null]
            case .code(_, let names): ["code", TaggedValue.of(names)]
            case .bytes(let count): ["bytes", count.map { .number($0) } ?? .null]
            case .text: ["text", .null]
            case .json: ["json", .null]
            }
        return .list(parts + [.text(kind.description)])
    }
}
