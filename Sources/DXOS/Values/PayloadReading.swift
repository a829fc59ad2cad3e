import Wire

// The interpretations of bytes further ahead in a message.

/// A reader of a payload's type.
struct PayloadType: ContentReading {
    func read(_ bytes: RawSpan) -> PayloadKind { PayloadKind(typeURL: bytes) }
}
/// A reader of a payload's value as the stated kind.
struct PayloadContent: ContentReading {
    let told: PayloadKind
    func read(_ bytes: RawSpan) -> PayloadKind { told.opened(bytes) }
}
/// A reader of a method name, for the kind of the method's argument.
struct RequestMethod: ContentReading {
    func read(_ bytes: RawSpan) -> PayloadKind { PayloadKind(requestOf: bytes) }
}
/// A reader that returns true, if the field exists.
struct IsThere: ContentReading {
    func read(_ bytes: RawSpan) -> Bool { true }
}
/// A reader of the type of an application payload.
struct ApplicationType: ContentReading {
    func read(_ bytes: RawSpan) -> ApplicationKind { ApplicationKind(typeURL: bytes) }
}
/// A check if bytes are a valid message of a type.
struct IsGood<M: Message>: ContentReading {
    func read(_ bytes: RawSpan) -> Bool { isGood(M.self, bytes) }
}
