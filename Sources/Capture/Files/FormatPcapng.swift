import Node
import Wire

/// Reads pcapng (draft-ietf-opsawg-pcapng): blocks with a type, a length at both ends, and options.
extension Format {
    /// The maximum number of devices of one section.
    static let deviceLimit = 65_536
    /// The maximum number of bytes of a block. A longer block is skipped; a longer packet block is damage.
    static let blockLimit = largestPacket &+ (1 << 20)

    /// Reads the next packet and the blocks before it. Returns false at the end of the file.
    mutating func nextOfSection(
        _ source: inout ByteSource, _ count: Int, _ place: inout PacketLocation
    ) throws(CaptureError) -> Bool {
        while true {
            guard source.fill(8) else {
                if source.isAtEnd { return false }
                throw source.error(packets: count, .truncatedInHeader(packets: count))
            }
            let type = source.bytes.u32(0, isBigEndian)
            // This type reads the same in both byte orders.
            if type == PcapngBlock.section {
                try beginSection(&source, nil, count)
                continue
            }
            let length = Int(source.bytes.u32(4, isBigEndian))
            guard length >= 12, length & 3 == 0 else {
                throw .damaged(packets: count, "a block of \(length) bytes")
            }
            guard length <= Self.blockLimit else {
                if type == PcapngBlock.packet || type == PcapngBlock.oldPacket || type == PcapngBlock.simplePacket {
                    throw .damaged(packets: count, "a packet block of \(length) bytes")
                }
                information.omitted &+= 1
                guard source.discard(length) else {
                    throw source.error(packets: count, .truncatedInData(packets: count))
                }
                continue
            }
            guard source.fill(length) else {
                throw source.error(packets: count, .truncatedInData(packets: count))
            }
            guard source.bytes.u32(length &- 4, isBigEndian) == UInt32(length) else {
                throw .damaged(packets: count, "a block whose two lengths differ")
            }
            if try read(type, source.bytes.extracting(0..<length), count: count, into: &place) {
                place.total = length
                return true
            }
            source.skip(length)
        }
    }

    /// Begins a section: discards the devices of the section before, but keeps `information`.
    mutating func beginSection(
        _ source: inout ByteSource, _ name: String?, _ count: Int = 0
    ) throws(CaptureError) {
        func end(_ why: String?) -> CaptureError {
            guard let name else {
                return why.map { .damaged(packets: count, $0) } ?? .truncatedInHeader(packets: count)
            }
            return why.map { .unreadable(name, $0) } ?? .truncatedFileHeader(name)
        }
        guard source.fill(28) else { throw end(source.trouble) }
        switch source.bytes.big32(8) {
        case 0x1a2b_3c4d: isBigEndian = true
        case 0x4d3c_2b1a: isBigEndian = false
        default:
            if let name { throw .notACapture(name) }
            throw end("a section without byte order")
        }
        let length = Int(source.bytes.u32(4, isBigEndian))
        let major = source.bytes.u16(12, isBigEndian)
        guard major == 1 else { throw end("is pcapng of the unknown version \(major)") }
        guard length >= 28, length & 3 == 0, length <= Self.blockLimit else {
            throw end("a section header of \(length) bytes")
        }
        guard source.fill(length) else { throw end(source.trouble) }
        let block = source.bytes.extracting(0..<length)
        guard block.u32(length &- 4, isBigEndian) == UInt32(length) else {
            throw end("a block whose two lengths differ")
        }
        devices.removeAll(keepingCapacity: true)
        information.sections &+= 1
        firstInterface = information.interfaces.count
        PcapngOption.each(block.extracting(24..<length &- 4), isBigEndian) { code, value in
            if code == PcapngOption.comment, information.admits(value.byteCount) {
                information.comments.append(PcapngOption.text(value))
            }
        }
        source.skip(length)
    }

    /// Reads a block. Returns true if it is a packet.
    @inline(__always)
    private mutating func read(
        _ type: UInt32, _ block: RawSpan, count: Int, into place: inout PacketLocation
    ) throws(CaptureError) -> Bool {
        let order = isBigEndian
        let end = block.byteCount &- 4
        switch type {
        case PcapngBlock.packet, PcapngBlock.oldPacket:
            guard end >= 28 else { throw .damaged(packets: count, "a packet block of \(block.byteCount) bytes") }
            // The old packet block has 16 bits for the device and 16 bits for the number of lost packets.
            let number = type == PcapngBlock.packet ? Int(block.u32(8, order)) : Int(block.u16(8, order))
            let captured = Int(block.u32(20, order))
            guard captured <= end &- 28 else {
                throw .damaged(packets: count, "a packet of \(captured) bytes in a block of \(block.byteCount)")
            }
            guard number < devices.count else {
                throw .damaged(packets: count, "a packet of device \(number), which no block describes")
            }
            let ticks = UInt64(block.u32(12, order)) << 32 | UInt64(block.u32(16, order))
            place.time = devices[number].time(ticks)
            place.link = devices[number].link
            place.length = Int(block.u32(24, order))
            place.interface = firstInterface &+ number
            place.data = 28..<28 &+ captured
            place.options = min(end, 28 &+ ((captured &+ 3) & ~3))..<end
            place.isBigEndian = order
            return true
        case PcapngBlock.simplePacket:
            guard let device = devices.first else {
                throw .damaged(packets: count, "a packet of a device that no block describes")
            }
            guard end >= 12 else { throw .damaged(packets: count, "a packet block of \(block.byteCount) bytes") }
            // A simple packet block has no time. The time of the packet before it remains as the best estimate.
            place.length = Int(block.u32(8, order))
            let limit = device.snapLength == 0 ? place.length : min(place.length, Int(device.snapLength))
            place.link = device.link
            place.interface = firstInterface
            place.data = 12..<12 &+ min(limit, end &- 12)
            place.options = end..<end
            place.isBigEndian = order
            return true
        default:
            try readOther(type, block, count)
            return false
        }
    }
    @inline(never)
    private mutating func readOther(_ type: UInt32, _ block: RawSpan, _ count: Int) throws(CaptureError) {
        let order = isBigEndian
        let end = block.byteCount &- 4
        switch type {
        case PcapngBlock.interface:
            guard end >= 16 else { throw .damaged(packets: count, "a device of \(block.byteCount) bytes") }
            guard devices.count < Self.deviceLimit else {
                throw .damaged(packets: count, "more than \(Self.deviceLimit) devices in a section")
            }
            readDevice(block, order, end)
        case PcapngBlock.names: readNames(block.extracting(8..<end), order)
        case PcapngBlock.statistics where end >= 20:
            let number = firstInterface &+ Int(block.u32(8, order))
            guard number < information.interfaces.count else { return }
            var dropped: UInt64?
            PcapngOption.each(block.extracting(20..<end), order) { code, value in
                guard code == PcapngOption.deviceDropped || code == PcapngOption.systemDropped, value.byteCount == 8
                else { return }
                dropped = (dropped ?? 0) &+ value.u64(0, order)
            }
            if let dropped { information.interfaces[number].dropped = dropped }
        case PcapngBlock.secrets where end >= 16: readSecrets(block, order, end)
        default: information.unknownBlocks &+= 1
        }
    }
    /// Reads the keys for the packets after the block: a key log of TLS or Noise. Counts other types as unknown.
    private mutating func readSecrets(_ block: RawSpan, _ order: Bool, _ end: Int) {
        let (type, size) = (block.u32(8, order), Int(block.u32(12, order)))
        guard type == PcapngBlock.keyLog || type == PcapngBlock.noiseKeyLog, size <= end &- 16 else {
            information.unknownBlocks &+= 1
            return
        }
        guard let secrets else { return }
        information.secretsBlocks &+= 1
        var log = KeyLog("secrets block \(information.secretsBlocks)")
        block.extracting(16..<16 &+ size).withUnsafeBytes { log.read($0, into: secrets) }
        log.finish(into: secrets)
        for complaint in log.takeComplaints() where information.admits(complaint.utf8.count) {
            information.complaints.append(complaint)
        }
    }
    private mutating func readDevice(_ block: RawSpan, _ order: Bool, _ end: Int) {
        var device = FormatDevice()
        device.link = LinkType(numberInFiles: UInt32(block.u16(8, order)))
        device.snapLength = block.u32(12, order)
        var told = CaptureInterface(link: device.link, snapLength: device.snapLength)
        var size = 0
        PcapngOption.each(block.extracting(16..<end), order) { code, value in
            switch code {
            case PcapngOption.interfaceName:
                told.name = PcapngOption.text(value)
                size &+= value.byteCount
            case PcapngOption.comment:
                told.comments.append(PcapngOption.text(value))
                size &+= value.byteCount
            case PcapngOption.resolution where value.byteCount == 1: device.resolution = value.byte(0)
            case PcapngOption.offset where value.byteCount == 8:
                device.offset = Int64(bitPattern: value.u64(0, order))
            default: break
            }
        }
        // An entry must keep its device's index: after one device did not fit into the list, no later one is added.
        if information.admits(size), firstInterface &+ devices.count == information.interfaces.count {
            information.interfaces.append(told)
        }
        devices.append(device)
    }
    private mutating func readNames(_ records: RawSpan, _ order: Bool) {
        PcapngOption.each(records, order) { kind, value in
            let size = kind == 1 ? 4 : kind == 2 ? 16 : 0
            guard size > 0, value.byteCount > size else { return }
            let address =
                size == 4
                ? Endpoint(v4: value.big32(0), port: 0)
                : Endpoint(high: value.big64(0), low: value.big64(8), port: 0)
            // The names follow each other; each ends with a zero byte.
            value.extracting(size...).withUnsafeBytes { all in
                for part in all.split(separator: 0) where information.admits(part.count) {
                    information.names.append(.init(address: address, name: String(decoding: part, as: UTF8.self)))
                }
            }
        }
    }
}
