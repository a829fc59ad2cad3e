public import Wire

/// A message of multicast DNS: a question or an answer (RFC 1035, section 4.1; RFC 6762, section 18).
public struct DNSMessage: Message {
    public static var name: StaticString { "mdns.message" }
    public static var summary: MessageSummary {
        [
            .first([
                [.when("response", ["answer", .maybe(" ", .each("answers", answer))])],
                ["query ", .each("questions", [.value("type"), " ", .value("name")])],
                ["query without a question"],
            ])
        ]
    }
    private static var answer: [MessageSummary.Part] {
        [
            .maybe(.equal("ttl", 0, ["goodbye, "])), .value("type"), " ", .value("name"),
            .maybe(" is ", .value("ptr.target")),
        ]
    }
    public static var parts: [String] { ["questions.type", "answers.type"] }
    /// The number of bytes of the header.
    static var headerCount: Int { 12 }

    /// A number that an answer by unicast repeats; 0 in multicast messages.
    public var id: UInt16 = 0
    /// 1 in an answer (QR).
    public var response: UInt8 = 0
    public var opcode: UInt8 = 0
    /// 1 in an answer of the owner of its records (AA).
    public var authoritative: UInt8 = 0
    /// 1 if more known answers follow (TC).
    public var truncated: UInt8 = 0
    public var recursionDesired: UInt8 = 0
    public var recursionAvailable: UInt8 = 0
    /// Z, AD and CD, which mDNS does not use.
    public var reserved: UInt8 = 0
    /// The response code; messages with another one than 0 are ignored.
    public var code: UInt8 = 0
    public var questionCount = Derived<UInt16>()
    public var answerCount = Derived<UInt16>()
    public var authorityCount = Derived<UInt16>()
    public var additionalCount = Derived<UInt16>()
    public var questions: [Question] = []
    /// The records that answer a question. In a query, those that the sender knows already.
    public var answers: [ResourceRecord] = []
    public var authority: [ResourceRecord] = []
    public var additional: [ResourceRecord] = []
    public init() {}
    /// Creates a query.
    public init(_ questions: [Question]) { self.questions = questions }
    /// Creates an answer.
    public init(answers: [ResourceRecord], additional: [ResourceRecord] = []) {
        (response, authoritative) = (1, 1)
        (self.answers, self.additional) = (answers, additional)
    }
    /// A message with one element in each section.
    public static var variants: [Self] {
        var message = Self([Question()])
        message.answers = [ResourceRecord()]
        message.authority = [ResourceRecord()]
        message.additional = [ResourceRecord()]
        return [message]
    }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.field("id", &id)
        c.bits("response", &response, 0..<1, of: 16)
        c.bits("opcode", &opcode, 1..<5, of: 16)
        c.bits("authoritative", &authoritative, 5..<6, of: 16)
        c.bits("truncated", &truncated, 6..<7, of: 16)
        c.bits("recursion_desired", &recursionDesired, 7..<8, of: 16)
        c.bits("recursion_available", &recursionAvailable, 8..<9, of: 16)
        c.bits("reserved", &reserved, 9..<12, of: 16)
        c.bits("code", &code, 12..<16, of: 16)
        c.derived("question_count", &questionCount, UInt16(clamping: questions.count))
        c.derived("answer_count", &answerCount, UInt16(clamping: answers.count))
        c.derived("authority_count", &authorityCount, UInt16(clamping: authority.count))
        c.derived("additional_count", &additionalCount, UInt16(clamping: additional.count))
        c.list("questions", &questions, count: questionCount.count, by: "question_count")
        c.list("answers", &answers, count: answerCount.count, by: "answer_count")
        c.list("authority", &authority, count: authorityCount.count, by: "authority_count")
        c.list("additional", &additional, count: additionalCount.count, by: "additional_count")
    }
}
