import Wire

/// One line of the seam: a JSON text on standard input or output. What a hub passes on between two programs, and the
/// messages and the state of the channel.
struct Line: Message {
    static var name: StaticString { "datachannel.line" }
    static var form: Form { .json }
    /// `offer`, `answer` and `ice-candidate`: signals of PeerPigeon. `channel-open`, `channel-text`, `channel-binary`,
    /// `channel-close`, `channel-error`: of the channel.
    var type: Text?
    /// Of a signal, as browsers write it: `type` and `sdp`, or `candidate`, `sdpMid` and `sdpMLineIndex`.
    var data: JSONValue?
    /// Of `channel-text`: the message as it stands on the channel.
    var text: Text?
    /// Of `channel-binary`: the text that announces the bytes on the channel. Absent: `__BINARY__` with their number.
    var header: Text?
    /// Of `channel-binary`: hexadecimal.
    var bytes: Text?
    /// Of `channel-open`.
    var label: Text?
    var ordered: Bool?
    var reliable: Bool?
    /// Of `channel-error`: why, for people.
    var error: Text?
    var unknown = Unknown()

    init() {}
    init(_ type: Text) { self.type = type }
    init(_ type: Text, _ data: Value) {
        self.type = type
        self.data = JSONValue(data)
    }
    init(error: String) {
        self.init("channel-error")
        self.error = Text(error)
    }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.member("type", &type)
        c.member("data", &data)
        c.member("text", &text)
        c.member("header", &header)
        c.member("bytes", &bytes)
        c.member("label", &label)
        c.member("ordered", &ordered)
        c.member("reliable", &reliable)
        c.member("error", &error)
        c.unknown(&unknown)
    }
}
