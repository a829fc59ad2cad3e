import Testing
import Wire

private func errors<M: Message>(_: M.Type, _ tree: Value) -> [String] { M.build(tree).1.map(\.description) }

@Test func buildingNamesEveryError() {
    #expect(
        errors(
            Probe.self, ["colour": "deb", "hihg": 3, "inner": ["prot": 1, "port": 70000], "ports": [1, "x", 70000]])
            == [
                "colour: cannot be deb, wants one of dev, live or an integer of 16 bits",
                "inner.port: cannot be 70000, wants an integer of 16 bits",
                "inner.prot: unknown field, did you mean `port`?",
                "ports[1]: cannot be x, wants an integer of 16 bits",
                "ports[2]: cannot be 70000, wants an integer of 16 bits",
                "hihg: unknown field, did you mean `high`?",
            ])
    #expect(
        errors(Probe.self, ["items": [["body": 5], ["bodi": [:]]], "query": "0x01", "label": 7])
            == [
                "query: cannot be \"0x01\", wants 4 bytes (0x and 8 hexadecimal digits)",
                "items[0].body: wants a map of fields, not 5", "items[1].bodi: unknown field, did you mean `body`?",
                "label: cannot be 7, wants text",
            ])
    #expect(errors(Probe.self, 7) == ["wants a map of fields, not 7"])
    #expect(
        errors(Probe.self, ["ports": 1, "items": "x", "zzzzz": 1]) == [
            "ports: wants a list, not 1", "items: wants a list, not x", "zzzzz: unknown field",
        ])
    #expect(errors(Probe.self, ["high": 1, "low": 2, "high": 3]) == ["high: given twice"])
    #expect(errors(Announce.self, ["maxPeer": 3]) == ["maxPeer: unknown field, did you mean `maxPeers`?"])
    // A field of another form is unknown in this form.
    #expect(errors(Probe.self, ["total": 3]) == ["total: unknown field"])
    #expect(errors(Probe.self, ["wide": true, "total": 3]) == [])
}

/// A length decides about its longer form. The error for a field that is therefore missing has the condition.
@Test func fieldsOfOtherForms() {
    #expect(errors(Frame.self, ["length_16": 300]) == ["length_16: is there only where `length` is 126"])
    #expect(errors(Frame.self, ["length": 5, "length_64": 300]) == ["length_64: is there only where `length` is 127"])
    #expect(errors(Frame.self, ["length": 126, "length_16": 300]) == [])
    #expect(Frame.conditions(of: "length_16") == [Value.Entry("length", 126)])
    #expect(Frame.conditions(of: "length") == [] && Frame.conditions(of: "payload") == [])
    #expect(Frame.conditions(of: "nothing") == [] && Probe.conditions(of: "total") == [])
    #expect(Frame.has("length_64", beside: [Value.Entry("length", "0x7f")]))
    #expect(!Frame.has("length_64", beside: [Value.Entry("length", 126)]))
}

@Test func bitsMustFit() {
    #expect(errors(Probe.self, ["high": 31, "low": 7]) == [])
    #expect(
        errors(Probe.self, ["high": 32, "low": 8]) == [
            "high: cannot be 32, wants an integer of 5 bits", "low: cannot be 8, wants an integer of 3 bits",
        ])
    #expect(Probe.encode(["high": 31, "low": 7]).bytes[3] == 0xff && Probe.encode(["high": 1]).bytes[3] == 8)
}

@Test func nullTakesAFieldAway() {
    #expect(Probe.encode(["query": .null, "inner": .null]).bytes == Probe().encoded())
    #expect(errors(Probe.self, ["query": .null, "inner": .null, "flags": .null]) == [])
    #expect(errors(Probe.self, ["high": .null]).count == 1, "what is always there cannot be taken away")
}

@Test func encodingThroughTheCatalogue() {
    for type in catalogue {
        let (bytes, errors) = type.encode([:])
        #expect(errors == [])
        #expect(!bytes.isEmpty || type.form == .protobuf || type == Body.self, "\(type.name)")
        #expect(type.encode(["no such field": 1]).errors.count == 1)
    }
    // If there are errors, the valid fields are encoded anyway.
    #expect(Probe.encode(["high": 1, "low": 99]).bytes[3] == 8)
}

@Test func descriptions() throws {
    for type in catalogue { #expect(!type.describe().isEmpty, "\(type.name)") }
    let fields = Probe.describe()
    #expect(
        fields.map(\.name) == [
            "magic", "colour", "high", "low", "flags", "wide", "query", "inner", "port_count", "ports", "item_count",
            "items", "label_length", "label", "total",
        ])
    func field(_ path: String) throws -> FieldInfo { try #require(Probe.field(path), "\(path)") }
    let colour = try field("colour")
    #expect(colour.kind == .code(bits: 16, Colour.names) && colour.byteCount == 2 && colour.encoding == .big)
    #expect(!colour.isOptional && !colour.isList && !colour.isDerived && !colour.isConditional)
    let flags = try field("flags")
    #expect(flags.isDerived && flags.encoding == .little && flags.byteCount == 2)
    let query = try field("query")
    #expect(query.isOptional && query.byteCount == 4 && query.kind == .bytes(count: 4))
    let inner = try field("inner")
    #expect(
        inner.byteCount == 6 && inner.isOptional && inner.kind == nil && inner.fields.map(\.name) == ["port", "key"])
    #expect(try field("inner.port").encoding == .little)
    let ports = try field("ports")
    #expect(ports.isList && ports.byteCount == 2 && ports.encoding == .big)
    #expect(try field("items[0].body.data").byteCount == nil && field("items").byteCount == nil)
    #expect(try field("high").layout == .bits(5) && field("high").byteCount == nil)
    #expect(try field("wide").layout == .implied && field("wide").byteCount == 0)
    #expect(try field("label_length").encoding == .varint && field("label_length").byteCount == nil)
    let total = try field("total")
    #expect(total.isConditional && !total.isOptional && total.encoding == .little)
    #expect(try field("magic").layout == .constant(.big) && field("magic").byteCount == 1)
    #expect(Probe.field("inner.prot") == nil && Probe.field("") == nil)
    // By number and by name.
    let backoff = try #require(RPC.field("control.prune.backoff"))
    #expect(backoff.isOptional && backoff.encoding == .varint && backoff.byteCount == nil)
    #expect(RPC.field("publish.data")?.encoding == nil && RPC.field("publish")?.isList == true)
    #expect(Offer.field("type")?.isOptional == false && Offer.field("data")?.kind == .json)
    // Sections: the fields of one kind are missing in the others. The order follows the forms.
    let section = try #require(Body.field("sections"))
    #expect(
        section.fields.map(\.name) == [
            "section", "flags", "recLen", "count", "opaque", "targets", "superpeers", "peers",
        ])
    #expect(Body.field("sections.peers")?.byteCount == 24 && Body.field("sections.peers")?.isConditional == true)
}
