import Node
import Testing

@testable import Capture

struct DecodeAsTests {
    @Test func good() throws {
        let rule = DecodeAs(transport: .tcp, port: 17_075, protocolName: "nano")
        #expect(try DecodeAs("tcp.port==17075,nano") == rule)
        #expect(try DecodeAs(" tcp.port == 17075 , nano ") == rule)
        #expect(try DecodeAs("udp.port==1,x").transport == .udp)
    }
    @Test(arguments: [
        "", ",", "nano", "tcp.port==7075", "tcp.port=7075,nano", "tcp.port==0,nano", "tcp.port==65536,nano",
        "tcp.port==+7,nano", "tcp.port==,nano", "tcp.port==7075,", "sctp.port==7075,nano", "tcp.srcport==7075,nano",
        "tcp.port==7075,nano,nano", "tcp.port==99999999999999999999,nano", "port==7075,nano", "==,",
    ])
    func bad(_ text: String) {
        #expect(throws: DecodeAsError.self) { try DecodeAs(text) }
    }
    @Test func saysWhatIsWrong() {
        do throws(DecodeAsError) {
            _ = try DecodeAs("tcp.port==70750,nano")
        } catch {
            #expect(
                error.description
                    == "\"tcp.port==70750,nano\" \"70750\" is not a port (1 to 65535), as in tcp.port==17075,nano")
        }
    }
}

struct TimestampTests {
    @Test func iso() {
        for (nanoseconds, text) in [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_399_123_456_789, "2000-02-28T23:59:59.123456Z"),
            (951_868_800_000_000_000, "2000-03-01T00:00:00.000000Z"),
            (1_709_164_800_000_000_000, "2024-02-29T00:00:00.000000Z"), (.max, "2262-04-11T23:47:16.854775Z"),
            (.min, "1677-09-21T00:12:43.145224Z"),
        ] as [(Int64, String)] {
            #expect(Timestamp(nanoseconds: nanoseconds).description == text)
        }
    }
    @Test func since() {
        let start = Timestamp(nanoseconds: 5_000_000_000)
        #expect(Timestamp(nanoseconds: 5_060_123_999).since(start) == "+0.060123")
        #expect(Timestamp(nanoseconds: 4_999_000_000).since(start) == "-0.001000")
        #expect(Timestamp(nanoseconds: .max).since(Timestamp(nanoseconds: .min)) == "+9223372036.854775")
    }
    @Test func clamped() {
        #expect(Timestamp(seconds: .max, nanoseconds: 0).nanoseconds == .max)
        #expect(Timestamp(seconds: .min, nanoseconds: 0).nanoseconds == .min)
    }
}
