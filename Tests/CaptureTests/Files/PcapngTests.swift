import Node
import Testing

@testable import Capture

/// A builder of pcapng files in either byte order.
struct PcapngBytes {
    var isBig = false
    var bytes: [UInt8] = []

    func u16(_ n: Int) -> [UInt8] { isBig ? be16(n) : be16(n).reversed() }
    func u32(_ n: UInt32) -> [UInt8] { isBig ? be32(n) : be32(n).reversed() }
    func option(_ code: Int, _ value: [UInt8]) -> [UInt8] { u16(code) + u16(value.count) + padded(value) }
    func padded(_ value: [UInt8]) -> [UInt8] { value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4) }
    mutating func block(_ type: UInt32, _ body: [UInt8]) {
        let body = padded(body)
        bytes += u32(type) + u32(UInt32(body.count + 12)) + body + u32(UInt32(body.count + 12))
    }
    mutating func section(_ comments: [String] = []) {
        let options = comments.flatMap { option(1, Array($0.utf8)) }
        block(0x0a0d_0d0a, u32(0x1a2b_3c4d) + u16(1) + u16(0) + [UInt8](repeating: 255, count: 8) + options)
    }
    mutating func device(
        _ link: LinkType, snap: UInt32 = 0, resolution: UInt8? = nil, offset: Int64? = nil, name: String? = nil
    ) {
        var options = name.map { option(2, Array($0.utf8)) } ?? []
        if let resolution { options += option(9, [resolution]) }
        if let offset {
            let high = u32(UInt32(truncatingIfNeeded: offset >> 32))
            let low = u32(UInt32(truncatingIfNeeded: offset))
            options += option(14, isBig ? high + low : low + high)
        }
        block(1, u16(Int(link.rawValue)) + u16(0) + u32(snap) + options)
    }
    mutating func packet(
        _ data: [UInt8], device: UInt32 = 0, ticks: UInt64 = 0, length: Int? = nil, comment: String? = nil
    ) {
        let size = u32(UInt32(data.count)) + u32(UInt32(length ?? data.count))
        let options = comment.map { option(1, Array($0.utf8)) + option(0, []) } ?? []
        block(
            6,
            u32(device) + u32(UInt32(ticks >> 32)) + u32(UInt32(truncatingIfNeeded: ticks)) + size + padded(data)
                + options)
    }
}

/// Reads bytes as a file, packet by packet.
func packets(_ bytes: [UInt8]) throws -> (
    seen: [(time: Int64, link: LinkType, interface: Int, comments: [String])], information: CaptureInformation,
    error: CaptureError?
) {
    let file = try TemporaryFile(bytes)
    var seen: [(time: Int64, link: LinkType, interface: Int, comments: [String])] = []
    do throws(CaptureError) {
        var capture = try CaptureFile(file.path)
        var error: CaptureError?
        do throws(CaptureError) {
            while try capture.advance() {
                let p = capture.current()
                seen.append((p.time.nanoseconds, p.link, p.interface, p.comments))
            }
        } catch let problem { error = problem }
        return (seen, capture.information, error)
    } catch {
        return ([], CaptureInformation(), error)
    }
}

struct PcapngTests {
    let wire = Wire2()
    func tapped(_ payload: String, at offset: Int, _ wrapping: Wrapping = .ethernet) -> [UInt8] {
        wrapping.packet(wire.say(text(payload), at: offset))
    }
    func records(_ bytes: [UInt8], _ limits: CaptureLimits = CaptureLimits()) throws -> (Kept, Tally, CaptureError?) {
        let file = try TemporaryFile(bytes)
        var kept = Kept()
        var capture = try CaptureFile(file.path)
        var table = FlowTable([.toy], ReadingOptions(limits: limits))
        let error = table.read(&capture, &kept)
        return (kept, table.tally, error)
    }

    /// One conversation is read over three devices of different link types, in two sections of different byte order.
    @Test func sectionsAndDevices() throws {
        var file = PcapngBytes()
        file.section(["morning"])
        file.device(.ethernet, name: "eth0")
        file.device(.linuxCooked, resolution: 9)
        for s in wire.opening { file.packet(Wrapping.ethernet.packet(s), ticks: 1_000_000) }
        file.packet(tapped("a", at: 0, .cooked), device: 1, ticks: 1_000_000_005)
        file.isBig = true
        file.section(["noon", "cloudy"])
        file.device(LinkType(rawValue: 101), resolution: 0x80 | 10, offset: 3)
        file.packet(tapped("b", at: 5, .raw), ticks: 512)
        let (kept, tally, error) = try records(file.bytes)
        #expect(error == nil)
        #expect(kept.said == ["> toy.text a", "> toy.text b"])
        #expect(kept.records.map(\.time.nanoseconds) == [1_000_000_005, 3_500_000_000])
        #expect(tally.flows == 1 && tally.packets == 5)
        let (seen, information, _) = try packets(file.bytes)
        #expect(seen.map(\.interface) == [0, 0, 0, 1, 2])
        #expect(seen.map(\.link) == [.ethernet, .ethernet, .ethernet, .linuxCooked, .raw])
        #expect(information.sections == 2)
        #expect(information.comments == ["morning", "noon", "cloudy"])
        #expect(information.interfaces.map(\.name) == ["eth0", nil, nil])
    }
    /// Times of every resolution are read: powers of ten or two, coarser and finer than a nanosecond.
    @Test(
        arguments: [
            (6, 1_500_000, 1_500_000_000), (9, 7, 7), (0, 2, 2_000_000_000), (3, 1_001, 1_001_000_000),
            (12, 1_234_567, 1_234), (19, 10_000_000_000, 1), (30, 5_000_000_000_000_000_000, 0),
            (0x80, 3, 3_000_000_000),
            (0x80 | 1, 3, 1_500_000_000), (0x80 | 20, 1 << 19, 500_000_000), (0x80 | 32, 1 << 31, 500_000_000),
            (0x80 | 63, 1 << 62, 500_000_000), (0xff, 1, 0), (0x7f, 1, 0),
        ] as [(UInt8, UInt64, Int64)])
    func resolutions(_ resolution: UInt8, _ ticks: UInt64, _ wanted: Int64) throws {
        for isBig in [false, true] {
            var file = PcapngBytes(isBig: isBig)
            file.section()
            file.device(.raw, resolution: resolution)
            file.packet([1, 2, 3], ticks: ticks)
            #expect(try packets(file.bytes).seen.map(\.time) == [wanted])
        }
    }
    @Test func commentsAndNames() throws {
        var file = PcapngBytes()
        file.section()
        file.device(.raw)
        file.packet(tapped("a", at: 0, .raw), comment: "first")
        let names =
            file.option(1, [10, 0, 0, 1] + Array("alice\0ally\0".utf8))
            + file.option(2, [UInt8](repeating: 0, count: 15) + [1] + Array("me\0".utf8))
        file.block(4, names + file.option(0, []))
        file.block(10, file.u32(0x544c_534b) + file.u32(6) + Array("CLIENT".utf8))
        file.block(5, file.u32(0) + file.u32(0) + file.u32(0) + file.option(7, [3, 0, 0, 0, 0, 0, 0, 0]))
        file.block(0x0bad, [1, 2, 3, 4])
        file.block(77, [])
        file.packet(tapped("b", at: 5, .raw), comment: "sécond")
        let (seen, information, error) = try packets(file.bytes)
        #expect(error == nil)
        #expect(seen.map(\.comments) == [["first"], ["sécond"]])
        #expect(
            information.names.map { "\($0.address.host) \($0.name)" } == ["10.0.0.1 alice", "10.0.0.1 ally", "::1 me"])
        #expect(information.interfaces[0].dropped == 3)
        #expect(information.unknownBlocks == 2)
    }
    @Test func simpleAndOldPackets() throws {
        for isBig in [false, true] {
            var file = PcapngBytes(isBig: isBig)
            file.section()
            file.device(.raw, snap: 200)
            let bytes = tapped("a", at: 0, .raw)
            file.block(3, file.u32(UInt32(bytes.count)) + bytes)
            let next = tapped("b", at: 5, .raw)
            let size = file.u32(UInt32(next.count))
            file.block(2, file.u16(0) + file.u16(9) + file.u32(0) + file.u32(5) + size + size + next)
            let (kept, _, error) = try records(file.bytes)
            #expect(error == nil)
            #expect(kept.said == ["> toy.text a", "> toy.text b"])
        }
    }
    @Test func devicesOfForeignLinkTypesAreCounted() throws {
        var file = PcapngBytes()
        file.section()
        file.device(LinkType(rawValue: 147))
        file.device(.raw)
        file.packet([1, 2, 3])
        file.packet(tapped("a", at: 0, .raw), device: 1)
        let (kept, tally, error) = try records(file.bytes)
        #expect(error == nil && kept.said == ["> toy.text a"])
        #expect(tally.foreignPackets == 1 && tally.foreignLink == LinkType(rawValue: 147))
    }
    @Test func damage() throws {
        func damaged(_ change: (inout PcapngBytes) -> Void) throws -> CaptureError? {
            var file = PcapngBytes()
            file.section()
            file.device(.raw)
            file.packet(tapped("a", at: 0, .raw))
            change(&file)
            let (kept, _, error) = try records(file.bytes)
            #expect(kept.said.prefix(1) == ["> toy.text a"])
            return error
        }
        #expect(
            try damaged { $0.packet([1], device: 7) }
                == .damaged(packets: 1, "a packet of device 7, which no block describes"))
        #expect(try damaged { $0.bytes += $0.u32(6) + $0.u32(7) } == .damaged(packets: 1, "a block of 7 bytes"))
        #expect(
            try damaged { $0.bytes += $0.u32(6) + $0.u32(0xffff_fffc) }
                == .damaged(packets: 1, "a packet block of 4294967292 bytes"))
        // A block of any other kind may be long; this one is missing.
        #expect(try damaged { $0.bytes += $0.u32(99) + $0.u32(0xffff_fffc) } == .truncatedInData(packets: 1))
        #expect(
            try damaged {
                $0.packet([1]); $0.bytes[$0.bytes.count - 1] = 9
            } == .damaged(packets: 1, "a block whose two lengths differ"))
        #expect(
            try damaged { $0.block(6, $0.u32(0) + $0.u32(0) + $0.u32(0) + $0.u32(400) + $0.u32(400)) }
                == .damaged(packets: 1, "a packet of 400 bytes in a block of 32"))
        #expect(try damaged { $0.bytes += [6, 0] } == .truncatedInHeader(packets: 1))
        #expect(
            try damaged {
                $0.section(); $0.packet([1])
            } == .damaged(packets: 1, "a packet of device 0, which no block describes"))
    }
    @Test func aThousandSections() throws {
        var file = PcapngBytes()
        for i in 0..<1000 {
            file.isBig = i % 2 == 1
            file.section(["section \(i)"])
            file.device(.raw)
            file.packet(tapped("a", at: 5 * i, .raw))
        }
        let (kept, _, error) = try records(file.bytes)
        #expect(error == nil && kept.records.count == 1000)
        #expect(try packets(file.bytes).information.sections == 1000)
    }
    /// The information of a file besides its packets is bounded, no matter how much there is.
    @Test func informationIsBounded() throws {
        var file = PcapngBytes()
        for _ in 0..<CaptureInformation.limit + 5 { file.section(["x"]) }
        let (_, information, error) = try packets(file.bytes)
        #expect(error == nil)
        #expect(information.comments.count == CaptureInformation.limit)
        #expect(information.omitted == 5)
    }
}
