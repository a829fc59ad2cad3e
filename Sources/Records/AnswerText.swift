internal import Capture
internal import Wire

/// The text about the request that a message answers.
enum AnswerText {
    /// Returns `, answers #12 after 3.1 ms`, the end of the summary of an answer; empty for other records.
    static func ending(_ record: borrowing Record) -> [UInt8] {
        guard let request = record.answers else { return [] }
        var out: [UInt8] = []
        out.write(room: 64) { text in
            text.put(", ")
            write(request, to: &text)
        }
        return out
    }
    /// Returns `answers #12 after 3.1 ms`.
    static func text(_ request: AnsweredRequest) -> String {
        var out: [UInt8] = []
        out.write(room: 64) { write(request, to: &$0) }
        return String(decoding: out, as: UTF8.self)
    }
    /// Returns `answered by #14 after 3.1 ms`, for the request; `answer` is the record of the answer.
    static func text(answeredBy answer: Int, after: Int64) -> String {
        var out: [UInt8] = []
        out.write(room: 64) { text in
            text.put("answered by #")
            text.put(answer)
            text.put(" after ")
            write(after, to: &text)
        }
        return String(decoding: out, as: UTF8.self)
    }
    /// Returns a duration with two digits or more: `310 us`, `3.1 ms`, `31 ms`, `3.1 s`.
    static func duration(_ nanoseconds: Int64) -> String {
        var out: [UInt8] = []
        out.write(room: 64) { write(nanoseconds, to: &$0) }
        return String(decoding: out, as: UTF8.self)
    }
    private static func write(_ request: AnsweredRequest, to text: inout OutputBuffer) {
        text.put("answers #")
        text.put(request.record)
        text.put(" after ")
        write(request.after, to: &text)
    }
    /// Writes a duration, see `duration`.
    private static func write(_ nanoseconds: Int64, to text: inout OutputBuffer) {
        if nanoseconds < 0 { text.put(UInt8(ascii: "-")) }
        let micro = (nanoseconds.magnitude + 500) / 1000
        if micro < 1000 {
            text.put(micro)
            return text.put(" us")
        }
        // A number that rounds to 1000 ms is a second.
        if micro < 999_500 {
            write(tenths: (micro + 50) / 100, micro, to: &text)
            return text.put(" ms")
        }
        write(tenths: (micro + 50_000) / 100_000, micro / 1000, to: &text)
        text.put(" s")
    }
    /// Writes tenths of a unit, or whole units of 1000 parts from 10 up.
    private static func write(tenths: UInt64, _ parts: UInt64, to text: inout OutputBuffer) {
        guard tenths < 100 else { return text.put((parts + 500) / 1000) }
        text.put(tenths / 10)
        text.put(UInt8(ascii: "."))
        text.put(tenths % 10)
    }
}
