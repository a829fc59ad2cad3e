import Wire

/// The texts that open payloads: a call's method, or else the type. The map is computed by reading an empty message of
/// each. If only the bytes decide between two layouts, the map has the first one.
let dxosOpenings: [String: [String: String]] = [
    "dxos.request_content.method": openings(RequestContent.self, Method.allCases.map(\.fullName), depth: 1) {
        var content = RequestContent()
        content.method = Text($0)
        return content.encoded() + [0x1a, UInt8(emptyValue.count)] + emptyValue
    },
    "dxos.payload.type_url": openings(Payload.self, TypeName.allCases.map(\.name.description), any),
    "dxos.application_payload.type_url": openings(ApplicationPayload.self, applicationTypes, any),
    "dxos.reliable_content.type_url": openings(ReliableContent.self, applicationTypes, any),
]

private let applicationTypes = ApplicationKind.allCases.compactMap(\.type?.description)

/// The field `value` of a google.protobuf.Any.
private let emptyValue: [UInt8] = [0x12, 0]

private func any(of type: String) -> [UInt8] {
    var payload = Payload()
    payload.typeURL = Text(type)
    return payload.encoded() + emptyValue
}

/// Returns the field that each text opens: the one that is read as a message, at this depth in a message of `type`.
private func openings<M: Message>(
    _ type: M.Type, _ texts: [String], depth: Int32 = 0, _ bytes: (String) -> [UInt8]
) -> [String: String] {
    var out: [String: String] = [:]
    for text in texts {
        out[text] = M.dissect(bytes(text)).nodes.last { $0.shape == .group && $0.depth == depth }?.name.description
    }
    return out
}
