import Glibc
import Node
import Testing

@testable import Capture

/// A capture file that exists until this value is destroyed.
final class TemporaryFile {
    private let file: UnsafeMutablePointer<FILE>
    init(_ bytes: [UInt8]) throws {
        file = try #require(tmpfile())
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        fflush(file)
    }
    deinit { fclose(file) }
    var path: String { "/proc/self/fd/\(fileno(file))" }
}

/// Returns a classic pcap file: little-endian or big-endian, microseconds or nanoseconds.
func pcap(_ packets: [Tapped], link: UInt32 = 1, swapped: Bool = false, nano: Bool = true) -> [UInt8] {
    func u32(_ n: UInt32) -> [UInt8] { swapped ? be32(n) : be32(n).reversed() }
    func u16(_ n: Int) -> [UInt8] { swapped ? be16(n) : be16(n).reversed() }
    var out = u32(nano ? 0xa1b2_3c4d : 0xa1b2_c3d4) + u16(2) + u16(4) + u32(0) + u32(0) + u32(262_144) + u32(link)
    for p in packets {
        let (seconds, rest) = p.time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        out += u32(UInt32(truncatingIfNeeded: seconds)) + u32(UInt32(truncatingIfNeeded: nano ? rest : rest / 1000))
        out += u32(UInt32(p.bytes.count)) + u32(UInt32(p.length)) + p.bytes
    }
    return out
}

struct CaptureFileTests {
    let wire = Wire2()
    var packets: [Tapped] {
        (wire.opening + [wire.say(text("a"), at: 0), wire.say(text("b"), at: 5)])
            .map { Tapped(Wrapping.ethernet.packet($0), time: 1_767_322_800_060_123_456) }
    }
    /// Reads a file. Returns its packets, the counts and the error.
    func read(_ bytes: [UInt8]) throws -> (Kept, Tally, CaptureError?) {
        let file = try TemporaryFile(bytes)
        var kept = Kept()
        do throws(CaptureError) {
            var pcap = try CaptureFile(file.path)
            var table = FlowTable([.toy])
            let damage = table.read(&pcap, &kept)
            return (kept, table.tally, damage)
        } catch {
            return (kept, Tally(), error)
        }
    }

    @Test(arguments: [false, true], [false, true]) func everyForm(_ swapped: Bool, _ nano: Bool) throws {
        let (kept, tally, error) = try read(pcap(packets, swapped: swapped, nano: nano))
        #expect(error == nil)
        #expect(kept.said == ["> toy.text a", "> toy.text b"])
        #expect(kept.records[0].time.nanoseconds == (nano ? 1_767_322_800_060_123_456 : 1_767_322_800_060_123_000))
        #expect(kept.records[0].time.description == "2026-01-02T03:00:00.060123Z")
        #expect(tally.packets == 5)
    }
    @Test func pcapng() throws {
        func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
            let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
            return be32(type) + be32(UInt32(padded.count + 12)) + padded + be32(UInt32(padded.count + 12))
        }
        var file = block(0x0a0d_0d0a, be32(0x1a2b_3c4d) + be16(1) + be16(0) + [UInt8](repeating: 255, count: 8))
        file += block(1, be16(1) + be16(0) + be32(0))
        for p in packets {
            let count = be32(UInt32(p.bytes.count))
            file += block(6, be32(0) + be32(0) + be32(7) + count + count + p.bytes)
        }
        let (kept, _, error) = try read(file)
        #expect(error == nil)
        #expect(kept.said == ["> toy.text a", "> toy.text b"])
        #expect(kept.records[0].time == Timestamp(nanoseconds: 7000))
        let (cut, _, damage) = try read(file.dropLast(9))
        #expect(cut.said == ["> toy.text a"])
        #expect(damage == .truncatedInData(packets: 4))
    }
    /// A file that is cut at any byte gives all complete packets, and an error that names the cut.
    @Test func truncatedAnywhere() throws {
        let whole = pcap(packets)
        var ends = [24]
        for p in packets { ends.append((ends.last ?? 0) + 16 + p.bytes.count) }
        for count in stride(from: 0, to: whole.count, by: 3) {
            let (kept, tally, error) = try read(Array(whole.prefix(count)))
            let before = ends.count { $0 <= count } - 1
            switch error {
            case .empty: #expect(count == 0)
            case .truncatedFileHeader: #expect(count > 0 && count < 24)
            case .truncatedInHeader(let n): #expect(n == before && count > ends[n] && count < ends[n] + 16)
            case .truncatedInData(let n): #expect(n == before && count >= ends[n] + 16 && count < ends[n + 1])
            case nil: #expect(ends.contains(count))
            default: Issue.record("\(count) bytes: \(String(describing: error))")
            }
            #expect(error.map(\.isDamage) ?? true == (count >= 24))
            #expect(tally.packets == max(0, before))
            #expect(kept.records.count == max(0, before - 3))
        }
    }
    @Test func notACapture() throws {
        for bytes in [Array("0123456789".utf8), Array("#!/bin/sh\necho this is no capture at all\n".utf8)] {
            guard case .notACapture? = try read(bytes).2 else { return #expect(Bool(false), "\(bytes)") }
        }
        guard case .empty? = try read([]).2 else { return #expect(Bool(false)) }
    }
    @Test func noFile() {
        func error(_ path: String) -> CaptureError? {
            do throws(CaptureError) {
                _ = try CaptureFile(path)
                return nil
            } catch {
                return error
            }
        }
        #expect(error("/nonexistent/a.pcap") == .noSuchFile("/nonexistent/a.pcap"))
        #expect(error("/") == .isDirectory("/"))
        #expect(error(String(repeating: "x", count: 5000)) != nil)
        #expect(error("") == .noSuchFile(""))
    }
    @Test func unsupportedLinkType() throws {
        let (kept, _, error) = try read(pcap(packets, link: 147))
        #expect(error == .unsupportedLinkType(LinkType(rawValue: 147)))
        #expect(error?.description == "cannot dissect frames of link type 147")
        #expect(kept.records.isEmpty)
        guard case .unsupportedLinkType? = try read(pcap(packets, link: 9999)).2 else { return #expect(Bool(false)) }
    }
    /// A packet that claims more than the maximum length is rejected, without allocating memory for it.
    @Test func lyingPacketLength() throws {
        for length in [262_145, UInt32.max, 0x8000_0000] {
            let lie = be32(length).reversed() + be32(length).reversed()
            let bytes = pcap(Array(packets.prefix(4))) + [UInt8](repeating: 0, count: 8) + lie + [1, 2, 3]
            let (kept, _, error) = try read(bytes)
            #expect(kept.said == ["> toy.text a"])
            #expect(error?.isDamage == true)
        }
    }
    @Test func packetsAsLongAsTheLimit() throws {
        let long = Tapped([UInt8](repeating: 0, count: 262_144))
        let (_, tally, error) = try read(pcap([long] + packets))
        #expect(error == nil)
        #expect(tally.packets == 6)
    }
}
