import Wire

/// One line of the interface: a JSON text on standard input or output. Lines are the signals that a hub passes between
/// two programs, and the messages and the state of the channel.
struct Line: Message {
    static var name: StaticString { "datachannel.line" }
    static var form: Form { .json }
    /// The type. `offer`, `answer` and `ice-candidate` are signals of PeerPigeon. `channel-open`, `channel-text`,
    /// `channel-binary`, `channel-close` and `channel-error` are about the channel.
    var type: Text?
    /// The data of a signal in the form of browsers: `type` and `sdp`, or `candidate`, `sdpMid` and `sdpMLineIndex`.
    var data: JSONValue?
    /// The message on the channel; for `channel-text`.
    var text: Text?
    /// The text that announces the bytes on the channel; for `channel-binary`. If it is absent, it is `__BINARY__` with
    /// the number of bytes.
    var header: Text?
    /// The bytes in hexadecimal; for `channel-binary`.
    var bytes: Text?
    /// The label of the channel; for `channel-open`. `ordered` and `reliable` are its properties.
    var label: Text?
    var ordered: Bool?
    var reliable: Bool?
    /// The reason for people; for `channel-error`.
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
