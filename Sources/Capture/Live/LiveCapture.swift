internal import CPcap
internal import Glibc

/// What to capture, and how.
public struct LiveOptions: Hashable, Sendable {
    /// A device such as `eth0`, or `any`.
    public var device: String
    /// In the language of pcap-filter(7), compiled into the kernel; empty for everything.
    public var filter = ""
    /// Bytes of a packet that are captured.
    public var snapLength = 262_144
    /// Bytes of the kernel's buffer.
    public var bufferSize = 16 << 20
    /// Takes what is for others too, where the network brings it here.
    public var isPromiscuous = false
    /// Packets are handed on the moment they come, instead of 20 ms later at most. The kernel then keeps room for the
    /// longest packet with each, so that its buffer holds some hundred packets only: for links with little traffic.
    public var isImmediate = false
    /// Everything from one device.
    public init(_ device: String) { self.device = device }
}

/// Packets of a device, as they come, through libpcap.
public struct LiveCapture: PacketSource, ~Copyable {
    /// Packets that a live capture lost.
    public struct Drops: Hashable, Sendable {
        /// Packets that found no room in the kernel's buffer, because this program was too slow.
        public var byKernel = 0
        /// Packets that the device or its driver dropped, as far as it says.
        public var byDevice = 0
    }
    /// The device.
    public let device: String
    /// Of all its packets.
    public let link: LinkType
    /// Packets handed out so far.
    public private(set) var count = 0
    /// True when no more packets will come.
    public private(set) var isOver = false
    let handle: OpaquePointer
    private let descriptor: Int32
    private let isNano: Bool
    private(set) var header: UnsafeMutablePointer<pcap_pkthdr>?
    private(set) var data: UnsafePointer<UInt8>?

    /// Opens a device. `program` is the path that a message about missing rights names.
    public init(_ options: LiveOptions, program: String = "meshspec") throws(CaptureError) {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_create(options.device, &message) else {
            throw .unreadable(options.device, Self.text(message))
        }
        // Not yet the members: when this throws, there is nothing to give back but the handle.
        let found: (link: LinkType, isNano: Bool)
        do throws(CaptureError) {
            found = try Self.activate(handle, options, program)
        } catch {
            pcap_close(handle)
            throw error
        }
        self.handle = handle
        (link, isNano) = found
        device = options.device
        descriptor = pcap_get_selectable_fd(handle)
    }
    deinit { pcap_close(handle) }

    private static func activate(
        _ handle: OpaquePointer, _ options: LiveOptions, _ program: String
    ) throws(CaptureError) -> (link: LinkType, isNano: Bool) {
        pcap_set_snaplen(handle, Int32(clamping: options.snapLength))
        pcap_set_promisc(handle, options.isPromiscuous ? 1 : 0)
        pcap_set_buffer_size(handle, Int32(clamping: options.bufferSize))
        pcap_set_immediate_mode(handle, options.isImmediate ? 1 : 0)
        // How long the kernel collects a batch when not immediate, in milliseconds.
        pcap_set_timeout(handle, 20)
        let isNano = pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0
        let code = pcap_activate(handle)
        guard code >= 0 else {
            switch code {
            case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
                throw .deviceDenied(options.device, program: program)
            case PCAP_ERROR_NO_SUCH_DEVICE: throw .noSuchDevice(options.device, known: devices)
            case PCAP_ERROR_IFACE_NOT_UP: throw .deviceDown(options.device, packets: 0)
            default: throw .unreadable(options.device, error(handle) ?? String(cString: pcap_statustostr(code)))
            }
        }
        let link = LinkType(rawValue: pcap_datalink(handle))
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        if pcap_setnonblock(handle, 1, &message) != 0 { throw .unreadable("the device", text(message)) }
        if !options.filter.isEmpty,
            let problem = Self.problem(ofFilter: options.filter, handle, { pcap_setfilter(handle, &$0) })
        {
            throw .badFilter(options.filter, problem)
        }
        guard LinkType.supported.contains(link) else { throw .unsupportedLinkType(link) }
        return (link, isNano)
    }
    /// What libpcap says of the last error; nil when that is nothing.
    static func error(_ handle: OpaquePointer) -> String? {
        pcap_geterr(handle).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    /// Compiles a filter and hands it on; why libpcap does not take it, in its words.
    static func problem(
        ofFilter filter: String, _ handle: OpaquePointer, _ use: (inout bpf_program) -> Int32 = { _ in 0 }
    ) -> String? {
        var program = bpf_program()
        if pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0 {
            defer { pcap_freecode(&program) }
            if use(&program) == 0 { return nil }
        }
        return error(handle) ?? "not understood"
    }
    /// Names of the devices that there are, as far as this user may see them.
    public static var devices: [String] {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        var all: UnsafeMutablePointer<pcap_if_t>?
        guard pcap_findalldevs(&all, &message) == 0, let first = all else { return [] }
        defer { pcap_freealldevs(first) }
        return sequence(first: first) { $0.pointee.next }.compactMap { $0.pointee.name.map { String(cString: $0) } }
    }

    /// Waits until there may be packets, or for so long, or until a signal comes.
    public func wait(milliseconds: Int32) {
        var device = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&device, 1, milliseconds)
    }
    /// Goes to the next packet; false when there is none now. Throws when the device went down.
    public mutating func advance() throws(CaptureError) -> Bool {
        guard !isOver else { return false }
        let code = pcap_next_ex(handle, &header, &data)
        if code == 1, header != nil, data != nil {
            count &+= 1
            return true
        }
        (header, data) = (nil, nil)
        if code == 0 { return false }
        isOver = true
        if code == PCAP_ERROR_BREAK { return false }
        let why = Self.error(handle) ?? "error \(code)"
        // "The interface disappeared", "The network is down" and the like.
        if why.contains("went down") || why.contains("is down") || why.contains("disappeared") {
            throw .deviceDown(device, packets: count)
        }
        throw .unreadable(device, why)
    }
    /// The packet that `advance` found; without bytes when it found none.
    @_lifetime(borrow self)
    public func current() -> Packet {
        let seconds = Int64(header?.pointee.ts.tv_sec ?? 0)
        let fraction = Int64(header?.pointee.ts.tv_usec ?? 0)
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(header?.pointee.caplen ?? 0)).bytes
        let packet = Packet(
            number: count, time: Timestamp(seconds: seconds, nanoseconds: isNano ? fraction : fraction &* 1000),
            length: Int(header?.pointee.len ?? 0), link: link, bytes: unsafe _overrideLifetime(bytes, copying: ()))
        // The bytes are libpcap's and stay until it is asked again, which takes `self` mutably.
        return unsafe _overrideLifetime(packet, borrowing: self)
    }
    /// What was lost so far, as kernel and device tell.
    public var drops: Drops {
        var stat = pcap_stat()
        guard pcap_stats(handle, &stat) == 0 else { return Drops() }
        return Drops(byKernel: Int(stat.ps_drop), byDevice: Int(stat.ps_ifdrop))
    }
    static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
