import Wire

// What messages make of bytes that they have ahead.

/// The type of a payload.
struct PayloadType: ContentReading {
    func read(_ bytes: RawSpan) -> PayloadKind { PayloadKind(typeURL: bytes) }
}
/// As what the value of a payload can be read that is told to be that.
struct PayloadContent: ContentReading {
    let told: PayloadKind
    func read(_ bytes: RawSpan) -> PayloadKind { told.opened(bytes) }
}
/// What the method of a call takes.
struct RequestMethod: ContentReading {
    func read(_ bytes: RawSpan) -> PayloadKind { PayloadKind(requestOf: bytes) }
}
/// That there is one.
struct IsThere: ContentReading {
    func read(_ bytes: RawSpan) -> Bool { true }
}
/// What an application sends, by its type.
struct ApplicationType: ContentReading {
    func read(_ bytes: RawSpan) -> ApplicationKind { ApplicationKind(typeURL: bytes) }
}
/// Whether bytes are a message of a type.
struct IsGood<M: Message>: ContentReading {
    func read(_ bytes: RawSpan) -> Bool { isGood(M.self, bytes) }
}
