import Capture

/// A text of `meshspec help NAME` about something that several commands share.
struct HelpTopic: Sendable {
    var name: String
    var summary: String
    var text: String

    static let all = [filters]

    /// The language of `-Y`.
    static let filters = HelpTopic(
        name: "filters", summary: "select messages of a capture (-Y)",
        text: """
            Examples:
              nano.keepalive                                     messages of a type
              src == 10.0.0.2 and message == nano.publish        of a type, from one address
              response.node_id contains a5cf                     whose field has these bytes
              peers.port in {7075, 54000..54010}                 one of whose peers has such a port
              time > 1.5 and not malformed                       after 1.5 s of the capture, without malformed ones
              len(bytes) > 1000 or count(peers) == 8             long, or with eight peers

            Comparisons:
              == != < <= > >=      or eq ne lt le gt ge
              in {a, b, c..d}      one of these values or ranges; `not in`
              contains             a part of the text or the bytes; `not contains`
              matches /regex/      a regular expression, anywhere in the text, ignoring case; `not matches`
              response.node_id     a field alone is true if it is present
              any f == 1           true if one value of the field matches; `all f == 1` if all do
              extensions & 0x10    true if one of these bits is set
            Combine them by and, or, xor, not (&& || ^^ !) and parentheses.

            Either side is a field, a value, or one of
              f[0:4] f[2-5] f[-2:]           a slice: start and count, first to last, from the end
              len(f) count(f)                bytes or characters; number of values
              lower(f) upper(f)              text in small or capital letters
              a + b, a - b, a * b, a / b, a % b, a & b     arithmetic, with blanks around the sign

            Fields are those of -o json.
              of messages: response.node_id, peers[0].port, ... (`meshspec explain nano.keepalive` lists them)
              of records, some of them as in Wireshark:
            \(wrapped(Filter.recordFields, indent: 4))
            `path` lists the layers of a message: tls/websocket/plain. Directly on the transport, it has none.

            Values:
              addresses    10.0.0.2, 10.0.0.2:7075, 10.0.0.0/8
              times        2026-01-02T03:04:05Z; since the first packet 1.5 or 500ms
              bytes        hexadecimal: a5cf00
              amounts      1000 (raw) or 1.5nano
              keys         hexadecimal or nano_...
              bits         by name: extensions & v2
            """)

    /// Returns words in lines of at most 110 characters.
    private static func wrapped(_ words: [String], indent: Int) -> String {
        let pad = String(repeating: " ", count: indent)
        var lines: [String] = []
        for word in words {
            if let last = lines.last, last.count + word.count < 110 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(pad + word)
            }
        }
        return lines.joined(separator: "\n")
    }
    static func named(_ name: String) -> HelpTopic? { all.first { $0.name == name } }
}
