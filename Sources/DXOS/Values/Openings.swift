import Wire

/// By what payloads are opened: a call's method, else their type. Told by reading one of each that is there and empty;
/// where only its bytes say which of two layouts it has, that is the first.
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

/// The field that each text opens: that which is read as a message, so deep in one of `type`.
private func openings<M: Message>(
    _ type: M.Type, _ texts: [String], depth: Int32 = 0, _ bytes: (String) -> [UInt8]
) -> [String: String] {
    var out: [String: String] = [:]
    for text in texts {
        out[text] = M.dissect(bytes(text)).nodes.last { $0.shape == .group && $0.depth == depth }?.name.description
    }
    return out
}
